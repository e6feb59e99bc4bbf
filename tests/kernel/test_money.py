"""The laws of money: nothing is lost, nothing is made, nothing floats."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.kernel import money

amounts = st.integers(0, 10**15)
rates = st.fractions(0, 1, max_denominator=10_000)


@given(amounts, rates)
def test_a_split_neither_makes_nor_loses_money(amount: int, rate: Fraction) -> None:
    share, remainder = money.split(amount, rate)
    assert share + remainder == amount
    assert 0 <= amount * rate - share < 1


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(sum))
def test_an_apportionment_sums_and_stays_within_one_unit(amount: int, weights: list[int]) -> None:
    shares = money.apportion(amount, weights)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(amount * weight, sum(weights))) < 1


@given(st.integers(-(10**12), 10**12), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_minor_units_survive_the_way_to_major_and_back(minor: int, currency: str) -> None:
    assert money.to_minor(money.to_major(minor, currency), currency) == minor


def test_an_amount_finer_than_the_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="decimals"):
        money.to_minor(Decimal("1.005"), "CNY")


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(Fraction(1, 2), 1), (Fraction(-1, 2), -1), (Fraction(49, 100), 0), (Fraction(3, 2), 2)],
)
def test_halves_go_away_from_zero(value: Fraction, rounded: int) -> None:
    assert money.half_up(value) == rounded


def test_weights_without_a_positive_sum_are_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        money.apportion(1, [0, 0])


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("1,260.50", "1260.50"), ("12，345，678", "12345678"), ("-1,000", "-1000"),
        ("¥1,000.00", "¥1000.00"), ("1000.5", "1000.5"), ("1,000元", "1000元"),
    ],
)  # fmt: skip
def test_commas_between_thousands_are_left_out(written: str, plain: str) -> None:
    assert money.ungrouped(written) == plain


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("1 000", "1000"), ("1\u202f234\u00a0567.50", "1234567.50"), ("１０００．５", "1000.5"),
        (" 20 ", "20"), ("1 000 元", "1000 元"), ("10 00", "10 00"), ("1 0000", "1 0000"),
        ("5 000 00", "5 000 00"),
    ],
)  # fmt: skip
def test_blanks_between_thousands_are_left_out_and_no_others(written: str, plain: str) -> None:
    assert money.typed(written) == plain


@pytest.mark.parametrize(
    "written",
    [
        "5,0",
        "100,50",
        "5，0",
        "1,2345",
        "1234,567",
        ",500",
        "1,000,",
        "1.000,50",
        "1,00,000",
        "1,,000",
    ],
)
def test_a_comma_anywhere_else_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="thousands"):
        money.ungrouped(written)
