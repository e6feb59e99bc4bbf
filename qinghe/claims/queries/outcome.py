"""
Lines as they came out. Money told late, or undone, lets others be undone and applied anew: what was
only a step on the way is left out, and the rest adds up to the same, part by part. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from qinghe.claims.queries.rows import LineRow
from qinghe.claims.terms import ANEW, LineKind

Pair = tuple[LineRow, LineRow]


def outcome(lines: Iterable[LineRow]) -> list[LineRow]:
    """
    Return the lines of a claim, oldest first, without what was undone and done again.

    A payment that stands is there once, on the moment it was booked first, with the parts it pays
    now, and not at all where it pays nothing; one that counts no longer is there with its last
    undoing. Interest of a period that was taken back whole is not there.
    """
    rows = list(lines)
    if not any(row.kind in (LineKind.UNDONE, LineKind.REWOUND) for row in rows):
        return rows
    by_payment: dict[object, list[LineRow]] = defaultdict(list)
    rest: list[LineRow] = []
    interest: list[LineRow] = []
    for row in rows:
        if row.kind in (LineKind.PAID, LineKind.UNDONE) and row.facts.get("payment"):
            by_payment[row.facts["payment"]].append(row)
        else:
            told = interest if row.kind in (LineKind.ACCRUED, LineKind.REWOUND) else rest
            told.append(row)
    found = [*rest, *_interest(interest)]
    for payment in by_payment.values():
        found += _payment(payment)
    return sorted(found, key=lambda row: row.booked_at)


def _payment(rows: Sequence[LineRow]) -> list[LineRow]:
    """Return what became of one payment: its parts now, or its end."""
    pairs, left = _paired(rows, LineKind.PAID, LineKind.UNDONE)
    came = [row.booked_at for row in rows if row.kind == LineKind.PAID]
    if not left and pairs:
        last = max(undone.booked_at for _paid, undone in pairs)
        left = [row for pair in pairs if pair[1].booked_at == last for row in pair]
        if any(row.facts.get(ANEW) for row in left):
            return []
    first = min(came, default=None)
    return [_moved(row, first) if row.kind == LineKind.PAID else row for row in left]


def _moved(row: LineRow, first: datetime | None) -> LineRow:
    return row if first is None else replace(row, booked_at=first)


def _interest(rows: Sequence[LineRow]) -> list[LineRow]:
    """Return the interest that stands; what came in the place of other says so."""
    pairs, left = _paired(rows, LineKind.ACCRUED, LineKind.REWOUND)
    since: dict[datetime, str] = {}
    for _accrued, back in pairs:
        start, at = str(back.facts.get("from", "")), back.booked_at
        since[at] = min(start, since.get(at, start))
    return [_marked(row) if _is_anew(row, since) else row for row in left]


def _is_anew(row: LineRow, since: dict[datetime, str]) -> bool:
    start = since.get(row.booked_at)
    return row.kind == LineKind.ACCRUED and start is not None and _from(row) >= start


def _from(row: LineRow) -> str:
    return str(row.facts.get("from", ""))


def _marked(row: LineRow) -> LineRow:
    return replace(row, facts={**row.facts, ANEW: True})


def _paired(
    rows: Sequence[LineRow], done: LineKind, undone: LineKind
) -> tuple[list[Pair], list[LineRow]]:
    """Return each undoing with what it undid to the cent, and every line without its like."""
    pairs: list[Pair] = []
    left, alone = [row for row in rows if row.kind == done], []
    for back in (row for row in rows if row.kind == undone):
        like = next((row for row in reversed(left) if _undoes(back, row)), None)
        if like is None:
            alone.append(back)
        else:
            left = [row for row in left if row is not like]
            pairs.append((like, back))
    return pairs, [*left, *alone]


def _undoes(back: LineRow, row: LineRow) -> bool:
    """Tell whether one line takes back all of another: of the same part, and the same period."""
    if (row.component, row.amount) != (back.component, -back.amount):
        return False
    return all(row.facts.get(name) == back.facts.get(name) for name in ("from", "to"))
