"""
How well mandates were worked, by measures that no recovered money can buy.

Each value lies between 0 and 1 and comes from the rows that the work leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from django.db.models import Count, Q

from qinghe.casework.models import Promise
from qinghe.casework.terms import PromiseState
from qinghe.contact.models import Attempt
from qinghe.contact.terms import AttemptState
from qinghe.market.terms import Measure
from qinghe.parties.terms import Channel
from qinghe.settlement.models import Mark

SPOKEN = Q(channel=Channel.VOICE, state=AttemptState.DONE)


@dataclass(frozen=True)
class Measured:
    """One measure of one mandate: how many of how many; nothing measured counts as full."""

    good: int
    of: int

    @property
    def value(self) -> Fraction:
        """Return the share that was good."""
        return Fraction(self.good, self.of) if self.of else Fraction(1)


def quality_of(mandate_ids: Collection[UUID], at: datetime) -> dict[UUID, dict[str, Measured]]:
    """Return every measure of every mandate up to a moment. Three queries for any number."""
    marks = dict(
        _counts(Mark.objects.filter(mandate__in=mandate_ids, at__lte=at, lifted_at=None), n=Q())
    )
    promises = dict(
        _counts(
            Promise.objects.filter(mandate__in=mandate_ids, decided_at__lte=at),
            kept=Q(state=PromiseState.KEPT),
            decided=Q(state__in=(PromiseState.KEPT, PromiseState.BROKEN)),
        )
    )
    asked = dict(
        _counts(
            Attempt.objects.filter(mandate__in=mandate_ids, at__lte=at),
            let=~Q(state=AttemptState.REFUSED),
            all=Q(),
            told=SPOKEN & Q(outcome__isnull=False),
            spoken=SPOKEN,
        )
    )
    return {
        pk: {
            Measure.COMPLAINTS.value: _spotless(marks.get(pk)),
            Measure.PROMISES.value: _share(promises.get(pk), "kept", "decided"),
            Measure.REFUSALS.value: _share(asked.get(pk), "let", "all"),
            Measure.DOCUMENTATION.value: _share(asked.get(pk), "told", "spoken"),
        }
        for pk in mandate_ids
    }


def _counts(rows: object, **which: Q) -> Iterable[tuple[UUID, dict[str, int]]]:
    named = rows.values("mandate")  # type: ignore[attr-defined]
    counted = named.annotate(**{name: Count("pk", filter=q) for name, q in which.items()})
    for row in counted.order_by():
        yield row["mandate"], row


def _share(row: dict[str, int] | None, good: str, of: str) -> Measured:
    return Measured(row[good], row[of]) if row else Measured(0, 0)


def _spotless(row: dict[str, int] | None) -> Measured:
    """One justified complaint is one too many: the measure is all or nothing."""
    return Measured(0, row["n"]) if row and row["n"] else Measured(0, 0)
