"""Changes of what is asked: when, from what to what, and why. Payments are no change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from qinghe.claims.queries.rows import LineRow
from qinghe.claims.terms import LineKind

CHANGES: Final = (LineKind.RESTATED, LineKind.WAIVED, LineKind.CORRECTED)
MONEY: Final = (LineKind.PAID, LineKind.UNDONE)
Totals = dict[str, int]


@dataclass(frozen=True)
class PartChange:
    """One component before and after, in minor units."""

    component: str
    before: int
    after: int


@dataclass(frozen=True)
class Agreed:
    """
    A waiver that goes with money, as agreed: what came and was waived for it; or, `taken_back`,
    what went back and is owed again without it. In minor units.
    """

    paid: int
    waived: int
    taken_back: bool


@dataclass(frozen=True)
class Change:
    """
    One change of what is asked, in minor units as booked: interest of the last days is not in it.

    `reason` is what the creditor wrote; empty for the lawful amount, after a dispute, and where a
    waiver was `agreed`: that is one change together with its money.
    """

    kind: str
    at: datetime
    before: int
    after: int
    reason: str
    lawful: bool
    parts: tuple[PartChange, ...]
    agreed: Agreed | None = None

    @property
    def raised(self) -> bool:
        """Tell whether any part is more than before: it is asked anew, whatever the sum says."""
        return self.agreed is None and any(part.after > part.before for part in self.parts)


def changes_of(lines: Iterable[LineRow]) -> list[Change]:
    """Return the changes among a claim's lines, oldest first. Asks nothing."""
    totals: Totals = {}
    found: list[Change] = []
    for _at, group in groupby(sorted(lines, key=_place), key=lambda row: row.booked_at):
        found += _of_moment(list(group), totals)
    return found


def _place(row: LineRow) -> tuple[datetime, bool, bool, str]:
    """Return where a line stands: of one moment, what was changed comes after what was there."""
    return row.booked_at, row.kind != LineKind.CLAIMED, row.kind in CHANGES, _sort(row)


def _sort(row: LineRow) -> str:
    """Return what lines are one change with: those of an agreement are apart, and the last."""
    return "~" if _with_money(row) else row.kind


def _with_money(row: LineRow) -> bool:
    return row.kind == LineKind.WAIVED and "cause" in row.facts


def _of_moment(rows: Sequence[LineRow], totals: Totals) -> Iterator[Change]:
    """Yield the changes of one moment, and add all of its lines to the totals."""
    money: list[LineRow] = []
    at_first: Totals | None = None
    for _key, group in groupby(rows, key=_sort):
        moved, before = list(group), dict(totals)
        for row in moved:
            totals[row.component] = totals.get(row.component, 0) + row.amount
        first = moved[0]
        if _with_money(first):
            if sum(row.amount for row in moved):
                yield _settled(moved, money, at_first or before, totals)
        elif first.kind in CHANGES:
            yield _change(moved, before, totals)
        elif first.kind != LineKind.CLAIMED:
            # Money, and interest that was booked with it.
            at_first = before if at_first is None else at_first
            money += [row for row in moved if row.kind in MONEY]


def _settled(
    moved: Sequence[LineRow], money: Sequence[LineRow], before: Totals, after: Totals
) -> Change:
    paid, waived = (sum(row.amount for row in rows) for rows in (money, moved))
    back = waived > 0
    agreed = Agreed(max(paid if back else -paid, 0), abs(waived), back)
    return _change([*moved, *money], before, after, agreed)


def _change(
    moved: Sequence[LineRow], before: Totals, after: Totals, agreed: Agreed | None = None
) -> Change:
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
        agreed=agreed,
    )
