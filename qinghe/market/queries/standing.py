"""The one small read of reputation: what stands beside a collector when work is given out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from qinghe.market.models import Capacity, Standing
from qinghe.market.terms import Grade

# Justified complaints are told per so many accounts worked.
PER = 5_000
_ROW = (
    "collector_id", "grade", "max_band", "open_cap", "package_cap", "upheld", "worked", "ratio",
    "low", "high", "score", "raters", "gate", "cause", "review_on", "starts_at", "id",
)  # fmt: skip


@dataclass(frozen=True)
class StandingRow:
    """
    A collector's standing at a moment: its grade, what the grade allows, and its record.

    `ratio` is justified complaints per 5,000 accounts, `low` to `high` its 95 % interval; all three
    are None when it is too little to say. `score` (1 to 5) needs enough creditors in the same way.
    """

    collector_id: UUID
    grade: str
    max_band: int
    open_cap: int
    package_cap: int
    upheld: int
    worked: int
    ratio: Decimal | None
    low: Decimal | None
    high: Decimal | None
    score: Decimal | None
    raters: int
    gate: str
    cause: str
    review_on: date
    since: datetime
    id: UUID

    @property
    def too_little(self) -> bool:
        """Tell that too few accounts were worked to publish a ratio."""
        return self.ratio is None

    @property
    def label(self) -> str:
        """Return the grade in words."""
        return str(Grade(self.grade).label)


def standing_of(collector_ids: Collection[UUID], at: datetime) -> dict[UUID, StandingRow]:
    """
    Return what was published of some collectors at a moment; who was not graded yet is absent.

    One query, by index, however long the history is.
    """
    rows = Standing.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at), collector__in=collector_ids, starts_at__lte=at
    )
    return {row[0]: StandingRow(*row) for row in rows.values_list(*_ROW)}


@dataclass(frozen=True)
class Granted:
    """What the operator granted a collector, before its grade is looked at."""

    limit: int
    max_band: int


def granted_to(collector_id: UUID) -> Granted | None:
    """Return the operator's grant; None when no capacity was given."""
    row = Capacity.objects.filter(pk=collector_id).first()
    if row is None:
        return None
    if row.granted is None or row.granted_band is None:
        return Granted(row.limit, row.max_band)
    return Granted(row.granted, row.granted_band)


def standings(collector_id: UUID, limit: int = 50) -> list[StandingRow]:
    """Return the versions of a collector's standing, the newest first."""
    rows = Standing.objects.filter(collector=collector_id).order_by("-starts_at", "-id")
    return [StandingRow(*row) for row in rows.values_list(*_ROW)[:limit]]
