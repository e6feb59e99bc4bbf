from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.casework.models import Instalment, Plan
from qinghe.casework.queries import plan_of, plans
from qinghe.casework.refusals import (
    BadAmount,
    BadDay,
    HardshipDecided,
    HardshipExists,
    NoSuchHardship,
    NoSuchPlan,
    PlanDecided,
    PlanExists,
    PlanTooLong,
)
from qinghe.casework.services import (
    apply_paid,
    ask_hardship,
    decide_hardship,
    decide_plan,
    judge_instalments,
    make_promise,
    propose_plan,
)
from qinghe.casework.services.paid import spread
from qinghe.casework.services.plans import month_later, parts
from qinghe.claims.models import Claim, Hold
from qinghe.claims.queries import NoSuchClaim
from qinghe.kernel.actor import Actor, Role, system
from qinghe.parties.models import VaultItem
from tests import factories
from tests.contact.conftest import Case
from tests.factories import AT

DAY = timedelta(days=1)


def agreed(case: Case, debtor: Actor, creditor: Actor, monthly: int = 30_000) -> Plan:
    plan = propose_plan(claim_id=case.claim.pk, monthly=monthly, actor=debtor, at=AT)
    return decide_plan(plan_id=plan.pk, agreed=True, actor=creditor, at=AT)


def pay(case: Case, amount: int) -> None:
    claim = Claim.objects.get(pk=case.claim.pk)
    Claim.objects.filter(pk=claim.pk).update(
        principal=claim.principal - amount, paid=claim.paid + amount
    )
    apply_paid(claim_id=claim.pk, actor=system("test"), at=AT + DAY)


def test_an_agreed_plan_stops_collecting(case: Case, debtor: Actor, creditor: Actor) -> None:
    plan = agreed(case, debtor, creditor)
    assert [part.amount for part in Instalment.objects.order_by("seq")] == [
        30_000,
        30_000,
        30_000,
        10_000,
    ]
    assert plan.first_due_on == date(2026, 12, 23)
    assert case.ask(AT).rules == ["PLT-PLAN-01"]
    view = plan_of(claim_id=case.claim.pk, actor=debtor)
    assert view is not None
    assert view.next_due is not None
    assert view.next_due.due_on == date(2026, 12, 23)


def test_money_fills_the_parts_in_order_and_a_reversal_empties_them(
    case: Case, debtor: Actor, creditor: Actor
) -> None:
    agreed(case, debtor, creditor)
    pay(case, 45_000)
    assert list(Instalment.objects.order_by("seq").values_list("paid", flat=True)) == [
        30_000,
        15_000,
        0,
        0,
    ]
    pay(case, -45_000)
    assert sum(Instalment.objects.values_list("paid", flat=True)) == 0


def test_a_paid_plan_is_complete_and_lets_go_of_its_hold(
    case: Case, debtor: Actor, creditor: Actor
) -> None:
    plan = agreed(case, debtor, creditor)
    pay(case, 100_000)
    plan.refresh_from_db()
    assert plan.state == "completed"
    assert not Hold.objects.filter(lifted_at__isnull=True).exists()


def test_a_missed_part_stops_the_plan_after_the_days_of_grace(
    case: Case, debtor: Actor, creditor: Actor
) -> None:
    plan = agreed(case, debtor, creditor)
    due = plan.first_due_on
    assert judge_instalments(day=due + 3 * DAY, at=AT)["stopped"] == 0
    assert judge_instalments(day=due + 4 * DAY, at=AT) == {"missed": 1, "stopped": 1}
    assert judge_instalments(day=due + 4 * DAY, at=AT)["stopped"] == 0
    plan.refresh_from_db()
    assert plan.state == "broken"
    assert not Hold.objects.filter(lifted_at__isnull=True).exists()
    assert case.ask(AT).state == "permitted"


def test_a_declined_plan_changes_nothing(case: Case, debtor: Actor, creditor: Actor) -> None:
    plan = propose_plan(claim_id=case.claim.pk, monthly=50_000, actor=debtor, at=AT)
    assert [row.id for row in plans(actor=creditor)] == [plan.pk]
    decide_plan(plan_id=plan.pk, agreed=False, actor=creditor, at=AT)
    assert case.ask(AT).state == "permitted"
    with pytest.raises(PlanDecided):
        decide_plan(plan_id=plan.pk, agreed=True, actor=creditor, at=AT)


def test_an_agreed_plan_replaces_an_open_promise(
    case: Case, debtor: Actor, creditor: Actor
) -> None:
    made = make_promise(
        claim_id=case.claim.pk, amount=1, due_on=date(2026, 12, 1), actor=debtor, at=AT
    )
    agreed(case, debtor, creditor)
    made.refresh_from_db()
    assert made.state == "cancelled"


def test_what_a_plan_may_not_be(case: Case, debtor: Actor) -> None:
    stranger = factories.debtor_of(factories.claim())
    for monthly, refusal in ((0, BadAmount), (100_001, BadAmount), (1_000, PlanTooLong)):
        with pytest.raises(refusal):
            propose_plan(claim_id=case.claim.pk, monthly=monthly, actor=debtor, at=AT)
    with pytest.raises(NoSuchClaim):
        propose_plan(claim_id=case.claim.pk, monthly=50_000, actor=stranger, at=AT)
    plan = propose_plan(claim_id=case.claim.pk, monthly=50_000, actor=debtor, at=AT)
    with pytest.raises(PlanExists):
        propose_plan(claim_id=case.claim.pk, monthly=50_000, actor=debtor, at=AT)
    other = factories.actor(Role.CREDITOR, factories.organisation())
    with pytest.raises(NoSuchPlan):
        decide_plan(plan_id=plan.pk, agreed=True, actor=other, at=AT)


def test_hardship_stops_contact_in_the_same_moment(case: Case, debtor: Actor) -> None:
    asked = ask_hardship(claim_id=case.claim.pk, statement="lost my work", actor=debtor, at=AT)
    assert "PLT-HLD-01" in case.ask(AT).rules
    assert asked.statement_id is not None
    assert "lost" not in VaultItem.objects.get(pk=asked.statement_id).masked
    with pytest.raises(HardshipExists):
        ask_hardship(claim_id=case.claim.pk, statement="", actor=debtor, at=AT)


def test_a_granted_pause_ends_on_its_day(case: Case, debtor: Actor, creditor: Actor) -> None:
    asked = ask_hardship(claim_id=case.claim.pk, statement="", actor=debtor, at=AT)
    with pytest.raises(BadDay):
        decide_hardship(hardship_id=asked.pk, granted=True, actor=creditor, at=AT)
    decide_hardship(
        hardship_id=asked.pk,
        granted=True,
        pause_until=date(2026, 12, 1),
        actor=creditor,
        at=AT,
    )
    assert "PLT-HLD-01" in case.ask(AT + 6 * DAY).rules
    assert case.ask(AT + 8 * DAY).state == "permitted"
    with pytest.raises(HardshipDecided):
        decide_hardship(hardship_id=asked.pk, granted=False, actor=creditor, at=AT)


def test_a_declined_hardship_lifts_the_hold(case: Case, debtor: Actor, creditor: Actor) -> None:
    asked = ask_hardship(claim_id=case.claim.pk, statement="", actor=debtor, at=AT)
    other = factories.actor(Role.CREDITOR, factories.organisation())
    with pytest.raises(NoSuchHardship):
        decide_hardship(hardship_id=asked.pk, granted=False, actor=other, at=AT)
    decide_hardship(hardship_id=asked.pk, granted=False, actor=creditor, at=AT)
    assert case.ask(AT).state == "permitted"


@given(st.integers(1, 10**9), st.integers(1, 60), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_the_parts_of_a_plan_are_the_whole(total: int, count: int, first: date) -> None:
    monthly = -(-total // count)
    found = parts(total, monthly, first)
    assert sum(amount for _day, amount in found) == total
    assert all(0 < amount <= monthly for _day, amount in found)
    assert [day for day, _amount in found] == sorted({day for day, _amount in found})


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=12), st.integers(0, 2 * 10**7))
def test_money_spread_over_parts_is_neither_made_nor_lost(amounts: list[int], money: int) -> None:
    made = [Instalment(seq=seq, amount=amount) for seq, amount in enumerate(amounts)]
    complete = spread(made, money)
    assert sum(part.paid for part in made) == min(money, sum(amounts))
    assert complete == (money >= sum(amounts))


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    assert month_later(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert month_later(date(2026, 12, 31), 2) == date(2027, 2, 28)
