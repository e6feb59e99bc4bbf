"""What a plan may look like in every rhythm: nothing tiny but its last part, nothing put off."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qinghe.casework.fairness import check_fits, fits, least_monthly, smallest
from qinghe.casework.refusals import BadAmount, InstalmentTooSmall, PlanTooLong, PlanTooSteep
from qinghe.casework.schedules import Part, Variation, schedule
from qinghe.casework.terms import LONGEST_PLAN_MONTHS, STEEPEST, Rhythm
from tests.casework.test_schedules import DAYS, MONEY, RISING, SEASONS, SHAPES

FIRST = date(2027, 1, 10)
OWED = 1_298_617


# In how many parts the first instalment would pay all; more of them than may be, and few.
PARTS = st.integers(1, LONGEST_PLAN_MONTHS + 6)


def made(total: int, parts: int, first: date, shape: Variation) -> list[Part]:
    try:
        return check_fits(total, -(-total // parts), first, shape, "CNY")
    except (PlanTooLong, BadAmount, InstalmentTooSmall, PlanTooSteep):
        assume(False)
    raise AssertionError


@given(MONEY, PARTS, DAYS, SHAPES)
def test_no_instalment_but_the_last_is_tiny(
    total: int, parts: int, first: date, shape: Variation
) -> None:
    amounts = [amount for _day, amount in made(total, parts, first, shape)]
    assert sum(amounts) == total
    assert all(amount * 2 * LONGEST_PLAN_MONTHS >= total for amount in amounts[:-1])


@given(MONEY, PARTS, DAYS, st.one_of(st.just(Variation()), RISING))
def test_a_fifth_is_paid_when_half_of_the_months_are_over(
    total: int, parts: int, first: date, shape: Variation
) -> None:
    amounts = [amount for _day, amount in made(total, parts, first, shape)]
    assert max(amounts) <= STEEPEST * amounts[0]
    assert 5 * sum(amounts[: -(-len(amounts) // 2)]) >= total


@given(MONEY, DAYS, st.one_of(RISING, SEASONS))
def test_the_amount_that_would_do_does_and_nothing_less(
    total: int, first: date, shape: Variation
) -> None:
    enough = least_monthly(total, first, shape)
    if enough is None:
        assert shape.otherwise < smallest(total)
        return
    assert fits(schedule(total, enough, first, shape), shape.rhythm)
    if enough > 1:
        try:
            less = schedule(total, enough - 1, first, shape)
        except PlanTooLong:
            return
        assert not fits(less, shape.rhythm)


def test_a_cent_for_years_and_the_rest_at_the_end_is_no_plan() -> None:
    shape = Variation(Rhythm.GRADUATED, step=2_000_000, step_months=59)
    with pytest.raises(PlanTooSteep) as refused:
        check_fits(OWED, 1, FIRST, shape, "CNY")
    enough = least_monthly(OWED, FIRST, shape)
    assert enough is not None
    assert refused.value.facts["first"] == f"{enough / 100:,.2f} CNY"
    assert check_fits(OWED, enough, FIRST, shape, "CNY")


def test_steps_of_six_hundred_from_one_are_no_plan() -> None:
    with pytest.raises(PlanTooSteep):
        check_fits(OWED, 100, FIRST, Variation(Rhythm.GRADUATED, 60_000, 1), "CNY")


def test_half_of_the_equal_amount_may_rise_to_four_times_of_it() -> None:
    half = smallest(OWED)
    found = check_fits(OWED, half, FIRST, Variation(Rhythm.GRADUATED, half, 12), "CNY")
    assert found[0][1] == half
    assert max(amount for _day, amount in found) == 4 * half


def test_by_the_seasons_the_other_months_are_free_or_worth_it() -> None:
    winter = Variation(Rhythm.SEASONAL, months=(1, 2), otherwise=1)
    with pytest.raises(InstalmentTooSmall) as refused:
        check_fits(OWED, 150_000, FIRST, winter, "CNY")
    assert refused.value.facts["least"] == "108.22 CNY"
    assert check_fits(OWED, 150_000, FIRST, Variation(Rhythm.SEASONAL, months=(1, 2)), "CNY")
