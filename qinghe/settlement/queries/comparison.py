"""Predicted against actual commission: of a mandate, and of each collector of a creditor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from qinghe.kernel.actor import Actor
from qinghe.market.bands import band_of
from qinghe.market.commission.simulation import Case
from qinghe.market.models import Mandate
from qinghe.market.queries import mandate_by_id
from qinghe.market.queries.mandates import visible
from qinghe.market.queries.signed import plan_or_rate
from qinghe.settlement.comparing import Came, Comparison, compare, together
from qinghe.settlement.models import Review, Split
from qinghe.settlement.terms import PaymentState

# Mandates that one page computes with; more are the work of a report.
AT_MOST = 5_000


@dataclass(frozen=True)
class CollectorRow:
    """All mandates of one collector in one currency, predicted and actual."""

    collector_id: UUID
    collector_name: str
    currency: str
    mandates: int
    sums: Comparison


@dataclass(frozen=True)
class MeasureRow:
    """One measure in one review: its weight as text, how many were good, of how many."""

    measure: str
    weight: str
    good: int
    of: int


@dataclass(frozen=True)
class ReviewRow:
    """How one quality part was decided; amounts in minor units."""

    reserve: int
    paid: int
    measures: tuple[MeasureRow, ...]


def comparison(*, mandate_id: UUID, actor: Actor) -> Comparison | None:
    """
    Return the comparison of a mandate to one of its sides; None: it was signed before figures were.

    :raises NoSuchMandate: unknown, or another party's
    """
    mandate = mandate_by_id(mandate_id=mandate_id, actor=actor)
    return _compared([mandate]).get(mandate.pk)


def by_collector(*, actor: Actor) -> list[CollectorRow]:
    """Return the comparison per collector over what an actor may see, most mandates first."""
    rows = visible(actor).filter(owed__isnull=False).select_related("claim", "collector")
    mandates = list(rows.order_by("-starts_at", "pk")[:AT_MOST])
    compared = _compared(mandates)
    groups: dict[tuple[UUID, str], list[Mandate]] = {}
    for mandate in mandates:
        groups.setdefault((mandate.collector_id, mandate.claim.currency), []).append(mandate)
    found = [
        CollectorRow(
            collector_id,
            own[0].collector.name,
            currency,
            len(own),
            together(compared[mandate.pk] for mandate in own),
        )
        for (collector_id, currency), own in groups.items()
    ]
    return sorted(found, key=lambda row: (-row.mandates, row.collector_name))


def reviews(*, mandate_id: UUID, actor: Actor) -> list[ReviewRow]:
    """
    Return how the quality parts under a mandate were decided, newest first.

    :raises NoSuchMandate: unknown, or another party's
    """
    mandate_by_id(mandate_id=mandate_id, actor=actor)
    rows = Review.objects.filter(mandate=mandate_id).order_by("-at", "-pk")
    return [
        ReviewRow(
            row.reserve,
            row.paid,
            tuple(MeasureRow(name, **facts) for name, facts in sorted(row.measures.items())),
        )
        for row in rows
    ]


def _compared(mandates: Sequence[Mandate]) -> dict[UUID, Comparison]:
    """One query for the payments of all."""
    came: dict[UUID, list[Came]] = {}
    splits = Split.objects.filter(mandate__in=[mandate.pk for mandate in mandates])
    for row in splits.select_related("payment").order_by("at", "pk"):
        if row.mandate_id:
            came.setdefault(row.mandate_id, []).append(_came(row))
    return {
        each.pk: compare(plan_or_rate(each), _case(each, each.owed), came.get(each.pk, []))
        for each in mandates
        if each.owed is not None
    }


def _came(row: Split) -> Came:
    settled = row.reserve_settled_at is not None and row.reserve_paid is not None
    return Came(
        amount=row.amount,
        gross=row.commission + row.reserve + row.platform_fee,
        stage=row.stage,
        lost=row.reserve - (row.reserve_paid or 0) if settled else 0,
        reversed=row.payment.state == PaymentState.REVERSED,
    )


def _case(mandate: Mandate, owed: int) -> Case:
    currency = mandate.claim.currency
    return Case(owed, mandate.stage, band_of(owed, currency), mandate.hand, currency)
