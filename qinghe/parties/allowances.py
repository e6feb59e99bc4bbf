"""How much a private creditor may submit, from what became of its claims. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from qinghe import parties

DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """One step of the table: limits within the window, what opens it, and why in two languages."""

    number: int
    claims: int
    amount: int
    settled: int
    days: int
    zh: str
    en: str


@dataclass(frozen=True)
class Past:
    """
    What became of a creditor's claims.

    `settled` counts debtors whose claims ended paid and were never contested with success;
    `rejected` and `invented` are the moments at which a reviewer turned a claim down, invented
    ones apart from the others.
    """

    began_at: datetime | None = None
    settled: int = 0
    rejected: tuple[datetime, ...] = ()
    invented: tuple[datetime, ...] = ()


@dataclass(frozen=True)
class Allowed:
    """The step on a moment, and until when nothing may be submitted at all."""

    step: Step
    paused_until: datetime | None = None


def window() -> timedelta:
    """Return the length of the window in which submissions count."""
    return int(_table()["window_days"]) * DAY


def settled_from() -> int:
    """Return from which amount on, in fen, a settled claim counts."""
    return int(_table()["settled_from"])


@cache
def steps() -> tuple[Step, ...]:
    """Return the table, from the lowest step to the highest."""
    return tuple(Step(number, **row) for number, row in enumerate(_table()["steps"]))


def allowed(past: Past, at: datetime) -> Allowed:
    """Return what a creditor may submit at a moment; a worse past never opens more."""
    minor, grave = _table()["rejected"], _table()["invented"]
    rejected = _remembered(past.rejected, minor["remembered_days"], at)
    invented = _remembered(past.invented, grave["remembered_days"], at)
    days = max((at - past.began_at) // DAY, 0) if past.began_at else 0
    opened = [s for s in steps() if past.settled >= s.settled and days >= s.days]
    number = 0 if invented else max(opened[-1].number - len(rejected) * minor["steps_down"], 0)
    pause = min(len(rejected) * minor["pause_days"], minor["longest_pause_days"])
    ends = [max(rejected) + pause * DAY] if rejected else []
    ends += [max(invented) + grave["pause_days"] * len(invented) * DAY] if invented else []
    paused = max(ends, default=None)
    return Allowed(steps()[number], paused if paused is not None and paused > at else None)


def _remembered(moments: tuple[datetime, ...], days: int, at: datetime) -> list[datetime]:
    return [each for each in moments if each > at - days * DAY]


@cache
def _table() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        files(parties).joinpath("allowances.yaml").read_text("utf-8")
    )
    return loaded
