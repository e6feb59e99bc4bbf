"""
Cooling off: who gives orders back again and again takes none for a while.

Taking and giving back costs a debtor days and shows a stranger the case. One or two returns are
work; more within a month, for no reason outside the collector, are choosing by looking. A reason
outside the collector excuses when somebody else bears it out, and not by its name. The pause
doubles with each further return, so that it stays short for who stops, and is bounded: a month is
time enough for a person to look.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from qinghe.market.models import Mandate
from qinghe.market.terms import NOT_EXCUSED, OWN_DOING, MandateState

WINDOW: Final = timedelta(days=30)
# So many unexcused returns within the window are free.
FREE: Final = 2
FIRST_PAUSE: Final = timedelta(hours=12)
LONGEST_PAUSE: Final = timedelta(days=14)
# Beyond this the pause does not grow any more, so no more rows are read.
COUNTED: Final = 12

# What counts; the same stands as SQL in `queries.taking`.
COUNTS: Final = Q(state=MandateState.RETURNED) & (
    Q(return_code__in=OWN_DOING) | Q(excuse__in=NOT_EXCUSED)
)


def pause_after(returns: int) -> timedelta:
    """Return how long nothing is taken after the last of so many unexcused returns."""
    if returns <= FREE:
        return timedelta(0)
    doublings: int = 2 ** (min(returns, COUNTED) - FREE - 1)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)


def cooling_among(collectors: Iterable[UUID], at: datetime) -> set[UUID]:
    """Return those of some collectors that may take nothing now for cooling off. One query."""
    recent = Mandate.objects.filter(
        COUNTS,
        collector__in=list(collectors),
        closed_at__gt=at - WINDOW,
        closed_at__lte=at,
    )
    moments: dict[UUID, list[datetime]] = {}
    for collector_id, closed_at in recent.values_list("collector_id", "closed_at"):
        if closed_at is not None:
            moments.setdefault(collector_id, []).append(closed_at)
    return {pk for pk, found in moments.items() if cooling_until(found, at)}


def cooling_until(moments: list[datetime], at: datetime) -> datetime | None:
    """Return until when who gave back at these moments (of the window) takes nothing."""
    if not moments:
        return None
    until = max(moments) + pause_after(len(moments))
    return until if until > at else None
