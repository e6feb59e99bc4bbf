"""Instalments of every rhythm: the whole to the cent, in order, never more than can be borne."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.casework.refusals import BadAmount, BadShape, PlanTooLong
from qinghe.casework.schedules import Variation, affordable, schedule
from qinghe.casework.terms import LONGEST_PLAN_MONTHS, Rhythm

FIRST = date(2027, 1, 31)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
MONEY = st.integers(1, 10**9)
RISING = st.builds(
    Variation,
    rhythm=st.just(Rhythm.GRADUATED),
    step=st.integers(1, 10**6),
    step_months=st.integers(1, 24),
)
SEASONS = st.builds(
    Variation,
    rhythm=st.just(Rhythm.SEASONAL),
    months=st.sets(st.integers(1, 12), min_size=1, max_size=11).map(lambda m: tuple(sorted(m))),
    otherwise=st.integers(0, 10**6),
)
SHAPES = st.one_of(st.just(Variation()), RISING, SEASONS)


@given(MONEY, MONEY, DAYS, SHAPES)
def test_the_parts_are_the_whole_in_order(
    total: int, monthly: int, first: date, shape: Variation
) -> None:
    try:
        found = schedule(total, monthly, first, shape)
    except (PlanTooLong, BadAmount):
        return
    days = [day for day, _amount in found]
    assert sum(amount for _day, amount in found) == total
    assert days == sorted(set(days))
    assert all(amount > 0 for _day, amount in found)
    assert len(found) <= LONGEST_PLAN_MONTHS


@given(st.integers(10**6, 10**8), st.integers(10**5, 10**6), DAYS, RISING)
def test_a_rising_plan_never_falls_but_for_its_last_part(
    total: int, monthly: int, first: date, shape: Variation
) -> None:
    try:
        amounts = [amount for _day, amount in schedule(total, monthly, first, shape)]
    except PlanTooLong:
        return
    assert amounts[:-1] == sorted(amounts[:-1])


@given(st.integers(10**5, 10**7), st.integers(10**4, 10**5), DAYS, SEASONS)
def test_a_free_month_asks_nothing(total: int, monthly: int, first: date, shape: Variation) -> None:
    free = Variation(Rhythm.SEASONAL, months=shape.months)
    try:
        found = schedule(total, monthly, first, free)
    except PlanTooLong:
        return
    assert {day.month for day, _amount in found} <= set(shape.months)


def test_a_harvest_plan_by_hand() -> None:
    harvest = Variation(Rhythm.SEASONAL, months=(9, 10), otherwise=100)
    found = schedule(2_500, 1_000, date(2027, 7, 15), harvest)
    assert found == [
        (date(2027, 7, 15), 100),
        (date(2027, 8, 15), 100),
        (date(2027, 9, 15), 1_000),
        (date(2027, 10, 15), 1_000),
        (date(2027, 11, 15), 100),
        (date(2027, 12, 15), 100),
        (date(2028, 1, 15), 100),
    ]


def test_a_rising_plan_by_hand() -> None:
    rising = Variation(Rhythm.GRADUATED, step=50, step_months=2)
    amounts = [amount for _day, amount in schedule(700, 100, FIRST, rising)]
    assert amounts == [100, 100, 150, 150, 200]


@pytest.mark.parametrize(
    "shape",
    [
        Variation(Rhythm.EQUAL, step=1, step_months=1),
        Variation(Rhythm.GRADUATED),
        Variation(Rhythm.GRADUATED, step=1),
        Variation(Rhythm.GRADUATED, step=1, step_months=1, months=(1,)),
        Variation(Rhythm.SEASONAL),
        Variation(Rhythm.SEASONAL, months=tuple(range(1, 13))),
        Variation(Rhythm.SEASONAL, months=(13,)),
        Variation(Rhythm.SEASONAL, months=(1,), otherwise=-1),
        Variation("whenever"),
    ],
)
def test_what_a_rhythm_may_not_be(shape: Variation) -> None:
    with pytest.raises(BadShape):
        schedule(1_000, 100, FIRST, shape)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_is_needed_to_live_stays_whole(income: int, expenses: int) -> None:
    asked = affordable(income, expenses)
    assert asked >= 0
    assert 2 * asked <= max(income - expenses, 0)
