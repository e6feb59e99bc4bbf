"""The exact interval against the published table, and what must hold for every count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.quality.ratio import at_most, limits, rate
from qinghe.quality.scores import FEWEST, MOST, score, weights

# Garwood (1936), as reprinted by Ulm (1990), American Journal of Epidemiology 131, 373-375.
TABLE = [
    (0, 0.0, 3.689),
    (1, 0.0253, 5.572),
    (2, 0.2422, 7.225),
    (5, 1.6235, 11.668),
    (10, 4.7954, 18.390),
    (25, 16.179, 36.905),
    (50, 37.111, 65.919),
    (100, 81.364, 121.627),
]


@pytest.mark.parametrize(("count", "low", "high"), TABLE)
def test_the_limits_are_those_of_the_table(count: int, low: float, high: float) -> None:
    assert limits(count) == pytest.approx((low, high), abs=0.001)


@given(st.integers(0, 300), st.integers(1, 1_000_000))
def test_the_estimate_lies_in_its_interval_and_more_complaints_raise_all_three(
    count: int, accounts: int
) -> None:
    one, more = rate(count, accounts), rate(count + 1, accounts)
    assert one.low <= one.value <= one.high
    assert one.value < more.value
    assert one.low < more.low
    assert one.high < more.high


def test_a_probability_of_thousands_neither_overflows_nor_vanishes() -> None:
    assert at_most(5_000, 5_000.0) == pytest.approx(0.5038, abs=0.001)
    assert at_most(0, 0.0) == 1


COUNTS = st.lists(st.integers(1, 5_000), min_size=FEWEST, max_size=40)


@given(COUNTS)
def test_no_counterparty_has_more_than_a_fifth(counts: list[int]) -> None:
    parts = weights(counts)
    assert sum(parts) == pytest.approx(1)
    assert max(parts) <= MOST + 1e-9
    for count, part in zip(counts, parts, strict=True):
        assert part > 0
        assert part == pytest.approx(parts[counts.index(count)])


def test_a_thousand_ratings_of_one_friend_move_a_score_by_a_fifth_at_most() -> None:
    honest = [[2.0, 2.0], [2.0], [2.0], [2.0], [2.0]]
    washed = [*honest, [5.0] * 1_000]
    assert score(honest) == pytest.approx(2)
    assert score(washed) == pytest.approx(2 + 3 * MOST)


def test_too_few_counterparties_say_nothing() -> None:
    assert score([[5.0] * 100] * (FEWEST - 1)) is None
