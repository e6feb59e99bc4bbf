"""What payout runs, bank files and the bank's answers refuse, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class NoSuchRun(DomainError):
    code = "settlement.no-such-run"
    status = 404
    text = _("There is no such payout run.")


class RunMoved(DomainError):
    code = "settlement.run-moved"
    text = _("This payout run is in another state now. Reload the page.")


class RunOpen(DomainError):
    code = "settlement.run-open"
    text = _("Run {number} in {currency} still waits for approval. Approve it or give it up first.")


class NothingToRun(DomainError):
    code = "settlement.nothing-to-run"
    text = _("No payout in {currency} can go out now. The list says of each why not.")


class RunBySamePerson(DomainError):
    code = "settlement.run-same-person"
    status = 403
    text = _(
        "You opened this run, prepared a payout in it, or stand behind the one who did. Another"
        " person must approve it."
    )


class RunNotApart(DomainError):
    code = "settlement.run-not-apart"
    status = 403
    text = _(
        "You had a hand in the money behind payout {payout}. Another person must approve the run,"
        " or the payout be kept out of it."
    )


class RunUnfit(DomainError):
    code = "settlement.run-unfit"
    text = _("Payout {payout} cannot go out now: {why} Keep it out of the run and try again.")


class InRun(DomainError):
    code = "settlement.in-run"
    text = _("This payout goes with run {number}. Keep it out of the run first.")


class WhyMissing(DomainError):
    code = "settlement.why-missing"
    status = 422
    text = _("Say why in a few words. They stay in the journal, so write no names.")


class OverLimit(DomainError):
    code = "settlement.over-limit"
    text = _("Payout {payout} is above a limit: {why} Two persons can change the limit.")


class AccountBounced(DomainError):
    code = "settlement.account-bounced"
    text = _(
        "The bank returned money from the account of {organisation}. It is paid again when it has"
        " declared and proven an account anew."
    )


class PayoutContradicted(DomainError):
    code = "settlement.payout-contradicted"
    text = _(
        "A payout to {organisation} came back, and the bank says that it left. Settle that first, "
        "on that payout."
    )


class FileMade(DomainError):
    code = "settlement.file-made"
    text = _(
        "The file of this run was made before. To change the run, ask that its file be voided"
        " first."
    )


class NoFile(DomainError):
    code = "settlement.no-file"
    text = _("Make the bank's file of this run first.")


class FileUnfit(DomainError):
    code = "settlement.file-unfit"
    text = _(
        "Payout {payout} cannot go out now: {why} Do not upload the file. Ask that it"
        " be voided, then keep the payout out or make the file anew."
    )


class FileDoubted(DomainError):
    code = "settlement.file-doubted"
    text = _(
        "Somebody asked to void the file of this run. Do not upload it. A second person must agree,"
        " or the file be kept."
    )


class NoSuchVoid(DomainError):
    code = "settlement.no-such-void"
    status = 404
    text = _("Nobody asked to void this file. Reload the page.")


class VoidBySamePerson(DomainError):
    code = "settlement.void-same-person"
    status = 403
    text = _("You asked to void this file, or stand behind the one who did. Another must agree.")


class NoOwnAccount(DomainError):
    code = "settlement.no-own-account"
    text = _(
        "The platform's own account is not set. Set {names}, or choose the CSV file, where the bank"
        " knows the account."
    )


class NotInFormat(DomainError):
    code = "settlement.not-in-format"
    text = _("This file carries {carries} only. Choose another format for {currency}.")


class PastDay(DomainError):
    code = "settlement.past-day"
    status = 422
    text = _("Choose today or a later day for the bank to pay on, at most 30 days ahead.")


class BadReport(DomainError):
    code = "settlement.bad-report"
    status = 422
    text = _(
        "This is no answer of a bank that can be read: {why} Accepted are pain.002, camt.054 and a"
        " CSV with columns for number, state and reason."
    )


class PayoutLeft(DomainError):
    code = "settlement.payout-left"
    text = _(
        "The bank has payout {number}, or had it: one person alone does not make it payable again."
        " Read in the bank's answers, import the statement on which it came back, or ask for it to"
        " be taken back; a second person agrees."
    )


class NotLeft(DomainError):
    code = "settlement.not-left"
    text = _("Payout {number} is not with the bank, or taken back already. Reload the page.")


class ReturnAsked(DomainError):
    code = "settlement.return-asked"
    text = _("Somebody asked to take payout {number} back already. A second person agrees or not.")


class NoSuchReturnAsked(DomainError):
    code = "settlement.no-such-return-asked"
    status = 404
    stale = True
    text = _("Nobody asks to take this payout back any more. Reload the page.")


class ReturnBySamePerson(DomainError):
    code = "settlement.return-same-person"
    status = 403
    text = _(
        "You asked to take this payout back, or stand behind the one who did. Another must agree."
    )


class UnknownReturnCode(DomainError):
    code = "settlement.unknown-return-code"
    status = 422
    text = _("Choose one of the bank's reasons.")


class LimitAsked(DomainError):
    code = "settlement.limit-asked"
    text = _("Other limits in {currency} wait for a second person already.")


class NoSuchLimit(DomainError):
    code = "settlement.no-such-limit"
    status = 404
    text = _("There are no such limits waiting to be agreed. Reload the page.")


class LimitBySamePerson(DomainError):
    code = "settlement.limit-same-person"
    status = 403
    text = _("You asked for these limits, or stand behind the one who did. Another must agree.")


class LimitsTooHigh(DomainError):
    code = "settlement.limits-too-high"
    status = 422
    text = _(
        "One step raises a limit to ten times what counts now and no further: a slip of a few "
        "zeros must not open the till. Ask for less, and again when it has proved itself."
    )


class BadLimits(DomainError):
    code = "settlement.bad-limits"
    status = 422
    text = _("Each limit is above zero, and neither a run nor a day allows less than one payout.")
