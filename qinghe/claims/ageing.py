"""Ageing: how long a claim is past due, as one of eight stages. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from qinghe.claims.terms import Stage

# Past due by at least so many days; the due day itself is not past due.
FIRST_DAYS: Final = (
    (181, Stage.M7),
    (151, Stage.M6),
    (121, Stage.M5),
    (91, Stage.M4),
    (61, Stage.M3),
    (31, Stage.M2),
    (1, Stage.M1),
)


def stage(due_on: date, as_of: date) -> Stage:
    """Return the stage of a claim on a day."""
    days = (as_of - due_on).days
    return next((each for first, each in FIRST_DAYS if days >= first), Stage.M0)


def next_change(due_on: date, as_of: date) -> date | None:
    """Return the first day after `as_of` with another stage; None when there is none."""
    days = (as_of - due_on).days
    ahead = [first for first, _stage in FIRST_DAYS if first > days]
    return due_on + timedelta(days=min(ahead)) if ahead else None
