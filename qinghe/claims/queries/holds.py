"""Which holds stop outreach now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from qinghe.claims.models import Hold


@dataclass(frozen=True)
class HoldRow:
    """One hold; `claim_id` None stops everything about the person."""

    id: UUID
    person_id: UUID
    claim_id: UUID | None
    kind: str
    cause: str
    placed_at: datetime
    ends_at: datetime | None
    lifted_at: datetime | None = None


FIELDS = ("id", "person_id", "claim_id", "kind", "cause", "placed_at", "ends_at", "lifted_at")


def live_holds(
    person_id: UUID, claim_id: UUID | None = None, *, at: datetime | None = None
) -> list[HoldRow]:
    """
    Return the holds that stand for a person, or for one claim of theirs, oldest first.

    With `at`, a hold whose end has come is left out even before the sweep lifts it.
    """
    rows = Hold.objects.filter(person_id=person_id, lifted_at__isnull=True)
    if claim_id is not None:
        rows = rows.filter(Q(claim_id=claim_id) | Q(claim_id__isnull=True))
    if at is not None:
        rows = rows.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), placed_at__lte=at)
    return [HoldRow(*row) for row in rows.order_by("placed_at", "id").values_list(*FIELDS)]


def every_hold(*, person_id: UUID) -> list[HoldRow]:
    """Return every hold there ever was for a person, for one claim or for all, oldest first."""
    rows = Hold.objects.filter(person_id=person_id).order_by("placed_at", "id")
    return [HoldRow(*row) for row in rows.values_list(*FIELDS)]


def holds_about(*, person_id: UUID, claim_id: UUID) -> QuerySet[Hold, tuple[Any, ...]]:
    """Return every hold a claim ever had, and those that stand for the whole person; for a view."""
    general = Q(person_id=person_id, claim_id__isnull=True, lifted_at__isnull=True)
    rows = Hold.objects.filter(Q(claim_id=claim_id) | general)
    return rows.order_by("placed_at", "id").values_list(*FIELDS)
