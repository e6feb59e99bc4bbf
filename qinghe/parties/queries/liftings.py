"""Measures that one person asked to lift, and that wait for a second one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from qinghe.parties.models import Lifting

ASKED_DAYS: Final = 14


@dataclass(frozen=True)
class LiftingRow:
    """One request: what is to be lifted and why; `asked_by` is a journal label."""

    id: UUID
    organisation_slug: str
    organisation_name: str
    measure: str
    reason: str
    asked_by: str
    asked_at: datetime

    @property
    def lapses_at(self) -> datetime:
        """Return from when on it counts no longer."""
        return self.asked_at + timedelta(days=ASKED_DAYS)


def lapsed(asked_at: datetime, at: datetime) -> bool:
    """Tell whether a request was left without an answer for too long."""
    return at - asked_at >= timedelta(days=ASKED_DAYS)


def liftings_waiting(*, at: datetime, org_id: UUID | None = None) -> list[LiftingRow]:
    """Return the requests that wait for a second person, the oldest first. One query."""
    rows = Lifting.objects.filter(
        agreed_at=None, asked_at__gt=at - timedelta(days=ASKED_DAYS)
    ).order_by("asked_at", "pk")
    if org_id:
        rows = rows.filter(organisation=org_id)
    fields = (
        "pk",
        "organisation__slug",
        "organisation__name",
        "measure",
        "reason",
        "asked_by",
        "asked_at",
    )
    return [LiftingRow(*row) for row in rows.values_list(*fields)]
