"""
How well payments are matched on data with known answers: two banks' sides of 45,326 payments.

The weights were learnt on one half; precision and recall are measured on the other.
"""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import exp
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pytest

from qinghe.settlement.matching import Came, Expected, choose, levels, weigh, weights
from qinghe.settlement.matching.comparing import NEAR
from qinghe.settlement.matching.weighing import learn

FOLDER = Path(os.environ.get("QINGHE_DATA", "nowhere")) / "splink"
FILES = [FOLDER / f"transactions_{side}.parquet" for side in ("destination", "origin")]
pytestmark = pytest.mark.skipif(
    not all(path.exists() for path in FILES),
    reason="set QINGHE_DATA to the data folder to match real payments",
)
# So many expected payments an entry is compared with on average.
AMONG = 10
WITHIN = timedelta(days=25)


class Row(NamedTuple):
    """One payment as one of the two banks saw it."""

    truth: int
    amount: int
    day: date
    memo: str


Pair = tuple[Row, Row, dict[str, str]]


@pytest.fixture(scope="module")
def sides() -> tuple[list[Row], list[Row]]:
    came, sent = (_rows(path) for path in FILES)
    return came, sent


@pytest.fixture(scope="module")
def learning(sides: tuple[list[Row], list[Row]]) -> list[Pair]:
    return list(_pairs(*(_half(side, 1) for side in sides)))


@pytest.fixture(scope="module")
def testing(sides: tuple[list[Row], list[Row]]) -> list[Pair]:
    return list(_pairs(*(_half(side, 0) for side in sides)))


def test_the_weights_are_what_the_learning_half_says(learning: list[Pair]) -> None:
    learnt = learn(
        (each for came, sent, each in learning if came.truth == sent.truth),
        (each for came, sent, each in learning if came.truth != sent.truth),
    )
    kept = weights().bits
    assert {q: {n: kept[q][n] for n in names} for q, names in learnt.items()} == learnt


def test_precision_on_the_other_half(
    sides: tuple[list[Row], list[Row]], testing: list[Pair]
) -> None:
    precision, recall = _measured(testing, _half(sides[0], 0))
    assert precision >= 0.999
    assert recall >= 0.94


def test_precision_holds_when_a_third_was_never_expected(
    sides: tuple[list[Row], list[Row]], testing: list[Pair]
) -> None:
    there = [each for each in testing if _stays(each[1])]
    precision, recall = _measured(there, [each for each in _half(sides[0], 0) if _stays(each)])
    assert precision >= 0.998
    assert recall >= 0.94


def test_day_by_day_as_entries_come(
    sides: tuple[list[Row], list[Row]], testing: list[Pair]
) -> None:
    """What is taken one day is expected no longer the next, and nothing of tomorrow is known."""
    by_day: dict[date, list[Pair]] = defaultdict(list)
    for each in testing:
        by_day[each[0].day].append(each)
    paid: set[int] = set()
    right = taken = 0
    for day in sorted(by_day):
        there = [each for each in by_day[day] if each[1].truth not in paid]
        for came, sent in _taken(there):
            paid.add(sent)
            taken += 1
            right += came == sent
    assert right / taken >= 0.995
    assert right / len(_half(sides[0], 0)) >= 0.93


def _rows(path: Path) -> list[Row]:
    frame = pl.read_parquet(path)
    columns = ("ground_truth", "amount", "transaction_date", "memo")
    told = frame.select(columns).iter_rows()
    return [Row(truth, round(amount * 100), day, memo or "") for truth, amount, day, memo in told]


def _digest(text: str) -> int:
    return hashlib.sha256(text.encode()).digest()[0]


def _half(rows: Sequence[Row], which: int) -> list[Row]:
    return [row for row in rows if _digest(f"{row.truth}") & 1 == which]


def _stays(row: Row) -> bool:
    return _digest(f"x{row.truth}") >= 85


def _pairs(came: Sequence[Row], sent: Sequence[Row]) -> Iterator[Pair]:
    """Return the pairs that are near enough to be compared, with their levels."""
    blocks: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(sent, key=lambda row: row.amount):
        blocks[row.memo[:1]].append(row)
    amounts = {letter: [row.amount for row in block] for letter, block in blocks.items()}
    for row in came:
        block, there = blocks.get(row.memo[:1], []), amounts.get(row.memo[:1], [])
        first = bisect_left(there, row.amount * exp(-NEAR))
        for other in block[first : bisect_right(there, row.amount * exp(NEAR))]:
            if timedelta() <= row.day - other.day <= WITHIN:
                expected = Expected(other.amount, ordered_on=other.day, text=other.memo)
                yield row, other, levels(Came(row.amount, row.day, row.memo), expected)


def _taken(pairs: Sequence[Pair]) -> list[tuple[int, int]]:
    by = weights()
    scored = [(c.truth, s.truth, weigh(each, by, among=AMONG)) for c, s, each in pairs]
    chosen = choose(scored, accept=by.accept, margin=by.margin)
    return [(each.came, each.expected) for each in chosen]


def _measured(pairs: Sequence[Pair], findable: Sequence[Row]) -> tuple[float, float]:
    taken = _taken(pairs)
    right = sum(came == sent for came, sent in taken)
    return right / len(taken), right / len(findable)
