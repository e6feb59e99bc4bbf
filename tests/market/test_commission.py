"""Laws of the arithmetic of commissions: conserve, rise, and do not mind the order."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.market.commission import as_json, earned, ladder_part, one_row, parse, reviewed
from qinghe.market.commission.plan import STAGES, BadPlan, Plan
from qinghe.market.commission.simulation import Case, simulate, table
from qinghe.market.terms import Measure
from qinghe.settlement.comparing import Came, compare
from qinghe.settlement.splitting import divide

FEE = Fraction(5, 100)
GOOD: dict[str, Any] = {
    "rows": [
        {"stages": ["M1"], "hands": [1], "rate": "0.08"},
        {"stages": ["M1", "M2"], "bands": [5, 6, 7], "rate": "0.1"},
        {"rate": "0.2"},
    ],
    "ladder": {
        "by": "share",
        "steps": [{"from": "0.3", "add": "0.02"}, {"from": "0.6", "add": "0.05"}],
    },
    "quality": {
        "share": "0.25",
        "review_days": 45,
        "weights": {
            "complaints": "0.4",
            "promises": "0.2",
            "refusals": "0.2",
            "documentation": "0.2",
        },
    },
}
amounts = st.integers(0, 10**11)
rates = st.decimals(0, "0.3", places=4)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw a plan that stands, with any ladder."""
    starts = sorted(draw(st.sets(st.decimals("0.01", "0.99", places=2), max_size=4)))
    steps = [{"from": str(at), "add": str(draw(st.decimals(0, "0.2", places=3)))} for at in starts]
    return parse(
        {
            "rows": [{"stages": [s], "rate": str(draw(rates))} for s in STAGES] + [{"rate": "0.3"}],
            "ladder": {"by": draw(st.sampled_from(["share", "amount"])), "steps": steps},
            "quality": {"share": "0.25", "weights": {"complaints": "0.6", "refusals": "0.4"}},
        }
    )


def paid(plan: Plan, parts: list[tuple[int, str]], owed: int) -> list[int]:
    """Return what each payment earns, in its turn."""
    before, earnings = 0, []
    for amount, stage in parts:
        rate = plan.base(stage, 0, 1)
        given_ = {"owed": owed, "rate": rate, "currency": "CNY"}
        earnings.append(earned(plan, amount=amount, before=before, **given_))
        before += amount
    return earnings


parts = st.lists(st.tuples(st.integers(1, 10**9), st.sampled_from(STAGES)), max_size=8)


@given(plans(), parts, amounts, st.randoms())
def test_the_order_of_payments_changes_nothing(
    plan: Plan, parts: list[tuple[int, str]], owed: int, random: Any
) -> None:
    other = list(parts)
    random.shuffle(other)
    assert sum(paid(plan, parts, owed)) == sum(paid(plan, other, owed))


@given(plans(), parts, amounts)
def test_each_payment_earns_something_between_nothing_and_half(
    plan: Plan, parts: list[tuple[int, str]], owed: int
) -> None:
    for (amount, _stage), gross in zip(parts, paid(plan, parts, owed), strict=True):
        # The ladder rounds its sum, so one payment may get the cent of the one before.
        assert 0 <= gross <= amount * Fraction(1, 2) + 1


@given(plans(), amounts, amounts, amounts)
def test_more_recovered_never_earns_less(plan: Plan, owed: int, low: int, more: int) -> None:
    one = paid(plan, [(low, "M2")], owed)[0]
    assert paid(plan, [(low + more, "M2")], owed)[0] >= one


@given(plans(), parts, amounts, st.data())
def test_what_a_reversal_takes_back_is_at_most_what_was_paid(
    plan: Plan, parts: list[tuple[int, str]], owed: int, data: st.DataObject
) -> None:
    if not parts:
        return
    gone = data.draw(st.integers(0, len(parts) - 1))
    before = sum(paid(plan, parts, owed))
    after = sum(paid(plan, [*parts[:gone], *parts[gone + 1 :]], owed))
    assert 0 <= before - after <= before


@given(amounts, st.dictionaries(st.sampled_from(list(Measure)), st.fractions(0, 1)))
def test_a_review_keeps_every_cent(reserve: int, values: dict[str, Fraction]) -> None:
    weights = parse(GOOD).weights
    given_, back = reviewed(reserve, weights, values)
    assert given_ + back == reserve
    assert min(given_, back) >= 0


@given(amounts, st.fractions(0, 1), st.fractions(0, 1), st.sampled_from(list(Measure)))
def test_better_work_is_never_paid_less(
    reserve: int, low: Fraction, other: Fraction, measure: Measure
) -> None:
    weights, high = parse(GOOD).weights, max(low, other)
    worse, better = ({measure: min(low, other)}, {measure: high})
    assert reviewed(reserve, weights, better)[0] >= reviewed(reserve, weights, worse)[0]


@given(amounts, st.decimals(0, "0.5", places=4), st.decimals("0.01", 1, places=4))
def test_one_rate_is_the_plan_of_one_row(amount: int, rate: Decimal, quality: Decimal) -> None:
    """What is booked for a mandate with a single rate, to the cent."""
    plan = one_row(rate, quality)
    gross = earned(
        plan, amount=amount, before=10**6, owed=1, rate=plan.base("M3", 2, 4), currency="CNY"
    )
    assert gross == divide(amount, rate=rate, quality_share=quality, fee_rate=FEE).gross


@given(plans())
def test_a_plan_written_down_is_the_same_plan(plan: Plan) -> None:
    assert parse(json.loads(json.dumps(as_json(plan)))) == plan


def test_the_first_rate_that_fits_counts() -> None:
    plan = parse(GOOD)
    assert plan.base("M1", 7, 1) == Fraction(8, 100)
    assert plan.base("M1", 7, 2) == Fraction(10, 100)
    assert plan.base("M1", 0, 2) == Fraction(20, 100)
    # Ten hands are read as nine: a plan needs no row for each.
    assert parse({**GOOD, "rows": [{"hands": [9], "rate": "0.4"}, {"rate": "0.1"}]}).base(
        "M1", 0, 30
    ) == Fraction(4, 10)


def test_a_ladder_pays_each_cent_by_its_own_step() -> None:
    plan = parse(GOOD)
    # Owed 1,000: 300 without, 300 at two per cent, 400 at five.
    assert ladder_part(plan, 30_000, 100_000, "CNY") == 0
    assert ladder_part(plan, 60_000, 100_000, "CNY") == 600
    assert ladder_part(plan, 100_000, 100_000, "CNY") == 600 + 2_000
    amount = parse({**GOOD, "ladder": {"by": "amount", "steps": [{"from": "100", "add": "0.1"}]}})
    assert ladder_part(amount, 30_000, 1, "CNY") == 2_000
    assert ladder_part(amount, 300, 1, "JPY") == 20


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rows": []}, "rows"),
        ({"rows": [{"rate": "x"}]}, "rows.0.rate"),
        ({"rows": [{"rate": "0.6"}]}, "rows.0.rate"),
        ({"rows": [{"stages": ["M1"], "rate": "0.1"}]}, "rows.0"),
        ({"rows": [{"stages": ["M9"], "rate": "0.1"}, {"rate": "0"}]}, "rows.0"),
        ({"ladder": {"by": "days"}}, "ladder.by"),
        ({"ladder": {"steps": [{"from": "0", "add": "0.1"}]}}, "ladder.steps"),
        ({"ladder": {"steps": [{"from": "0.1", "add": "-0.1"}]}}, "ladder.steps"),
        ({"ladder": {"steps": [{"from": "0.1", "add": "0.4"}]}}, "ladder.steps"),
        ({"quality": {"share": "0", "weights": {"complaints": "1"}}}, "quality.share"),
        ({"quality": {"share": "0.2", "weights": {"promises": "1"}}}, "quality.weights"),
        ({"quality": {"share": "0.2", "weights": {"complaints": "0.9"}}}, "quality.weights"),
        ({"quality": {"share": "0.2", "weights": {"luck": "1"}}}, "quality.weights"),
        (
            {"quality": {"share": "0.2", "review_days": 0, "weights": {"complaints": "1"}}},
            "quality.review_days",
        ),
    ],
)
def test_a_plan_that_cannot_stand_says_where(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadPlan) as refusal:
        parse({**GOOD, **change})
    assert refusal.value.field == field


def test_a_simulation_moves_the_stage_and_keeps_every_cent() -> None:
    case = Case(owed=1_000_000, stage="M1", band=3, hand=1, currency="CNY")
    rows = table(parse(GOOD), case, FEE, Fraction(1, 2))
    assert [row[0].recovered for row in rows] == [0, 300_000, 600_000, 1_000_000]
    first, third, sixth = rows[3]
    assert (first.stage, third.stage, sixth.stage) == ("M1", "M3", "M6")
    assert first.gross == 80_000 + 6_000 + 20_000
    assert third.gross == 200_000 + 26_000
    for cell in (cell for row in rows for cell in row):
        assert cell.pay + cell.fee + cell.back == cell.gross
        assert cell.cost + cell.back == cell.gross
    assert simulate(parse(GOOD), case, Fraction(1), 1, FEE, Fraction(1)).back == 0


came = st.builds(
    Came,
    amount=st.integers(1, 10**8),
    gross=st.integers(0, 10**7),
    stage=st.sampled_from(STAGES),
    lost=st.integers(0, 10**5),
    reversed=st.booleans(),
)


@given(plans(), st.lists(came, max_size=6), st.integers(0, 10**9), st.sampled_from(STAGES))
def test_the_lines_between_predicted_and_actual_sum_to_the_cent(
    plan: Plan, payments: list[Came], owed: int, stage: str
) -> None:
    found = compare(plan, Case(owed, stage, 0, 1, "CNY"), payments)
    assert found.predicted + sum(amount for _why, amount in found.lines) == found.actual
    kept = [each for each in payments if not each.reversed]
    assert found.actual == sum(each.gross - each.lost for each in kept)
    assert dict(found.lines)["back"] == -sum(each.gross for each in payments if each.reversed)


def test_each_line_tells_its_own_reason() -> None:
    plan, case = parse(GOOD), Case(100_000, "M2", 0, 1, "CNY")
    # Expected: 35.00 of a hundred at a fifth, and two per cent on what exceeds thirty.
    nothing = compare(plan, case, [])
    assert (nothing.expected, nothing.predicted) == (35_000, 7_000 + 100)
    assert dict(nothing.lines)["amount"] == -7_000
    moved = compare(plan, case, [Came(35_000, 2_800 + 100, "M1", lost=50)])
    assert dict(moved.lines) == {
        "amount": 0,
        "back": 0,
        "stage": 2_800 - 7_000,
        "ladder": 0,
        "quality": -50,
    }
    undone = compare(plan, case, [Came(35_000, 7_100, "M2", reversed=True)])
    assert dict(undone.lines) == {
        "amount": 0,
        # What was booked, to the cent: the rise on what exceeds thirty with it.
        "back": -7_100,
        "stage": 0,
        "ladder": 0,
        "quality": 0,
    }
