"""Money and time read as the design says, in both rooms and both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from qinghe.web import formats

EVENING = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (1_506_424, "CNY", "¥15,064.24"),
        (-120_000, "CNY", "−¥1,200.00"),
        (0, "CNY", "¥0.00"),
        (99_999, "USD", "$999.99"),
        (1_200, "JPY", "JP¥1,200"),
        (1_234, "KWD", "KWD\u00a01.234"),
    ],
)
def test_staff_money_has_symbol_separators_and_true_minus(
    minor: int, currency: str, written: str
) -> None:
    assert formats.money(minor, currency) == written


@given(st.integers(-(10**15), 10**15))
def test_written_money_reads_back_to_the_same_cents(minor: int) -> None:
    digits = formats.bare_money(minor, "CNY").replace(",", "").replace("−", "-").replace(".", "")
    assert int(digits) == minor


@pytest.mark.parametrize(
    ("language", "whole", "written"),
    [
        ("zh-hans", False, "800.00\u00a0元"),
        ("zh-hans", True, "800\u00a0元"),
        ("en", False, "800.00\u00a0yuan"),
        ("en", True, "800\u00a0yuan"),
    ],
)
def test_debtor_money_names_its_unit(language: str, whole: bool, written: str) -> None:
    with override(language):
        assert formats.warm_money(80_000, "CNY", whole=whole) == written


def test_whole_never_hides_cents_that_are_there() -> None:
    with override("en"):
        assert formats.warm_money(80_050, "CNY", whole=True) == "800.50\u00a0yuan"


@pytest.mark.parametrize(
    ("minor", "chinese", "english"),
    [
        (16_100_000_000, "¥1.61\u00a0亿", "¥161M"),
        (2_567_800_000, "¥2,567.8\u00a0万", "¥25.7M"),
        (999_900, "¥9,999", "¥10.0K"),
        (-2_567_800_000, "−¥2,567.8\u00a0万", "−¥25.7M"),
    ],
)
def test_totals_use_the_steps_of_their_language(minor: int, chinese: str, english: str) -> None:
    with override("zh-hans"):
        assert formats.money_short(minor, "CNY") == chinese
    with override("en"):
        assert formats.money_short(minor, "CNY") == english


@pytest.mark.parametrize("ratio", [Fraction(63, 500), Decimal("0.126"), 0.126])
def test_rates_have_one_decimal(ratio: Fraction | Decimal | float) -> None:
    assert formats.percent(ratio) == "12.6%"


def test_a_half_rounds_away_from_zero() -> None:
    assert formats.number(Decimal("-2.5")) == "−3"


def test_moments_are_read_in_the_display_zone_not_in_utc() -> None:
    assert formats.moment(EVENING, this_year=2026) == "11-24 00:30"


def test_a_person_s_own_zone_wins() -> None:
    assert formats.moment(EVENING, this_year=2026, zone="Asia/Urumqi") == "11-23 22:30"


def test_days_outside_this_year_carry_their_year() -> None:
    assert formats.day(date(2025, 3, 18), this_year=2026) == "2025-03-18"
    with override("zh-hans"):
        written = formats.warm_day(date(2025, 3, 18), this_year=2026)
    assert written.replace("\u00a0", " ") == "2025 年 3 月 18 日"


def test_headings_name_the_weekday() -> None:
    with override("zh-hans"):
        written = formats.day_heading(date(2026, 11, 23), this_year=2026)
    assert written.replace("\u00a0", " ") == "11 月 23 日 星期一"
    with override("en"):
        written = formats.day_heading(date(2026, 11, 23), this_year=2026)
    assert written.replace("\u00a0", " ") == "Monday, 23 November"


@given(st.text(min_size=1, alphabet=st.characters(categories=["L"])))
def test_a_masked_name_shows_one_character_and_not_its_length(name: str) -> None:
    assert formats.masked(name) == name[0] + "＊＊"


def test_a_name_already_masked_stays_as_it_is() -> None:
    assert formats.masked("陈＊") == "陈＊"
