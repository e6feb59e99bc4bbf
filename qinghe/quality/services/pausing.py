"""
A pause: no new orders while several people are heard about a collector that has hardly a record.

Neutral and short: nothing is said to anybody else, what is held is worked on, and it ends with the
decisions, at the latest on the day by which they are due. The same complaints pause once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from qinghe.kernel.actor import system
from qinghe.market.models import TakingStop
from qinghe.market.services.stops import lift_stop, stop_taking
from qinghe.quality.ladder import Facts, Ladder
from qinghe.quality.probation import pauses
from qinghe.quality.queries.pauses import live_pauses
from qinghe.quality.queries.proving import open_complaints
from qinghe.quality.terms import ANSWER_DAYS, PAUSE

PAUSER: Final = system("quality.pause")


def pause_or_lift(
    collector_id: UUID, firms: Collection[UUID], facts: Facts, law: Ladder, at: datetime
) -> None:
    """
    Begin a pause, or end one that nothing asks for any more. Inside the caller's transaction.

    Only a complaint made after the last pause begins another: what was set aside stays so.
    """
    live = live_pauses([collector_id], at)
    if not pauses(facts, law):
        for each in live:
            lift_stop(cause=each.cause, actor=PAUSER, at=at)
        return
    newest = open_complaints(firms, at).first()
    until = newest.opened_at + timedelta(days=ANSWER_DAYS)
    if not live and until > at and _new(collector_id, newest.opened_at):
        cause = f"{PAUSE}{newest.pk}:{collector_id}"
        stop_taking(collector_id=collector_id, cause=cause, until=until, actor=PAUSER, at=at)


def _new(collector_id: UUID, opened_at: datetime) -> bool:
    """Tell whether a complaint was made after the last pause of a collector was over."""
    before = TakingStop.objects.filter(collector=collector_id, cause__startswith=PAUSE)
    over = Q(lifted_at__gte=opened_at) | Q(lifted_at=None, ends_at__gte=opened_at)
    return not before.filter(over).exists()


def paused(firms: Collection[UUID], at: datetime) -> bool:
    """Tell whether one of some firms is paused."""
    return live_pauses(firms, at).exists()


def end_pause(stop: TakingStop, at: datetime) -> None:
    """End a pause that an appeal set aside; the same complaints do not begin another."""
    lift_stop(cause=stop.cause, actor=PAUSER, at=at)
