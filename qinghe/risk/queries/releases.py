"""Automatic releases of creditors, with what their samples showed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from qinghe.claims.models import Review
from qinghe.claims.terms import ReviewStep
from qinghe.risk.models import AutoRelease

LATEST = 100
_ROW = (
    "id", "creditor_id", "creditor__name", "most_major", "sample_percent", "asked_by", "asked_at",
    "granted_at", "ended_at", "ended_because", "released", "right", "wrong",
)  # fmt: skip


@dataclass(frozen=True)
class AutoReleaseRow:
    """One automatic release; how many claims went by it, and how its samples turned out."""

    id: UUID
    creditor_id: UUID
    creditor_name: str
    most_major: int
    sample_percent: int
    asked_by: str
    asked_at: datetime
    granted_at: datetime | None
    ended_at: datetime | None
    ended_because: str
    released: int
    right: int
    wrong: int

    @property
    def asker(self) -> UUID | None:
        """Return the account of the officer who asked."""
        who = self.asked_by.partition(":")[2]
        return None if who == "-" else UUID(who)


def auto_releases() -> list[AutoReleaseRow]:
    """Return the automatic releases, the live ones first."""
    rows = AutoRelease.objects.annotate(
        released=_steps(ReviewStep.AUTOMATIC),
        right=_steps(ReviewStep.UPHELD),
        wrong=_steps(ReviewStep.OVERTURNED),
    ).order_by("-ended_at", "-asked_at", "-id")
    return [AutoReleaseRow(*row) for row in rows.values_list(*_ROW)[:LATEST]]


def _steps(step: ReviewStep) -> Any:
    taken = (
        Review.objects.filter(
            claim__creditor=OuterRef("creditor"), step=step, at__gte=OuterRef("granted_at")
        )
        .order_by()
        .values("claim__creditor")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(taken), 0)
