"""Fees that providers and the bank kept: those no booking tells yet, and those that wait."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Sum

from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.fee_terms import FeeState
from qinghe.settlement.models import Fee, ProviderLine, StatementEntry
from qinghe.settlement.queries.named import naming_ours
from qinghe.settlement.ways import NAMES

MOST: Final = 100


@dataclass(frozen=True)
class FeeRow:
    """
    A fee in minor units: of a provider's day, or a charge on the bank's statement.

    With `id` it was asked for and waits for another person; else it may be asked for.
    """

    provider: str
    currency: str
    day: date
    amount: int
    id: UUID | None = None
    entry_id: UUID | None = None
    reference: str = ""
    note: str = ""
    asked_by: str = ""

    @property
    def name(self) -> str:
        return str(NAMES.get(self.provider, self.provider))


def open_fees(*, actor: Actor) -> list[FeeRow]:
    """
    Return fees that wait for a second person, then those nobody asked for. Six queries.

    :raises NotPermitted: the role does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = Fee.objects.filter(state=FeeState.ASKED).select_related("entry")
    asked = [_asked(each) for each in rows.order_by("asked_at", "pk")[:MOST]]
    return [*asked, *_of_providers(), *_of_the_bank()]


def fee_asked(*, entry_id: UUID, actor: Actor) -> FeeRow | None:
    """
    Return the fee that was asked to be booked of an entry and waits, or nothing.

    :raises NotPermitted: the role does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = Fee.objects.filter(entry=entry_id, state=FeeState.ASKED).select_related("entry")
    fee = rows.first()
    return _asked(fee) if fee else None


def _asked(fee: Fee) -> FeeRow:
    return FeeRow(
        provider=fee.provider,
        currency=fee.currency,
        day=fee.day,
        amount=fee.amount,
        id=fee.pk,
        entry_id=fee.entry_id,
        reference=fee.entry.reference if fee.entry else "",
        note=fee.note,
        asked_by=fee.asked_by,
    )


def _of_providers() -> list[FeeRow]:
    key = ("provider", "currency", "day")
    live = Fee.objects.exclude(state=FeeState.DROPPED).exclude(provider="")
    taken: dict[tuple[str, str, date], int] = defaultdict(int)
    for *of, amount in live.values_list(*key).annotate(sum=Sum("amount")).order_by():
        taken[of[0], of[1], of[2]] = amount
    told = ProviderLine.objects.filter(fee__gt=0).values_list(*key).annotate(sum=Sum("fee"))
    open_ = [
        FeeRow(provider, currency, day, amount - taken[provider, currency, day])
        for provider, currency, day, amount in told.order_by("day", "provider")
        if amount > taken[provider, currency, day]
    ]
    return open_[:MOST]


def _of_the_bank() -> list[FeeRow]:
    asked = Fee.objects.filter(state=FeeState.ASKED, entry__isnull=False).values("entry")
    open_ = StatementEntry.objects.filter(credit=False, explained="").exclude(pk__in=asked)
    found = list(open_.select_related("words").order_by("booked_on", "pk")[:MOST])
    # What names a payout of ours is looked at on its own page: another amount is no charge.
    ours = naming_ours(found)
    return [
        FeeRow("", each.currency, each.booked_on, each.amount, None, each.pk, each.reference)
        for each in found
        if each.pk not in ours
    ]
