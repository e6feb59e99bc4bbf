from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from qinghe.casework.models import Plan, Promise
from qinghe.claims.models import Hold
from qinghe.kernel.actor import Role
from qinghe.market.quoting import CONSENT
from qinghe.market.services.directory import join_directory
from qinghe.parties.models import Licence
from qinghe.parties.roles import NotPermitted
from qinghe.quality.services import decide_complaint, open_complaint
from qinghe.reporting import queries
from qinghe.reporting.definitions import BY_ID, DEFINITIONS, Unit
from qinghe.reporting.figures import share
from qinghe.settlement import services
from tests.factories import AT, actor, claim, collector, debtor_of, licence, mandate
from tests.reporting.test_verification import attempt
from tests.settlement.test_payments import pay

pytestmark = pytest.mark.django_db
World = dict[str, Any]


@pytest.fixture
def world() -> World:
    target, agency = claim(principal=200_000), collector(name="Fair")
    order = mandate(target, agency)
    idle = claim(creditor=target.creditor, principal=100_000)
    pay(target, 40_000)
    for state, amount in (("kept", 30_000), ("broken", 10_000)):
        Promise.objects.create(
            claim=target,
            mandate=order,
            amount=amount,
            due_on=date(2026, 11, 20),
            paid_before=0,
            state=state,
            made_at=AT,
            decided_at=AT,
        )
    attempt(target, sent_at=AT)
    attempt(target, state="refused", rules=["CN-T-01"], outcome=None, outcome_at=None)
    claim(principal=5_000)
    return {
        "claim": target,
        "idle": idle,
        "creditor": actor(Role.CREDITOR, target.creditor),
        "collector": actor(Role.COLLECTOR, agency),
        "agency": agency,
    }


def values(dashboard: queries.Dashboard) -> dict[str, Any]:
    return {figure.definition_id: figure.value for figure in dashboard.figures}


def test_a_creditor_sees_the_figures_of_its_own_claims(world: World) -> None:
    found = values(queries.creditor_dashboard(actor=world["creditor"], at=AT))
    assert (found["K-01"], found["K-02"]) == (300_000, 40_000)
    assert found["K-04"] == Fraction(40_000, 300_000)
    assert found["K-20"] == Fraction(1, 4)
    assert found["K-11"] == Fraction(3, 4)
    assert found["K-18"] == Fraction(1, 2)
    assert (found["K-06"], found["K-07"]) == (2, 1)
    assert found["K-12"] is None


def test_a_collector_sees_the_figures_of_its_own_orders(world: World) -> None:
    found = values(queries.collector_dashboard(actor=world["collector"], at=AT))
    # A quarter of 40,000, less a twentieth of it.
    assert found["K-21"] == 9_500
    assert found["K-07"] == 1
    assert found["K-27"] == Fraction(40_000, 200_000)


def test_money_that_came_before_an_order_is_not_recovered_by_it() -> None:
    target, agency = claim(principal=200_000), collector()
    pay(target, 50_000)
    mandate(target, agency)
    pay(target, 30_000, "later")
    board = queries.collector_dashboard(actor=actor(Role.COLLECTOR, agency), at=AT)
    assert values(board)["K-27"] == Fraction(30_000, 200_000)


def test_the_operator_sees_all_and_others_do_not(world: World) -> None:
    found = values(queries.operator_dashboard(actor=actor(Role.OPERATOR), at=AT))
    assert found["K-01"] == 305_000
    # The creditor received the money itself: of the commission nothing is held until it covers it.
    assert (found["K-22"], found["K-23"]) == (500, 0)
    for stranger in (world["creditor"], world["collector"], debtor_of(world["claim"])):
        with pytest.raises(NotPermitted):
            queries.operator_dashboard(actor=stranger, at=AT)
    with pytest.raises(NotPermitted):
        queries.creditor_dashboard(actor=world["collector"], at=AT)


def test_money_is_held_for_others_until_it_has_left() -> None:
    """What is prepared, approved or with the bank is owed and not paid out yet: K-23 counts it."""
    target = claim(principal=10_000)
    pay(target, 12_000, source="cashier")
    one, other = actor(Role.OPERATOR), actor(Role.OPERATOR)

    def held() -> int:
        board = queries.operator_dashboard(actor=one, at=AT)
        found = values(board)["K-23"]
        assert isinstance(found, int)
        return found

    # Of the payment 2,000 are too much, and go back to the debtor.
    assert held() == 12_000
    (payout,) = services.prepare_payouts(actor=one, at=AT)
    assert held() == 12_000
    services.approve_payout(payout_id=payout.pk, actor=other, at=AT)
    assert held() == 12_000
    services.pay_payout(payout_id=payout.pk, actor=one, at=AT)
    assert held() == 2_000


def test_stages_sum_to_what_is_owed(world: World) -> None:
    rows = queries.creditor_dashboard(actor=world["creditor"], at=AT).stages
    assert [(row.stage, row.claims, row.owed) for row in rows] == [("M2", 2, 260_000)]


def test_a_justified_complaint_shows_in_public(world: World) -> None:
    complaint = open_complaint(
        kind="rude",
        statement="",
        claim_id=world["claim"].pk,
        person_id=None,
        actor=debtor_of(world["claim"]),
        at=AT,
    )
    before = {each.definition_id: each.value for each in queries.transparency(at=AT)}
    assert (before["K-17"], before["K-19"]) == (0, 1)
    judge = actor(Role.COMPLIANCE)
    decide_complaint(complaint_id=complaint.pk, upheld=True, text="So.", actor=judge, at=AT)
    after = {each.definition_id: each.value for each in queries.transparency(at=AT)}
    assert (after["K-17"], after["K-19"]) == (5_000, 0)


def test_a_message_during_a_hold_is_counted(world: World) -> None:
    target = world["claim"]
    Hold.objects.create(
        person=target.debtor, kind="dispute", cause="x", placed_at=AT - timedelta(hours=1)
    )
    found = {each.definition_id: each.value for each in queries.transparency(at=AT)}
    assert found["K-24"] == 1


def test_a_running_plan_counts_as_help(world: World) -> None:
    Plan.objects.create(
        claim=world["claim"],
        state="active",
        total=1_000,
        monthly=500,
        count=2,
        first_due_on=date(2026, 12, 1),
        proposed_by="debtor",
        proposed_at=AT,
    )
    found = values(queries.creditor_dashboard(actor=world["creditor"], at=AT))
    assert found["K-26"] == 1


@pytest.mark.parametrize("name", ["creditor", "collector"])
def test_queries_do_not_grow_with_the_market(
    world: World, name: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        more = claim(creditor=world["claim"].creditor)
        mandate(more, world["agency"])
        pay(more, 100, f"more-{number}")
    ask = getattr(queries, f"{name}_dashboard")
    with django_assert_max_num_queries(1):
        ask(actor=world[name], at=AT)
    with django_assert_max_num_queries(1):
        queries.transparency(at=AT)
    with django_assert_max_num_queries(2):
        queries.operator_dashboard(actor=actor(Role.OPERATOR), at=AT)


def test_an_empty_market_has_figures_without_values() -> None:
    for figure in queries.transparency(at=AT):
        counted = figure.definition.unit in (Unit.COUNT, Unit.MONEY)
        assert figure.value == (0 if counted else None)


def test_the_directory_lists_whoever_may_work_today(
    world: World, django_assert_num_queries: Any
) -> None:
    agency = world["agency"]
    Licence.objects.filter(organisation=agency).delete()
    licence(agency)
    # Nobody is listed who did not agree.
    assert queries.agencies(at=AT) == []
    join_directory(
        size="10-49",
        contact_name="示例乙",
        contact_phone="+86 10087654321",
        consent=CONSENT,
        actor=actor(Role.COLLECTOR, agency),
        at=AT,
    )
    with django_assert_num_queries(7):
        (found,) = queries.agencies(at=AT)
    assert (found.listed.name, found.worked, found.kept, found.upheld) == ("Fair", 1, "75.0%", 0)
    assert queries.agencies(at=AT + timedelta(days=4_000)) == []


def test_every_figure_has_a_definition_with_a_denominator_where_it_divides() -> None:
    assert len(BY_ID) == len(DEFINITIONS)
    for definition in DEFINITIONS:
        divides = definition.unit in (Unit.SHARE, Unit.RATIO)
        assert bool(str(definition.denominator)) == divides, definition.id
        assert str(definition.title)
        assert str(definition.numerator)
    assert share("K-17", 1, 5_000).value == 1
