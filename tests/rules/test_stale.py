"""What has run out refuses: no answer rests on a rate or a holiday nobody has published."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from qinghe.rules.calendar import Calendar, StaleCalendar, built_in, calendar_for, known_until
from qinghe.rules.check import check_line
from qinghe.rules.dishonest_list import Entry, listing
from qinghe.rules.interest import AgreedRates, accrue, cap, intake, rollover, transition
from qinghe.rules.limitation import limitation
from qinghe.rules.lpr import StaleRate, lpr_on, series
from qinghe.rules.route import Service, payment_order

DAY = timedelta(days=1)
ENTRY = Entry(ground=2, decision_on=date(2026, 1, 5))


def a_limitation(as_of: date, calendar: Calendar | None = None) -> object:
    return limitation(basis="contract", starts_on=date(2024, 5, 1), as_of=as_of, calendar=calendar)


def a_listing(as_of: date, calendar: Calendar | None = None) -> object:
    return listing(entry=ENTRY, as_of=as_of, calendar=calendar)


def an_order(as_of: date, calendar: Calendar | None = None) -> object:
    served = Service(issued_on=date(2026, 9, 10), served_on=date(2026, 9, 20))
    return payment_order(available=True, as_of=as_of, service=served, calendar=calendar)


DATED = pytest.mark.parametrize("ask", [a_limitation, a_listing, an_order])


@DATED
def test_on_the_last_announced_day_there_is_an_answer(ask: Callable[..., object]) -> None:
    assert ask(known_until()) is not None


@DATED
def test_the_day_after_it_is_refused(ask: Callable[..., object]) -> None:
    with pytest.raises(StaleCalendar):
        ask(known_until() + DAY)


@DATED
def test_a_calendar_that_is_given_is_believed(ask: Callable[..., object]) -> None:
    assert ask(known_until() + DAY, Calendar()) is not None


def test_the_calendar_reaches_to_the_end_of_the_year_it_was_announced_for() -> None:
    last = known_until()
    assert (last.month, last.day) == (12, 31)
    assert max(built_in().rest_days | built_in().work_days).year == last.year
    assert calendar_for(last) is built_in()


def test_a_later_day_is_a_forecast_by_weekends() -> None:
    seen = limitation(basis="contract", starts_on=date(2025, 5, 1), as_of=known_until())
    # 1 May 2028 is a Monday; that it is a holiday is not announced.
    assert seen.last_day == seen.nominal_last_day == date(2028, 5, 1)
    following = limitation(basis="contract", starts_on=date(2026, 2, 3), as_of=known_until())
    assert (following.nominal_last_day, following.last_day) == (date(2029, 2, 3), date(2029, 2, 5))


def test_a_case_may_ask_about_any_day() -> None:
    line = {
        "id": "far",
        "kind": "limitation",
        "packs": ["CN"],
        "input": {"basis": "contract", "due_on": "2026-02-03", "as_of": "2031-01-01"},
    }
    output = json.loads(check_line(json.dumps(line).encode()))["output"]
    assert (output["last_day"], output["status"]) == ("2029-02-05", "expired")


FRESH = series().known_until
LATE = FRESH + DAY


@pytest.mark.parametrize(
    "ask",
    [
        lambda day: lpr_on(day),
        lambda day: cap(lender_kind="natural_person", signed=day),
        lambda day: intake(lender_kind="natural_person", contract_on=day, all_in_pct=Decimal(10)),
        lambda day: intake(
            lender_kind="small_loan_company", contract_on=day, all_in_pct=Decimal(20)
        ),
        lambda day: accrue(
            lender_kind="natural_person",
            contract_on=day,
            principal_minor=100,
            from_on=day,
            to_on=day,
            agreed=AgreedRates(Decimal(10)),
        ),
        lambda day: accrue(
            lender_kind="bank",
            contract_on=date(2024, 1, 1),
            principal_minor=100,
            from_on=day,
            to_on=day,
            agreed=AgreedRates(),
            phase="overdue",
        ),
        lambda day: transition(
            principal_minor=100,
            rate_pct=Decimal(30),
            from_on=date(2019, 1, 1),
            to_on=day,
            sued_on=day,
            old_rule_requested=True,
        ),
        lambda day: rollover(
            lender_kind="natural_person",
            principal_minor=100,
            rate_pct=Decimal(10),
            from_on=date(2024, 1, 1),
            rolled_on=day,
            second_principal_minor=100,
            second_rate_pct=Decimal(10),
            to_on=day,
        ),
    ],
    ids=["rate", "cap", "intake", "small loan", "term", "overdue", "transition", "rollover"],
)
def test_a_rate_nobody_published_is_refused(ask: Callable[[date], object]) -> None:
    assert ask(FRESH) is not None
    with pytest.raises(StaleRate):
        ask(LATE)


def test_where_the_rate_is_not_needed_nothing_is_refused() -> None:
    assert cap(lender_kind="bank", signed=LATE).regime == "regulator"
    assert intake(lender_kind="bank", contract_on=LATE, all_in_pct=Decimal(90)).decision == "allow"
    heavy = intake(lender_kind="small_loan_company", contract_on=LATE, all_in_pct=Decimal(25))
    assert heavy.decision == "deny"
