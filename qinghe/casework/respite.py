"""
Nothing of a plan is late while contact is on hold, nor before the grace after the hold is over.

Whoever was told to do nothing has done nothing wrong: every hold counts but the plan's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import Least

from qinghe.casework.terms import last_day_of
from qinghe.claims.days import day_of
from qinghe.claims.models import Hold
from qinghe.claims.terms import HoldKind


@dataclass(frozen=True)
class Respite:
    """Until when holds kept what is due from being late; `ends_on` may be a day to come."""

    # One stands, and nobody knows yet until when.
    open_ended: bool = False
    ends_on: date | None = None

    def last_day(self, due_on: date, expected_on: date | None = None) -> date | None:
        """Return the last day on which money keeps the plan; None while nobody can tell."""
        if self.open_ended:
            return None
        days = [day for day in (due_on, expected_on, self.ends_on) if day is not None]
        return last_day_of(due_on, max(days))

    def stands(self, today: date) -> bool:
        """Tell whether a hold stands on a day."""
        return self.open_ended or (self.ends_on is not None and self.ends_on > today)


def respite_of(*, claim_id: UUID, person_id: UUID) -> Respite:
    """Return until when holds of a claim, or of its debtor, last or lasted."""
    rows = _ends().filter(Q(claim=claim_id) | Q(claim__isnull=True), person=person_id)
    ends = list(rows.values_list("over_at", flat=True))
    if None in ends:
        return Respite(open_ended=True)
    return Respite(ends_on=max((day_of(end) for end in ends if end), default=None))


def held_since(day: date, *, claim: str, person: str) -> QuerySet[Hold]:
    """Return the holds that stood on a day or later, of the claim and person of an outer row."""
    start = datetime.combine(day, time(), ZoneInfo(settings.DISPLAY_ZONE))
    stood = Q(over_at__isnull=True) | Q(over_at__gte=start)
    about = Q(claim=OuterRef(claim)) | Q(claim__isnull=True)
    return _ends().filter(stood, about, person=OuterRef(person))


def _ends() -> QuerySet[Any]:
    """Return every hold but those of plans; `over_at` none while no end is known."""
    return Hold.objects.exclude(kind=HoldKind.PLAN).annotate(over_at=Least("lifted_at", "ends_at"))
