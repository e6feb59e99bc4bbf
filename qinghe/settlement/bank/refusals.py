"""What this room refuses about statements of the bank and money in suspense, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class BadStatement(DomainError):
    code = "settlement.bad-statement"
    status = 422
    text = _(
        "Statement, line {row}, {field}: this cannot be read. Nothing was booked. Ask the bank for"
        " the file again, or correct the mapping."
    )


class StatementUnknown(DomainError):
    code = "settlement.statement-unknown"
    status = 422
    text = _("This is neither camt.053, MT940, CSV nor XLSX. Nothing was booked.")


class StatementHostile(DomainError):
    code = "settlement.statement-hostile"
    status = 422
    text = _("This XML declares entities or a document type. No bank sends that; it was not read.")


class StatementTooLong(DomainError):
    code = "settlement.statement-too-long"
    status = 422
    text = _("A file may hold {most} entries and 20 megabytes. Ask the bank for fewer days.")


class BalanceDiffers(DomainError):
    code = "settlement.balance-differs"
    status = 422
    text = _(
        "Opening balance and entries make {counted} {currency}, the statement says {told}. An entry"
        " is missing or doubled; nothing was booked."
    )


class WrongAccount(DomainError):
    code = "settlement.wrong-account"
    text = _("This statement is of another account than the platform's, which ends in {ending}.")


class NoBankAccount(DomainError):
    code = "settlement.no-bank-account"
    text = _("The platform's account is not set. Set QINGHE_BANK_ACCOUNT and import again.")


class ReferenceTwice(DomainError):
    code = "settlement.reference-twice"
    status = 422
    text = _(
        "Statement, line {row}: the bank's number of this entry was used before for another one."
        " Nothing was booked. Use a mapping without that column if the bank repeats its numbers."
    )


class NoSuchSuspense(DomainError):
    code = "settlement.no-such-suspense"
    status = 404
    text = _("There is no such money in suspense.")


class SuspenseMoved(DomainError):
    code = "settlement.suspense-moved"
    text = _("This money is in another state now. Reload the page.")


class SuspenseBySamePerson(DomainError):
    code = "settlement.suspense-same-person"
    status = 403
    text = _("You proposed this, or stand behind who did. Another person must agree.")


class NotPayable(DomainError):
    code = "settlement.not-payable"
    text = _("No open claim in {currency} has this number. Look at the number again.")


class NoSuchEntry(DomainError):
    code = "settlement.no-such-entry"
    status = 404
    text = _("There is no such entry waiting to be explained. Reload the page.")


class NoSuchReturn(DomainError):
    code = "settlement.no-such-return"
    status = 404
    text = _("There is no such money on its way back.")


class ReasonMissing(DomainError):
    code = "settlement.reason-missing"
    status = 422
    text = _("Write in a few words where this stands in the books.")
