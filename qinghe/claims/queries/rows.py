"""The lines of a claim as they are read, and the terms they make together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class LineRow:
    """One change of an amount, in minor units; negative when less is owed since."""

    component: str
    kind: str
    amount: int
    facts: dict[str, object]
    booked_at: datetime


@dataclass(frozen=True)
class Term:
    """One term of the equation `claimed + accrued - paid ... = owed`, with the lines behind it."""

    kind: str
    component: str
    amount: int
    lines: tuple[LineRow, ...]
