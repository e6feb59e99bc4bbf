"""Pauses of collectors while complaints are heard: what the collector is told of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from qinghe.market.models import TakingStop
from qinghe.quality.terms import PAUSE


@dataclass(frozen=True)
class PauseRow:
    """One pause in force: since when, and until when at the latest."""

    id: UUID
    since: datetime
    until: datetime


def live_pauses(firms: Collection[UUID], at: datetime) -> QuerySet[TakingStop]:
    """Return the pauses of some firms that are in force."""
    return TakingStop.objects.filter(
        collector__in=firms,
        cause__startswith=PAUSE,
        lifted_at__isnull=True,
        starts_at__lte=at,
        ends_at__gt=at,
    )


def pause_of(collector_id: UUID, at: datetime) -> PauseRow | None:
    """Return the pause of a collector that is in force, if there is one."""
    found = live_pauses([collector_id], at).first()
    return PauseRow(found.pk, found.starts_at, found.ends_at) if found else None
