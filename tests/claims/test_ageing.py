"""Ageing and interest are pure: properties for every day and amount."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.ageing import next_change, stage
from qinghe.claims.interest import accrue
from qinghe.claims.terms import Stage

DUE = date(2026, 1, 1)
days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
rates = st.decimals(0, 100, places=4)
amounts = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("past_due", "expected"),
    [
        (-1, "M0"), (0, "M0"), (1, "M1"), (30, "M1"), (31, "M2"), (60, "M2"), (61, "M3"),
        (90, "M3"), (91, "M4"), (120, "M4"), (121, "M5"), (150, "M5"), (151, "M6"), (180, "M6"),
        (181, "M7"), (10_000, "M7"),
    ],
)  # fmt: skip
def test_stages_change_on_their_days(past_due: int, expected: str) -> None:
    assert stage(DUE, DUE + timedelta(days=past_due)) == expected


@given(days, days)
def test_the_next_change_is_the_first_day_of_another_stage(due: date, as_of: date) -> None:
    changes_on = next_change(due, as_of)
    if changes_on is None:
        assert stage(due, as_of) == Stage.M7
        return
    assert changes_on > as_of
    assert stage(due, changes_on) != stage(due, as_of)
    assert stage(due, changes_on - timedelta(days=1)) == stage(due, as_of)


@given(days, days, st.integers(0, 400))
def test_a_claim_never_grows_younger(due: date, as_of: date, later: int) -> None:
    assert stage(due, as_of) <= stage(due, as_of + timedelta(days=later))


@given(amounts, rates, days, st.integers(0, 3000), st.integers(0, 3000))
def test_interest_in_two_parts_differs_from_one_by_rounding_only(
    principal: int, rate: Decimal, since: date, first: int, second: int
) -> None:
    middle = since + timedelta(days=first)
    end = middle + timedelta(days=second)
    whole, _facts = accrue(principal, rate, since, end)
    parts = accrue(principal, rate, since, middle)[0] + accrue(principal, rate, middle, end)[0]
    assert abs(whole - parts) <= 1


@given(amounts, rates, days, st.integers(-30, 0))
def test_no_days_bear_no_interest(principal: int, rate: Decimal, since: date, back: int) -> None:
    assert accrue(principal, rate, since, since + timedelta(days=back))[0] == 0
    assert accrue(principal, None, since, since + timedelta(days=365))[0] == 0


def test_interest_explains_itself() -> None:
    amount, facts = accrue(1_000_000, Decimal("10"), DUE, DUE + timedelta(days=73))
    assert amount == 20_000
    assert facts == {
        "principal": 1_000_000,
        "rate_pct": "10",
        "from": "2026-01-01",
        "to": "2026-03-15",
        "days": 73,
        "year": 365,
    }
