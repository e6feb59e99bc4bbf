"""Changes of what is asked: when, from what to what, and why. Payments are no change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from qinghe.claims.queries.one import LineRow
from qinghe.claims.terms import LineKind

CHANGES: Final = (LineKind.RESTATED, LineKind.WAIVED, LineKind.CORRECTED)


@dataclass(frozen=True)
class PartChange:
    """One component before and after, in minor units."""

    component: str
    before: int
    after: int


@dataclass(frozen=True)
class Change:
    """
    One change of what is asked, in minor units as booked: interest of the last days is not in it.

    `reason` is what the creditor wrote; empty for the lawful amount and after a dispute.
    """

    kind: str
    at: datetime
    before: int
    after: int
    reason: str
    lawful: bool
    parts: tuple[PartChange, ...]

    @property
    def raised(self) -> bool:
        """Tell whether any part is more than before: it is asked anew, whatever the sum says."""
        return any(part.after > part.before for part in self.parts)


def changes_of(lines: Iterable[LineRow]) -> list[Change]:
    """Return the changes among a claim's lines, oldest first. Asks nothing."""
    rows = sorted(lines, key=_place)
    totals: dict[str, int] = {}
    found = []
    for (_at, kind), group in groupby(rows, key=lambda row: (row.booked_at, row.kind)):
        moved = list(group)
        before = dict(totals)
        for row in moved:
            totals[row.component] = totals.get(row.component, 0) + row.amount
        if kind in CHANGES:
            found.append(_change(moved, before, totals))
    return found


def _place(row: LineRow) -> tuple[datetime, bool, str]:
    """Return where a line stands: of one moment, what was changed comes after what was there."""
    return row.booked_at, row.kind in CHANGES, row.kind


def _change(moved: Sequence[LineRow], before: dict[str, int], after: dict[str, int]) -> Change:
    first = moved[0]
    parts = dict.fromkeys(row.component for row in moved)
    return Change(
        kind=first.kind,
        at=first.booked_at,
        before=sum(before.values()),
        after=sum(after.values()),
        reason=str(first.facts.get("reason", "")),
        lawful="lawful" in first.facts,
        parts=tuple(PartChange(each, before.get(each, 0), after[each]) for each in parts),
    )
