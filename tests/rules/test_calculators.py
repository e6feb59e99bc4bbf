"""Laws of the calculators: money is neither made nor lost, and periods only move as told."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from qinghe.rules.allocation import Agreement, OwedDebt, Payment, allocate, components
from qinghe.rules.calendar import Calendar, add_months, add_years, built_in
from qinghe.rules.delayed_interest import Payment as Paid
from qinghe.rules.delayed_interest import Stay, delayed_interest, late_days
from qinghe.rules.interest import AgreedRates, accrue, cap, rollover
from qinghe.rules.limitation import LimitationEvent, limitation
from qinghe.rules.lpr import StaleRate, lpr_on, series

NO_HOLIDAYS = Calendar()
days = st.dates(date(2020, 9, 1), date(2026, 5, 1))
amounts = st.integers(0, 10**9)
rates = st.decimals(0, 60, places=2)


@st.composite
def debts(draw: st.DrawFn) -> tuple[OwedDebt, ...]:
    return tuple(
        OwedDebt(
            id=name,
            currency="CNY",
            due_on=draw(st.sampled_from((date(2025, 1, 1), date(2027, 1, 1)))),
            owed={part: draw(st.integers(0, 50)) for part in components()},
            security=draw(st.sampled_from(("none", "partial", "full"))),
            rate_pct=Decimal(draw(st.integers(0, 2))),
        )
        for name in "ABCD"[: draw(st.integers(1, 4))]
    )


@effort(deadline=None)
@given(debts(), st.integers(0, 600), st.booleans())
def test_an_allocation_neither_makes_nor_loses_money(
    owed: tuple[OwedDebt, ...], amount: int, named: bool
) -> None:
    paid = Payment(amount, "CNY", date(2026, 1, 1), "A" if named else None)
    result = allocate(payment=paid, debts=owed)

    given_out = sum(sum(parts.values()) for parts in result.allocations.values())
    assert given_out + result.unapplied_minor == amount
    assert given_out == min(amount, sum(debt.total for debt in owed))
    for debt in owed:
        for part in components():
            got, left = result.allocations[debt.id][part], result.remaining[debt.id][part]
            assert got >= 0
            assert left >= 0
            assert got + left == debt.owed[part]


@effort(deadline=None)
@given(debts(), st.integers(0, 600), st.permutations(components()))
def test_an_agreed_order_of_parts_is_followed(
    owed: tuple[OwedDebt, ...], amount: int, order: list[str]
) -> None:
    paid = Payment(amount, "CNY", date(2026, 1, 1))
    result = allocate(payment=paid, debts=owed, agreement=Agreement(tuple(order)))

    for parts, rest in zip(result.allocations.values(), result.remaining.values(), strict=True):
        open_seen = False
        for part in order:
            assert not (open_seen and parts[part])
            open_seen = open_seen or rest[part] > 0


@effort(deadline=None)
@given(days, amounts, rates, st.integers(0, 900), days)
def test_what_may_be_collected_is_never_above_the_cap(
    signed: date, principal: int, rate: Decimal, length: int, begins: date
) -> None:
    result = accrue(
        lender_kind="natural_person",
        contract_on=signed,
        principal_minor=principal,
        from_on=begins,
        to_on=begins + timedelta(days=length),
        agreed=AgreedRates(rate),
    )
    limit = cap(lender_kind="natural_person", signed=signed).cap_pct

    assert limit is not None
    assert result.collectible_minor + result.blocked_minor == result.contract_minor
    assert 0 <= result.collectible_minor <= result.contract_minor
    assert result.applied_pct <= limit


@effort(deadline=None)
@given(amounts, rates, rates, st.integers(0, 700), st.integers(0, 700))
def test_a_rollover_never_passes_its_ceiling(
    principal: int, rate: Decimal, second: Decimal, first_days: int, more_days: int
) -> None:
    begins = date(2022, 3, 1)
    rolled = begins + timedelta(days=first_days)
    result = rollover(
        lender_kind="natural_person",
        principal_minor=principal,
        rate_pct=rate,
        from_on=begins,
        rolled_on=rolled,
        second_principal_minor=principal * 2,
        second_rate_pct=second,
        to_on=rolled + timedelta(days=more_days),
    )
    assert result.ceiling_minor is not None
    assert result.total_minor <= result.ceiling_minor
    assert result.total_minor <= result.uncapped_total_minor


def test_a_rate_beyond_the_publications_is_refused_not_guessed() -> None:
    known = series().known_until
    assert lpr_on(known) is not None
    with pytest.raises(StaleRate):
        lpr_on(known + timedelta(days=1))


@effort(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 400)), max_size=4), st.integers(0, 90))
def test_delayed_interest_pays_every_part_once(paid: list[tuple[int, int]], until: int) -> None:
    ended = date(2026, 1, 10)
    result = delayed_interest(
        judgment_money_minor=1000,
        term_ended_on=ended,
        as_of=ended + timedelta(days=until),
        payments=tuple(Paid(ended + timedelta(days=day), amount) for day, amount in paid),
    )
    assert sum(part.amount_minor for part in result.segments) == 1000
    assert result.total_minor == sum(part.interest_minor for part in result.segments)


@given(st.lists(st.tuples(st.integers(-5, 40), st.integers(0, 20), st.booleans()), max_size=4))
def test_overlapping_stays_take_a_day_away_once(spans: list[tuple[int, int, bool]]) -> None:
    ended, until = date(2026, 1, 10), date(2026, 2, 9)
    stays = tuple(
        Stay(ended + timedelta(days=a), ended + timedelta(days=a + n), asked)
        for a, n, asked in spans
    )
    free = {
        stay.from_on + timedelta(days=step)
        for stay in stays
        if not stay.at_debtor_request
        for step in range((stay.to_on - stay.from_on).days + 1)
    }
    late = [ended + timedelta(days=step) for step in range(1, 31)]
    assert late_days(ended, until, stays) == sum(day not in free for day in late)


@effort(deadline=None)
@given(
    st.dates(date(2017, 10, 1), date(2024, 1, 1)),
    st.lists(st.integers(0, 2500), max_size=4),
    st.integers(0, 3000),
)
def test_an_acknowledgement_moves_the_period_only_while_it_runs(
    due: date, acknowledged: list[int], seen: int
) -> None:
    as_of = due + timedelta(days=seen)
    events = tuple(
        LimitationEvent("request_for_delay", due + timedelta(days=day)) for day in acknowledged
    )
    result = limitation(
        basis="contract", starts_on=due, as_of=as_of, events=events, calendar=NO_HOLIDAYS
    )
    last = NO_HOLIDAYS.roll(add_years(due, 3))
    for event in sorted(events, key=lambda event: event.on):
        if event.on <= min(last, as_of):
            last = NO_HOLIDAYS.roll(add_years(event.on, 3))

    assert result.last_day == last
    assert result.expired == (as_of > last)
    assert result.defence_available == result.expired
    assert len(result.interruptions) == sum(event.on <= as_of for event in events)


def test_a_demand_within_a_suit_does_not_shorten_what_its_end_grants() -> None:
    result = limitation(
        basis="contract",
        starts_on=date(2022, 6, 30),
        as_of=date(2026, 1, 1),
        events=(
            LimitationEvent("suit", date(2024, 1, 10), ended_on=date(2024, 12, 2)),
            LimitationEvent("demand_letter", date(2024, 6, 3), proofs=frozenset({"arrived"})),
        ),
        calendar=NO_HOLIDAYS,
    )
    assert result.last_day == date(2027, 12, 2)
    assert result.interruptions == (True, True)


def test_law_older_than_the_pack_is_refused_not_guessed() -> None:
    with pytest.raises(ValueError, match="before the law"):
        limitation(basis="contract", starts_on=date(2017, 9, 30), as_of=date(2026, 1, 1))


def test_a_step_says_what_was_done() -> None:
    result = limitation(basis="contract", starts_on=date(2022, 6, 30), as_of=date(2025, 7, 1))
    assert result.steps[0].text("en") == "The period of 3 years runs from 2022-06-30."
    assert "2022-06-30" in result.steps[0].text("zh-hans")


def test_the_last_day_of_february_is_found() -> None:
    assert add_years(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert add_months(date(2025, 8, 31), -6) == date(2025, 2, 28)
    assert add_months(date(2025, 12, 31), 2) == date(2026, 2, 28)


def test_a_shifted_saturday_is_worked_and_a_holiday_is_not() -> None:
    china = built_in()
    assert not china.rests(date(2026, 10, 10))
    assert china.rests(date(2026, 10, 1))
    assert china.roll(date(2026, 10, 1)) == date(2026, 10, 8)
    assert china.working_days_after(date(2026, 9, 30), 3) == date(2026, 10, 10)
