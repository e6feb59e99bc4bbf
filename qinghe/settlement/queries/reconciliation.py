"""One day in three tellings: the ledger's, each provider's and the bank's."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Sum

from qinghe.claims.days import end_of
from qinghe.kernel.actor import Actor
from qinghe.ledger.models import Transfer
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import (
    Dispute,
    Payment,
    ProviderLine,
    Refund,
    StatementEntry,
)
from qinghe.settlement.provider_reports import BACK, PAID
from qinghe.settlement.reconciling import (
    BANK_DAYS,
    Difference,
    Differs,
    Entry,
    Told,
    differences,
    paid_out,
)
from qinghe.settlement.return_terms import DisputeState, RefundState
from qinghe.settlement.terms import OrderState, PaymentSource
from qinghe.settlement.ways import NAMES

MOST: Final = 50
# The oldest day of which a settled sum may still be looked for at the bank on the day shown.
LOOKED_BACK: Final = timedelta(days=BANK_DAYS)


@dataclass(frozen=True)
class ProviderDay:
    """One provider on one day; sums in minor units, `bank` what came of its net, None: nothing."""

    provider: str
    currency: str
    ours: int
    ledger: int
    theirs: int
    fees: int
    net: int
    bank: int | None
    differences: tuple[Difference, ...]

    @property
    def name(self) -> str:
        return str(NAMES.get(self.provider, self.provider))

    @property
    def agrees(self) -> bool:
        return not self.differences


def reconcile(*, day: date, actor: Actor) -> list[ProviderDay]:
    """
    Return one day of every provider that moved money on it, with every difference.

    :raises NotPermitted: the role does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    keys = set(_ours(day)) | set(_theirs(day))
    return [_day(provider, currency, day) for provider, currency in sorted(keys)]


@dataclass(frozen=True)
class TakenBack:
    """What a provider's report says went back, and our books do not know; minor units."""

    name: str
    number: str
    amount: int
    currency: str
    day: date

    @property
    def iso(self) -> str:
        return self.day.isoformat()


def taken_unknown(*, actor: Actor) -> list[TakenBack]:
    """
    Return what reports say went back and no refund or dispute of ours tells, the newest first.

    :raises NotPermitted: the role does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    known = Dispute.objects.filter(provider=OuterRef("provider"), number=OuterRef("number"))
    rows = list(ProviderLine.objects.filter(~Exists(known), kind=BACK).order_by("-day", "number"))
    done = {
        str(pk) for pk in Refund.objects.filter(pk__in=_ids_in(rows)).values_list("pk", flat=True)
    }
    return [
        TakenBack(
            str(NAMES.get(row.provider, row.provider)),
            row.number,
            row.amount,
            row.currency,
            row.day,
        )
        for row in rows
        if row.number not in done
    ][:MOST]


def _ids_in(rows: Iterable[ProviderLine]) -> list[UUID]:
    found = []
    for row in rows:
        with suppress(ValueError):
            found.append(UUID(row.number))
    return found


def _day(provider: str, currency: str, day: date) -> ProviderDay:
    ours = _ours(day).get((provider, currency), [])
    lines = [each for each in _lines(day) if (each.provider, each.currency) == (provider, currency)]
    theirs = [Told(each.number, each.kind, each.amount) for each in lines]
    net = sum((each.amount if each.kind == PAID else -each.amount) - each.fee for each in lines)
    entry, missing = _at_bank(provider, currency, day)
    own, ledger = _signed(ours), _ledger(provider, currency, day)
    undone = [Difference(Differs.LEDGER, day.isoformat(), own, ledger)] if own != ledger else []
    return ProviderDay(
        provider=provider,
        currency=currency,
        ours=own,
        ledger=ledger,
        theirs=_signed(theirs),
        fees=sum(each.fee for each in lines),
        net=net,
        bank=entry.amount if entry else None,
        differences=(*differences(ours, theirs), *undone, *missing),
    )


def _signed(rows: Iterable[Told]) -> int:
    return sum(row.amount if row.kind == PAID else -row.amount for row in rows)


def _bounds(day: date) -> tuple[datetime, datetime]:
    end = end_of(day)
    return end - timedelta(days=1), end


def _ours(day: date) -> dict[tuple[str, str], list[Told]]:
    """Return what our tables say that providers took in and gave back on a day."""
    since, until = _bounds(day)
    found: dict[tuple[str, str], list[Told]] = {}
    paid = Payment.objects.filter(
        source=PaymentSource.CASHIER,
        order__state=OrderState.PAID,
        received_at__gte=since,
        received_at__lt=until,
    )
    # What was booked again after a part went back stands under the same order: it came once.
    first: dict[object, tuple[str, str, str, int]] = {}
    rows = paid.order_by("received_at", "pk").values_list(
        "order", "order__provider", "currency", "order__number", "amount"
    )
    for order, provider, currency, number, amount in rows:
        first.setdefault(order, (provider, currency, number or str(order), amount))
    for provider, currency, number, amount in first.values():
        found.setdefault((provider, currency), []).append(Told(number, PAID, amount))
    for provider, currency, number, amount in _back(since, until):
        found.setdefault((provider, currency), []).append(Told(number, BACK, amount))
    return found


def _back(since: datetime, until: datetime) -> list[tuple[str, str, str, int]]:
    done = Refund.objects.filter(
        state=RefundState.DONE, done_at__gte=since, done_at__lt=until
    ).values_list("payment__order__provider", "currency", "pk", "amount")
    taken = Dispute.objects.filter(
        state=DisputeState.REVERSED, settled_at__gte=since, settled_at__lt=until
    ).values_list("provider", "currency", "number", "amount")
    return [(provider, currency, str(number), amount) for provider, currency, number, amount in
            [*done, *taken] if provider]  # fmt: skip


def _ledger(provider: str, currency: str, day: date) -> int:
    """Return what the boxes of a provider took in and gave back, by the ledger alone."""
    since, until = _bounds(day)
    box = f"platform:cash:{provider}:"
    # What moves between our own boxes is nothing that the provider knows of.
    moved = Transfer.objects.filter(at__gte=since, at__lt=until, currency=currency)
    moved = moved.exclude(
        debit__path__startswith="platform:cash:", credit__path__startswith="platform:cash:"
    )
    # What it kept for itself is told apart, as its fees.
    moved = moved.exclude(kind__startswith="fee.")
    sums = moved.aggregate(
        plus=Sum("amount", filter=Q(debit__path__startswith=box), default=0),
        minus=Sum("amount", filter=Q(credit__path__startswith=box), default=0),
    )
    return int(sums["plus"]) - int(sums["minus"])


def _lines(day: date) -> list[ProviderLine]:
    return list(ProviderLine.objects.filter(day=day).order_by("provider", "number"))


def _theirs(day: date) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for each in _lines(day):
        key = (each.provider, each.currency)
        found[key] = found.get(key, 0) + 1
    return found


def _at_bank(
    provider: str, currency: str, day: date
) -> tuple[Entry | None, tuple[Difference, ...]]:
    """Return the bank's entry that brought the net of a day; days before it take theirs first."""
    nets: dict[date, int] = {}
    rows = ProviderLine.objects.filter(
        provider=provider, currency=currency, day__gt=day - LOOKED_BACK, day__lte=day
    )
    for each in rows:
        part = (each.amount if each.kind == PAID else -each.amount) - each.fee
        nets[each.day] = nets.get(each.day, 0) + part
    came = StatementEntry.objects.filter(
        credit=True,
        currency=currency,
        booked_on__gt=day - LOOKED_BACK,
        booked_on__lte=day + LOOKED_BACK,
    )
    entries = [
        Entry(str(pk), on, amount)
        for pk, on, amount in came.values_list("pk", "booked_on", "amount")
    ]
    found, missing = paid_out(nets, entries)
    own = [each for each in missing if each.number == day.isoformat()]
    return found.get(day), tuple(own)
