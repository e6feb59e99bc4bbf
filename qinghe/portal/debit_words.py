"""What a debtor reads of direct debits: the same states as staff see, told to who pays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrPromise

from qinghe.settlement.debit_terms import DebitState, MandateState
from qinghe.settlement.queries.debits import DebitRow, MyDebit

MANDATES: Final[dict[str, StrPromise]] = {
    MandateState.ACTIVE: pgettext_lazy("your direct debit", "You allowed it."),
    MandateState.CANCELLED: pgettext_lazy("your direct debit", "You cancelled it."),
    MandateState.BOUNCED: pgettext_lazy(
        "your direct debit", "It has ended because the bank could not take from this account."
    ),
    MandateState.OVER: pgettext_lazy("your direct debit", "It has ended with its plan."),
}
DEBITS: Final[dict[str, StrPromise]] = {
    DebitState.PLANNED: pgettext_lazy("your debit", "Will be taken"),
    DebitState.JOINED: pgettext_lazy("your debit", "Is being prepared"),
    DebitState.SENT: pgettext_lazy("your debit", "Handed to the bank"),
    DebitState.COLLECTED: pgettext_lazy("your debit", "Taken and counted as paid"),
    DebitState.UNDUE: pgettext_lazy("your debit", "Taken by mistake: it goes back to you"),
    DebitState.RETURNED: pgettext_lazy("your debit", "Could not be taken"),
    DebitState.DROPPED: pgettext_lazy("your debit", "Not taken"),
}
REASONS: Final[dict[str, StrPromise]] = {
    "AM04": _("There was not enough in the account."),
    "MS02": _("The bank says that the account holder refused it."),
    "AC01": _("The account number is not right."),
    "AC03": _("The account number is not right."),
    "AC04": _("The account is closed."),
    "AC06": _("The account is blocked."),
    "BE01": _("The name does not belong to the account."),
    "FOCR": _("We called it back."),
}


@dataclass(frozen=True)
class Told:
    """One debit in the words of its debtor."""

    row: DebitRow
    words: StrPromise
    reason: StrPromise | str


def told(rows: Iterable[DebitRow]) -> list[Told]:
    """Return debits with words for who pays."""
    return [Told(row, DEBITS[row.state], REASONS.get(row.return_code, "")) for row in rows]


REPLACED: Final = pgettext_lazy(
    "your direct debit",
    "It was for your earlier plan and has ended with it. For the new plan please pay yourself, or "
    "allow it anew.",
)


def ended(mine: MyDebit) -> StrPromise:
    """Return how a permission stands."""
    if mine.replaced:
        return REPLACED
    return MANDATES[mine.state]
