"""
Cooling off: who gives orders back again and again takes none for a while.

Taking and giving back costs a debtor days and shows a stranger the case. One or two returns are
work; more within a month, for no reason outside the collector, are choosing by looking. The pause
doubles with each further return, so that it stays short for who stops, and is bounded: a month is
time enough for a person to look.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(days=30)
# So many unexcused returns within the window are free.
FREE: Final = 2
FIRST_PAUSE: Final = timedelta(hours=12)
LONGEST_PAUSE: Final = timedelta(days=14)
# Beyond this the pause does not grow any more, so no more rows are read.
COUNTED: Final = 12


def pause_after(returns: int) -> timedelta:
    """Return how long nothing is taken after the last of so many unexcused returns."""
    if returns <= FREE:
        return timedelta(0)
    doublings: int = 2 ** (min(returns, COUNTED) - FREE - 1)
    return min(FIRST_PAUSE * doublings, LONGEST_PAUSE)


def cooling_until(moments: list[datetime], at: datetime) -> datetime | None:
    """Return until when who gave back at these moments (of the window) takes nothing."""
    if not moments:
        return None
    until = max(moments) + pause_after(len(moments))
    return until if until > at else None
