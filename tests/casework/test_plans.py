from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from qinghe.casework.models import Instalment, Plan
from qinghe.casework.queries import hardship_of, plan_of, plans
from qinghe.casework.refusals import (
    BadAmount,
    BadDay,
    HardshipDecided,
    HardshipExists,
    InstalmentTooSmall,
    NoReason,
    NoSuchHardship,
    NoSuchPlan,
    PlanDecided,
    PlanExists,
    PlanTooHeavy,
    PlanTooLong,
    PlanTooSteep,
    ReplacedTooOften,
    SameWords,
)
from qinghe.casework.schedules import Variation, month_later
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
from qinghe.casework.services.plans import end_plan
from qinghe.casework.terms import PlanState
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
    first = max(min(claim.interest, amount), 0)
    Claim.objects.filter(pk=claim.pk).update(
        interest=claim.interest - first,
        principal=claim.principal - amount + first,
        paid=claim.paid + amount,
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


@pytest.mark.parametrize(
    "money", [[100_000], [30_000, 30_000, 30_000, 10_000], [1, 99_999], [60_000, 41_000]]
)
def test_a_plan_that_is_kept_leads_to_no_contact_for_thirty_days(
    case: Case, debtor: Actor, creditor: Actor, money: list[int]
) -> None:
    plan = agreed(case, debtor, creditor)
    # Interest that ran while the plan ran, and is in no part.
    Claim.objects.filter(pk=case.claim.pk).update(interest=2_368)
    for amount in money:
        pay(case, amount)
    plan.refresh_from_db()
    assert plan.state == "completed"
    last = AT + DAY
    for days in range(31):
        for channel in ("voice", "sms", "email"):
            assert "PLT-PLAN-01" in case.ask(last + days * DAY, channel).rules, (days, channel)
    assert case.ask(last + 31 * DAY).state == "permitted"
    hold = Hold.objects.get(lifted_at__isnull=True)
    assert (hold.cause, hold.claim_id) == (f"plan-kept:{plan.pk}", case.claim.pk)


def test_money_that_comes_again_neither_renews_nor_ends_the_quiet(
    case: Case, debtor: Actor, creditor: Actor
) -> None:
    agreed(case, debtor, creditor)
    Claim.objects.filter(pk=case.claim.pk).update(interest=2_368)
    pay(case, 100_000)
    pay(case, 368)
    assert Hold.objects.filter(lifted_at__isnull=True).count() == 1
    # Another plan for the rest that is stopped leaves it as it is.
    second = propose_plan(claim_id=case.claim.pk, monthly=1_000, actor=debtor, at=AT + DAY)
    decide_plan(plan_id=second.pk, agreed=True, actor=creditor, at=AT + DAY)
    end_plan(second, PlanState.BROKEN, system("test"), AT + 2 * DAY)
    assert case.ask(AT + 3 * DAY).rules == ["PLT-PLAN-01"]


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


def test_a_plan_that_puts_the_whole_off_is_refused(case: Case, debtor: Actor) -> None:
    late = Variation("graduated", step=2_000_000, step_months=59)
    tiny = Variation("seasonal", months=(12,), otherwise=1)
    for monthly, variation, refusal in (
        (1, late, PlanTooSteep),
        (50_000, tiny, InstalmentTooSmall),
    ):
        with pytest.raises(refusal):
            propose_plan(
                claim_id=case.claim.pk, monthly=monthly, variation=variation, actor=debtor, at=AT
            )
    assert not Plan.objects.exists()


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
        decide_hardship(hardship_id=asked.pk, granted=False, refusal="plan", actor=creditor, at=AT)


def test_a_declined_hardship_lifts_the_hold(case: Case, debtor: Actor, creditor: Actor) -> None:
    asked = ask_hardship(claim_id=case.claim.pk, statement="", actor=debtor, at=AT)
    other = factories.actor(Role.CREDITOR, factories.organisation())
    with pytest.raises(NoSuchHardship):
        decide_hardship(hardship_id=asked.pk, granted=False, refusal="plan", actor=other, at=AT)
    decide_hardship(hardship_id=asked.pk, granted=False, refusal="plan", actor=creditor, at=AT)
    assert case.ask(AT).state == "permitted"


def test_a_refusal_says_why_and_the_next_request_says_what_is_new(
    case: Case, debtor: Actor, creditor: Actor
) -> None:
    asked = ask_hardship(claim_id=case.claim.pk, statement="lost my work", actor=debtor, at=AT)
    with pytest.raises(NoReason):
        decide_hardship(hardship_id=asked.pk, granted=False, actor=creditor, at=AT)
    decide_hardship(hardship_id=asked.pk, granted=False, refusal="not_said", actor=creditor, at=AT)
    row = hardship_of(claim_id=case.claim.pk, actor=debtor)
    assert row is not None
    assert row.refusal_words
    for said in ("", " lost  my work "):
        with pytest.raises(SameWords) as refused:
            ask_hardship(claim_id=case.claim.pk, statement=said, actor=debtor, at=AT + DAY)
        assert refused.value.facts == {"day": "2026-11-23", "again": "2026-12-08"}
    again = ask_hardship(claim_id=case.claim.pk, statement="I am ill", actor=debtor, at=AT + DAY)
    decide_hardship(
        hardship_id=again.pk, granted=False, refusal="plan", actor=creditor, at=AT + DAY
    )
    later = AT + 16 * DAY
    assert ask_hardship(claim_id=case.claim.pk, statement="I am ill", actor=debtor, at=later)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=12), st.integers(0, 2 * 10**7))
def test_money_spread_over_parts_is_neither_made_nor_lost(amounts: list[int], money: int) -> None:
    made = [Instalment(seq=seq, amount=amount) for seq, amount in enumerate(amounts)]
    complete = spread(made, money)
    assert sum(part.paid for part in made) == min(money, sum(amounts))
    assert complete == (money >= sum(amounts))


def test_a_month_after_the_last_of_january_is_the_last_of_february() -> None:
    assert month_later(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert month_later(date(2026, 12, 31), 2) == date(2027, 2, 28)


def test_a_seasonal_plan_runs_and_is_judged_like_any(
    case: Case, debtor: Actor, creditor: Actor
) -> None:
    winter = Variation("seasonal", months=(1, 2), otherwise=0)
    plan = propose_plan(
        claim_id=case.claim.pk, monthly=40_000, variation=winter, actor=debtor, at=AT
    )
    decide_plan(plan_id=plan.pk, agreed=True, actor=creditor, at=AT)
    rows = list(Instalment.objects.order_by("seq").values_list("due_on", "amount"))
    assert rows == [
        (date(2027, 1, 23), 40_000),
        (date(2027, 2, 23), 40_000),
        (date(2028, 1, 23), 20_000),
    ]
    assert judge_instalments(day=date(2027, 1, 20), at=AT)["stopped"] == 0
    assert judge_instalments(day=date(2027, 1, 27), at=AT) == {"missed": 1, "stopped": 1}


def test_nobody_agrees_to_more_than_can_be_spared(case: Case, debtor: Actor) -> None:
    rising = Variation("graduated", step=10_000, step_months=1)
    with pytest.raises(PlanTooHeavy):
        propose_plan(
            claim_id=case.claim.pk,
            monthly=20_000,
            variation=rising,
            affordable=30_000,
            actor=debtor,
            at=AT,
        )
    with pytest.raises(PlanTooHeavy):
        propose_plan(claim_id=case.claim.pk, monthly=20_000, affordable=19_999, actor=debtor, at=AT)
    plan = propose_plan(
        claim_id=case.claim.pk, monthly=20_000, affordable=20_000, actor=debtor, at=AT
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(largest=20_001)


def test_another_plan_comes_in_the_place_of_a_running_one(
    case: Case, debtor: Actor, creditor: Actor
) -> None:
    first = agreed(case, debtor, creditor)
    pay(case, 30_000)
    later = AT + 2 * DAY
    second = propose_plan(claim_id=case.claim.pk, monthly=10_000, actor=debtor, at=later)
    assert second.replaces_id == first.pk
    # Until it is agreed the first one goes on.
    assert case.ask(later).rules == ["PLT-PLAN-01"]
    decide_plan(plan_id=second.pk, agreed=True, actor=creditor, at=later)
    first.refresh_from_db()
    assert first.state == "replaced"
    assert case.ask(later).rules == ["PLT-PLAN-01"]
    assert sum(part.amount for part in Instalment.objects.filter(plan=second)) == 70_000
    assert Hold.objects.filter(lifted_at__isnull=True).count() == 1


def test_a_declined_change_leaves_the_running_plan(
    case: Case, debtor: Actor, creditor: Actor
) -> None:
    first = agreed(case, debtor, creditor)
    second = propose_plan(claim_id=case.claim.pk, monthly=10_000, actor=debtor, at=AT + DAY)
    decide_plan(plan_id=second.pk, agreed=False, actor=creditor, at=AT + DAY)
    view = plan_of(claim_id=case.claim.pk, actor=debtor)
    assert view is not None
    assert (view.id, view.state) == (first.pk, "active")


def test_a_plan_is_replaced_twice_a_year_at_most(
    case: Case, debtor: Actor, creditor: Actor
) -> None:
    agreed(case, debtor, creditor)
    for monthly in (20_000, 10_000):
        agreed(case, debtor, creditor, monthly)
    with pytest.raises(ReplacedTooOften):
        propose_plan(claim_id=case.claim.pk, monthly=5_000, actor=debtor, at=AT)
