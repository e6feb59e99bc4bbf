"""What this room refuses about statements of the bank and money in suspense, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Self

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.kernel.errors import DomainError

# The columns of a statement in words; formats with names of their own keep those.
FIELDS: Final[dict[str, StrPromise]] = {
    "account": _("the account"),
    "booked_on": _("the day"),
    "value_on": _("the value day"),
    "amount": _("the amount"),
    "credit": _("the money that came"),
    "debit": _("the money that went"),
    "sign": _("in or out"),
    "currency": _("the currency"),
    "balance": _("the balance"),
}


def field_label(name: str) -> str:
    """Return what a column is called in words, in the active language."""
    return str(FIELDS.get(name, name))


class BadStatement(DomainError):
    code = "settlement.bad-statement"
    status = 422
    text = _(
        "Statement, line {row}, {field}: this cannot be read. Nothing was booked. Ask the bank for"
        " the file again, or correct the mapping."
    )


class RaggedRow(DomainError):
    code = "settlement.ragged-row"
    status = 422
    text = _(
        "Statement, line {row}: it has {cells} cells, its head has {head}. The file may be cut off."
        " Nothing was booked. Ask the bank for the whole file."
    )


class StatementCut(DomainError):
    code = "settlement.statement-cut"
    status = 422
    text = _(
        "Statement, line {row}: the file ends here in the middle. Nothing was booked. Ask the bank"
        " for the whole file."
    )


class StatementAhead(DomainError):
    code = "settlement.statement-ahead"
    status = 422
    text = _(
        "Statement, line {row}: {day} is a day to come. Nothing was booked. Check the day, and"
        " whether the column is the right one."
    )


class StatementColumns(DomainError):
    code = "settlement.statement-columns"
    status = 422
    text = _(
        "No line of this statement names its columns: {column} is missing. It is read under one of"
        " these names: {names}. Nothing was booked."
    )

    @classmethod
    def of(cls, column: str, mapping: Mapping[str, Any]) -> Self:
        """Return the refusal for a column, with the names under which a mapping looks for it."""
        return cls(column=field_label(column), names=", ".join(mapping["columns"][column]))


class TwinStands(DomainError):
    code = "settlement.twin-stands"
    text = _(
        "Another statement tells an entry that may be the same money. Say first whether it is,"
        " under suspense."
    )


class NamesOurs(DomainError):
    code = "settlement.names-ours"
    text = _(
        "The words of this money name {number}, which is ours. It does not go back to a sender:"
        " propose that it is the return of that payout, or that it is in the books already."
    )


class NoReturnHere(DomainError):
    code = "settlement.no-return-here"
    text = _("The words of this money name no payout of this amount that was with the bank.")


class NoSuchTwin(DomainError):
    code = "settlement.no-such-twin"
    status = 404
    stale = True
    text = _("There is no such entry waiting to be told apart. Reload the page.")


class TwinTold(DomainError):
    code = "settlement.twin-told"
    text = _("A colleague said what it is already. Agree, or take that word back. Reload the page.")


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


class LeftAlready(DomainError):
    code = "settlement.left-already"
    text = _(
        "A statement of the bank shows that {number} has left. It cannot wait again: press "
        "“Sent at the bank”."
    )


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
    stale = True
    text = _("There is no such entry waiting to be explained. Reload the page.")


class NoSuchGap(DomainError):
    code = "settlement.no-such-gap"
    status = 404
    stale = True
    text = _("No gap waits before this statement any more. Reload the page.")


class GapWhy(DomainError):
    code = "settlement.gap-why"
    status = 422
    text = _("Write in a few words what the bank says of the missing days; no names.")


class NoSuchBooking(DomainError):
    code = "settlement.no-such-booking"
    status = 422
    text = _(
        "No booking of this amount near this day is free: either none tells the money, or it"
        " explains another entry. Record what is missing first, or say what the money is for."
    )


class AccountUnknown(DomainError):
    code = "settlement.account-unknown"
    status = 422
    text = _(
        "The statement tells neither who sent this money nor from where. Ask the bank, and type"
        " holder and account here; the second person compares them with what the bank says."
    )


class NoSuchReturn(DomainError):
    code = "settlement.no-such-return"
    status = 404
    text = _("There is no such money on its way back.")


class LeftTwice(DomainError):
    code = "settlement.left-twice"
    text = _(
        "The bank debited {number} twice: this may be what was too much. Propose “in the books "
        "already” and choose {number}."
    )


class ReasonMissing(DomainError):
    code = "settlement.reason-missing"
    status = 422
    text = _("Write in a few words where this stands in the books.")


class NoSuchStatement(DomainError):
    code = "settlement.no-such-statement"
    status = 404
    text = _("There is no such statement.")


class StatementCompared(DomainError):
    code = "settlement.statement-compared"
    stale = True
    text = _("Somebody has compared this statement already. Reload the page.")


class StatementBySamePerson(DomainError):
    code = "settlement.statement-by-same-person"
    status = 403
    text = _("You took this statement in yourself. Another person must compare it with the bank.")
