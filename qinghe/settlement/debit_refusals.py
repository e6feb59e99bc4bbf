"""What is refused about direct debits, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class NoRunningPlan(DomainError):
    code = "settlement.no-running-plan"
    text = _("A direct debit is given for a plan that is agreed and running. There is none.")


class MandateThere(DomainError):
    code = "settlement.debit-mandate-there"
    text = _("There is a direct debit for this plan already. Cancel it first.")


class BadDebit(DomainError):
    code = "settlement.bad-debit"
    status = 422
    text = _(
        "Give the holder, the bank, the account, the most that one debit may take, and at"
        " most {days} days after the due day."
    )


class BadAccount(DomainError):
    code = "settlement.bad-debit-account"
    status = 422
    text = _(
        "This cannot be an account number. Please compare it with what your bank gave you, digit by"
        " digit."
    )


class OthersAccount(DomainError):
    code = "settlement.others-account"
    status = 422
    text = _(
        "Only an account in your own name can be used. Please write the name of the holder as it"
        " stands on your identity card."
    )


class CeilingTooLow(DomainError):
    code = "settlement.debit-ceiling-too-low"
    status = 422
    text = _("The largest instalment is {largest} {currency}. Allow at least that much.")


class NoDebitMandate(DomainError):
    code = "settlement.no-debit-mandate"
    status = 404
    text = _("There is no direct debit here.")


class NoDebit(DomainError):
    code = "settlement.no-debit"
    status = 404
    text = _("There is no such direct debit.")


class NothingGoesBack(DomainError):
    code = "settlement.debit-nothing-back"
    text = _("Of this debit nothing is to be given back now, or it is on its way. Reload the page.")


class NoDebitRun(DomainError):
    code = "settlement.no-debit-run"
    status = 404
    text = _("There is no such run of direct debits.")


class DebitRunMoved(DomainError):
    code = "settlement.debit-run-moved"
    text = _("This run is in another state now. Reload the page.")


class DebitRunThere(DomainError):
    code = "settlement.debit-run-there"
    text = _("Run {number} still waits. Bring it to the bank or give it up first.")


class NothingToDebit(DomainError):
    code = "settlement.nothing-to-debit"
    text = _("No direct debit can be collected now.")


class DebitBySamePerson(DomainError):
    code = "settlement.debit-same-person"
    status = 403
    text = _("You opened this run, or stand behind whoever did. Another person must approve it.")


class DebitUnfit(DomainError):
    code = "settlement.debit-unfit"
    text = _("Debit {number} may not be collected: {why} Give the run up; the others stay planned.")


class NoDebitFile(DomainError):
    code = "settlement.no-debit-file"
    text = _("Make the file of this run first.")


class DebitFileMade(DomainError):
    code = "settlement.debit-file-made"
    text = _("The file of this run was made before. It is the same at every download.")


class NoCreditorId(DomainError):
    code = "settlement.no-creditor-id"
    text = _("The platform may not debit accounts yet. Set {names} as the bank gave them.")
