"""A contract played again: golden contracts worked out by hand, and the laws of money."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.kernel.money import half_up
from qinghe.rules.lpr import StaleRate
from qinghe.rules.recompute import (
    DAY_COUNTS,
    SCHEDULES,
    Claimed,
    Compared,
    Contract,
    ContractError,
    Fee,
    Paid,
    compare,
)
from qinghe.rules.recompute.caps import agreed_rates, lawful_rates
from qinghe.rules.recompute.replay import PARTS, replay
from qinghe.rules.recompute.schedule import due_days

GOLDEN = [
    json.loads(line)
    for line in Path(__file__).with_name("contracts.jsonl").read_text().splitlines()
]
NOTHING = Claimed(0, 0, 0)
START = date(2021, 3, 15)
BULLET = Contract(
    "natural_person", "CNY", START, 1_000_000, START, date(2022, 3, 15), rate_pct=Decimal(12)
)


def read(row: dict[str, Any]) -> tuple[Contract, tuple[Paid, ...]]:
    fields = dict(row["contract"])
    for name, value in fields.items():
        if name.endswith("_on"):
            fields[name] = date.fromisoformat(value)
        elif name.endswith("_pct"):
            fields[name] = Decimal(value)
    fees = fields.pop("fees", [])
    fields["fees"] = tuple(
        Fee(fee["kind"], fee["amount"], date.fromisoformat(fee["on"])) for fee in fees
    )
    fields["order"] = tuple(fields.get("order", ()))
    paid = (Paid(date.fromisoformat(each["on"]), each["amount"]) for each in row["payments"])
    return Contract(**fields), tuple(paid)


@pytest.mark.parametrize("row", GOLDEN, ids=[row["id"] for row in GOLDEN])
def test_contracts_worked_out_by_hand(row: dict[str, Any]) -> None:
    contract, payments = read(row)
    law = row["law_permits"]
    found = compare(contract, payments, Claimed(**law), date.fromisoformat(row["as_of"]))
    assert {line.component: line.contract for line in found.lines} == row["contract_says"]
    assert {line.component: line.lawful for line in found.lines} == law
    assert (found.not_due, found.credit) == (row["not_due"], row["credit"])
    assert found.outcome == "equal"


def test_more_than_lawful_is_told_line_by_line_with_its_rule() -> None:
    claimed = Claimed(1_000_000, 480_000, 0)
    found = compare(
        replace(BULLET, rate_pct=Decimal(24)), (), claimed, BULLET.matures_on + timedelta(365)
    )
    interest = found.lines[1]
    assert found.outcome == "more"
    assert (interest.claimed, interest.contract, interest.lawful) == (480_000, 480_000, 308_000)
    assert interest.difference == 172_000
    assert "CN-INT-01" in {step.rule_id for step in interest.steps}
    assert all(step.text("zh") and step.text("en") for step in interest.steps)


def test_a_line_too_low_does_not_excuse_one_too_high() -> None:
    found = compare(BULLET, (), Claimed(900_000, 150_000, 0), BULLET.matures_on)
    assert found.claimed < found.lawful
    assert found.outcome == "more"


def test_less_is_told_too() -> None:
    assert compare(BULLET, (), Claimed(1_000_000, 0, 0), BULLET.matures_on).outcome == "less"


def test_a_cent_per_rounding_is_no_difference() -> None:
    exact = compare(BULLET, (), Claimed(1_000_000, 120_000, 0), BULLET.matures_on)
    assert exact.slack == 2
    for claimed, outcome in ((120_002, "equal"), (120_003, "more"), (119_997, "less")):
        found = compare(BULLET, (), Claimed(1_000_000, claimed, 0), BULLET.matures_on)
        assert found.outcome == outcome


def test_a_bank_above_what_courts_grant_is_for_a_person_to_judge() -> None:
    bank = replace(BULLET, lender_kind="bank", rate_pct=Decimal(30))
    found = compare(bank, (), Claimed(1_000_000, 300_000, 0), BULLET.matures_on)
    assert found.outcome == "equal"
    assert [step.key for step in found.cautions] == ["recompute.practice"]
    assert not compare(BULLET, (), NOTHING, BULLET.matures_on).cautions


def test_a_rate_nobody_published_refuses() -> None:
    old = replace(BULLET, signed_on=date(2019, 1, 2))
    with pytest.raises(StaleRate):
        compare(old, (), NOTHING, date(2026, 11, 28))
    assert compare(replace(old, sued_on=date(2022, 5, 1)), (), NOTHING, date(2026, 11, 28))


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("principal", 0),
        ("matures_on", START),
        ("schedule", "whenever"),
        ("day_count", "30/365"),
        ("lender_kind", "uncle"),
        ("rate_pct", Decimal(-1)),
        ("handed_over", 0),
        ("grace_days", -1),
    ],
)
def test_terms_that_cannot_be_name_their_fact(fact: str, value: Any) -> None:
    with pytest.raises(ContractError) as refused:
        compare(replace(BULLET, **{fact: value}), (), NOTHING, BULLET.matures_on)
    assert refused.value.fact == fact


def test_periods_must_fit_between_payment_and_maturity() -> None:
    with pytest.raises(ContractError, match="periods"):
        due_days(replace(BULLET, schedule="equal_principal", periods=13))


# --- laws of money, on contracts nobody thought of -----------------------------------------------

days = st.integers(0, 900).map(lambda n: START + timedelta(n))
rates = st.none() | st.decimals(0, 60, places=2)
fees = st.lists(
    st.builds(Fee, st.sampled_from(("charge", "enforcement")), st.integers(0, 90_000), days),
    max_size=3,
).map(tuple)


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    periods = draw(st.integers(1, 8))
    months = draw(st.sampled_from((1, 2)))
    principal = draw(st.integers(1, 5_000_000))
    return Contract(
        lender_kind=draw(st.sampled_from(("natural_person", "bank", "private_company"))),
        currency="CNY",
        signed_on=START,
        principal=principal,
        disbursed_on=START,
        matures_on=START + timedelta(draw(st.integers(periods * months * 31, 600))),
        schedule=draw(st.sampled_from(SCHEDULES)),
        periods=periods,
        period_months=months,
        rate_pct=draw(rates),
        day_count=draw(st.sampled_from(DAY_COUNTS)),
        overdue_rate_pct=draw(rates),
        penalty_daily_pct=draw(st.none() | st.decimals(0, 1, places=3)),
        grace_days=draw(st.integers(0, 9)),
        handed_over=draw(st.none() | st.integers(1, principal)),
        accelerated_on=draw(st.none() | days),
        fees=draw(fees),
    )


payments = st.lists(st.builds(Paid, days, st.integers(1, 900_000)), max_size=6).map(tuple)


@given(contracts(), payments, days)
def test_money_is_neither_lost_nor_invented(
    contract: Contract, paid: tuple[Paid, ...], as_of: date
) -> None:
    found = replay(contract, contract.lent, lawful_rates(contract, START, as_of), paid, as_of)
    came = sum(each.amount for each in paid if each.on <= as_of)
    if as_of >= contract.disbursed_on:
        assert sum(found.paid.values()) + found.credit == came
    assert all(found.owed[part] >= 0 for part in PARTS)
    assert found.charged["principal"] + found.not_due == contract.lent


@given(contracts(), payments, days, st.integers(0, 1_000_000))
def test_lines_are_their_parts_and_the_total_its_lines(
    contract: Contract, paid: tuple[Paid, ...], as_of: date, claimed: int
) -> None:
    found = compare(contract, paid, Claimed(claimed, claimed // 3, 7), as_of)
    for line in found.lines:
        assert line.lawful == sum(part.lawful for part in line.parts)
        assert line.contract == sum(part.contract for part in line.parts)
        assert line.difference == line.claimed - line.lawful
        assert line.lawful == sum(part.charged - part.paid for part in line.parts)
    assert found.lawful == sum(line.lawful for line in found.lines)
    assert found.claimed == sum(line.claimed for line in found.lines)


def everything(found: Compared) -> int:
    """Return what the debtor still owes now and later, less what is theirs."""
    return found.lawful + found.not_due - found.credit


@given(contracts(), payments, days, days, st.integers(1, 500_000))
def test_paying_more_never_makes_one_owe_more(
    contract: Contract, paid: tuple[Paid, ...], as_of: date, on: date, amount: int
) -> None:
    before = compare(contract, paid, NOTHING, as_of)
    after = compare(contract, (*paid, Paid(on, amount)), NOTHING, as_of)
    came = amount if on <= as_of else 0
    assert everything(after) <= everything(before) - came + _interest_taken_early(before, after)


def _interest_taken_early(before: Compared, after: Compared) -> int:
    """
    Return interest of the running period that early money has paid and nobody demanded before.

    It is owed anyway by the next due day; only the day on which it shows differs.
    """
    charged = (sum(line.parts[0].charged for line in each.lines[1:2]) for each in (before, after))
    first, second = charged
    return max(second - first, 0)


@given(contracts(), payments, days, st.randoms())
def test_the_order_of_payments_of_one_day_changes_nothing(
    contract: Contract, paid: tuple[Paid, ...], as_of: date, random: Any
) -> None:
    shuffled = list(paid)
    random.shuffle(shuffled)
    halves = [Paid(each.on, part) for each in shuffled for part in _halves(each.amount)]
    first = compare(contract, paid, NOTHING, as_of)
    second = compare(contract, halves, NOTHING, as_of)
    assert first.lines == second.lines
    assert (first.not_due, first.credit) == (second.not_due, second.credit)


def _halves(amount: int) -> list[int]:
    return [part for part in (amount // 2, amount - amount // 2) if part]


@given(contracts(), days)
def test_the_law_never_permits_more_than_was_agreed(contract: Contract, as_of: date) -> None:
    as_of = max(as_of, START)
    late_from = min(*due_days(contract), contract.accelerated_on or date.max)
    agreed = replay(contract, contract.principal, agreed_rates(contract, late_from), (), as_of)
    lawful = replay(contract, contract.lent, lawful_rates(contract, late_from, as_of), (), as_of)
    assert sum(lawful.owed.values()) + lawful.not_due <= sum(agreed.owed.values()) + agreed.not_due


@given(st.integers(1, 5_000_000), st.decimals(0, 60, places=2), st.integers(1, 800), payments)
def test_a_bullet_loan_agrees_with_a_count_of_single_days(
    principal: int, rate: Decimal, length: int, paid: tuple[Paid, ...]
) -> None:
    """Another way to the same figure: one day after the other, with no schedule and no stops."""
    contract = replace(
        BULLET,
        lender_kind="bank",
        principal=principal,
        rate_pct=rate,
        matures_on=START + timedelta(length),
    )
    paid = tuple(each for each in paid if each.on >= contract.matures_on)
    as_of = START + timedelta(900)
    late_from = contract.matures_on
    found = replay(contract, principal, agreed_rates(contract, late_from), paid, as_of)
    assert sum(found.owed.values()) - found.credit == _day_by_day(contract, rate, paid, as_of)


def _day_by_day(contract: Contract, rate: Decimal, paid: tuple[Paid, ...], as_of: date) -> int:
    open_principal, late, taken, rest = contract.principal, Fraction(0), 0, 0
    term = half_up(
        Fraction(contract.principal)
        * Fraction(rate)
        * (contract.matures_on - contract.disbursed_on).days
        / 36_500
    )
    day = contract.matures_on
    while day <= as_of:
        money = sum(each.amount for each in paid if each.on == day)
        interest = min(money, term + half_up(late) - taken)
        taken += interest
        principal = min(money - interest, open_principal)
        open_principal -= principal
        rest += money - interest - principal
        if day < as_of:
            late += Fraction(open_principal) * Fraction(rate) / 36_500
        day += timedelta(1)
    return open_principal + term + half_up(late) - taken - rest
