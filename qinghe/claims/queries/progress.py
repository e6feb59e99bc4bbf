"""How far the work on a batch is, and how long it will take. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qinghe.claims.terms import WORKING, BatchState

# Sooner no estimate is worth anything.
FEWEST_SECONDS: Final = 2


@dataclass(frozen=True)
class Progress:
    """Rows done of all in this phase; speed and time are None until they can be told."""

    phase: str
    done: int
    of: int
    per_second: float | None
    remaining_seconds: int | None


def progress(
    *,
    state: str,
    whole: bool,
    counts: tuple[int, int, int, int],
    begun_at: datetime | None,
    worked_at: datetime | None,
) -> Progress | None:
    """
    Return how far a batch is; None when nobody works on it.

    `counts` are the rows of the file, valid rows, rows done, and done when it began.
    """
    if state not in WORKING:
        return None
    rows, valid, done, begun_done = counts
    merging = state == BatchState.MERGING and whole
    phase, of = (BatchState.MERGING, valid) if merging else (BatchState.CHECKING, rows)
    return pace(phase, (of, done, begun_done), begun_at=begun_at, worked_at=worked_at)


def pace(
    phase: str,
    counts: tuple[int, int, int],
    *,
    begun_at: datetime | None,
    worked_at: datetime | None,
) -> Progress:
    """Return how far some work is; `counts` are all, those done, and done when it began."""
    of, done, begun_done = counts
    seconds = (worked_at - begun_at).total_seconds() if worked_at and begun_at else 0.0
    if seconds < FEWEST_SECONDS or done <= begun_done:
        return Progress(phase, min(done, of), of, None, None)
    speed = (done - begun_done) / seconds
    return Progress(phase, min(done, of), of, round(speed, 1), round(max(of - done, 0) / speed))


def may_cancel(state: str) -> bool:
    """Tell whether there is anything left to stop."""
    return state in (*WORKING, BatchState.CHECKED)
