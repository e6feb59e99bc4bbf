"""A payment that does not stay costs nobody a plan: all is as if it had never come."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qinghe.casework.models import Instalment, Plan, Promise
from qinghe.casework.queries import timeline
from qinghe.casework.services import (
    decide_plan,
    judge_instalments,
    judge_promises,
    make_promise,
    propose_plan,
)
from qinghe.casework.services.plans import end_plan
from qinghe.casework.terms import PlanState
from qinghe.claims.days import day_of
from qinghe.claims.models import Hold
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role
from qinghe.settlement.models import Payment
from tests.factories import AT, actor, claim, debtor_of
from tests.settlement.test_payments import JOB, assert_books, fresh, pay
from tests.settlement.test_reversal import reverse

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Owed:
    """A claim of 10,000 that is paid in parts of 2,000, and what is seen of it."""

    def __init__(self, **fields: Any) -> None:
        self.claim = claim(principal=10_000, **fields)

    def propose(self, at: datetime = AT, monthly: int = 2_000) -> Plan:
        debtor = debtor_of(self.claim)
        return propose_plan(claim_id=self.claim.pk, monthly=monthly, actor=debtor, at=at)

    def agree(self, at: datetime = AT, monthly: int = 2_000) -> Plan:
        creditor = actor(Role.CREDITOR, self.claim.creditor)
        plan_id = self.propose(at, monthly).pk
        return decide_plan(plan_id=plan_id, agreed=True, actor=creditor, at=at)

    def promise(self, amount: int = 3_000, days: int = 10) -> Promise:
        return make_promise(
            claim_id=self.claim.pk,
            amount=amount,
            due_on=day_of(AT) + days * DAY,
            actor=debtor_of(self.claim),
            at=AT,
        )

    @property
    def holds(self) -> list[tuple[str, str, datetime | None]]:
        standing = Hold.objects.filter(claim=self.claim, lifted_at__isnull=True)
        return sorted(standing.values_list("kind", "cause", "ends_at"))

    @property
    def seen(self) -> tuple[Any, ...]:
        plans = Plan.objects.filter(claim=self.claim).order_by("proposed_at")
        parts = Instalment.objects.filter(plan__claim=self.claim).order_by("plan", "seq")
        promises = Promise.objects.filter(claim=self.claim).order_by("made_at")
        return (
            list(plans.values_list("pk", "state", "ended_at", "total", "paid_before")),
            list(parts.values_list("pk", "due_on", "amount", "paid", "missed_at")),
            list(promises.values_list("pk", "state", "decided_at", "amount")),
            self.holds,
        )


def state(plan: Plan) -> str:
    return Plan.objects.get(pk=plan.pk).state


def paid(plan: Plan) -> list[int]:
    return list(Instalment.objects.filter(plan=plan).order_by("seq").values_list("paid", flat=True))


@pytest.mark.django_db
class TestThePlan:
    def test_it_runs_again_with_its_hold(self) -> None:
        owed = Owed()
        plan = owed.agree()
        before = owed.seen
        payment = pay(owed.claim, 10_000, at=AT + HOUR)
        assert (state(plan), owed.holds) == ("completed", [])
        reverse(payment)
        assert owed.seen == before
        assert owed.holds == [("plan", f"plan:{plan.pk}", None)]
        told = Entry.objects.get(kind="casework.plan-reinstated")
        assert (told.subject, told.facts["plan"]) == (f"claim:{owed.claim.pk}", str(plan.pk))
        assert_books(owed.claim)
        items = timeline(claim_id=owed.claim.pk, actor=actor(Role.OPERATOR), at=AT + 2 * DAY)
        (again,) = [each for each in items if each.at == AT + DAY and each.kind == "casework.plan"]
        assert again.badge == "active"

    def test_what_one_person_only_asks_for_changes_nothing(self) -> None:
        owed = Owed()
        plan = owed.agree()
        payment = pay(owed.claim, 10_000, at=AT + HOUR)
        reverse(payment, actor=actor(Role.OPERATOR))
        assert state(plan) == "completed"

    def test_what_fell_due_meanwhile_has_its_grace(self) -> None:
        owed = Owed()
        plan = owed.agree()
        payment = pay(owed.claim, 10_000, at=AT + HOUR)
        undone = AT + 70 * DAY
        reverse(payment, at=undone)
        today = day_of(undone)
        late = Instalment.objects.filter(plan=plan, due_on__lt=today)
        assert set(late.values_list("expected_on", flat=True)) == {today}
        assert late.count() == 2
        judge_instalments(day=today + 3 * DAY, at=undone + 3 * DAY)
        assert state(plan) == "active"
        judge_instalments(day=today + 4 * DAY, at=undone + 4 * DAY)
        assert state(plan) == "broken"

    def test_a_part_falls_back_and_has_its_grace(self) -> None:
        owed = Owed()
        plan = owed.agree()
        kept = pay(owed.claim, 2_000, "r1", at=AT + 10 * DAY)
        payment = pay(owed.claim, 3_000, "r2", at=AT + 20 * DAY)
        assert paid(plan) == [2_000, 2_000, 1_000, 0, 0]
        reverse(kept, at=AT + 40 * DAY)
        assert (paid(plan), state(plan)) == ([2_000, 1_000, 0, 0, 0], "active")
        reverse(payment, at=AT + 41 * DAY)
        assert paid(plan) == [0, 0, 0, 0, 0]
        first = Instalment.objects.get(plan=plan, seq=1)
        assert first.expected_on == day_of(AT + 41 * DAY)
        judge_instalments(day=day_of(AT + 44 * DAY), at=AT + 44 * DAY)
        assert state(plan) == "active"

    def test_one_that_later_money_keeps_all_the_same_stays_completed(self) -> None:
        owed = Owed()
        plan = owed.agree()
        first = pay(owed.claim, 10_000, "r1", at=AT + HOUR)
        pay(owed.claim, 10_000, "r2", source="cashier", at=AT + 2 * HOUR)
        before = owed.seen
        reverse(first)
        assert fresh(owed.claim).state == "closed"
        assert owed.seen == before
        assert state(plan) == "completed"

    def test_money_that_was_paid_before_it_keeps_its_parts_paid(self) -> None:
        owed = Owed()
        old = pay(owed.claim, 4_000, "r1")
        plan = owed.agree(AT + HOUR)
        pay(owed.claim, 2_000, "r2", at=AT + 2 * HOUR)
        before = paid(plan)
        assert before == [2_000, 0, 0]
        reverse(old)
        assert (paid(plan), state(plan)) == (before, "active")

    def test_one_whose_parts_came_does_not_run_again_for_older_money(self) -> None:
        owed = Owed()
        old = pay(owed.claim, 4_000, "r1")
        plan = owed.agree(AT + HOUR)
        pay(owed.claim, 6_000, "r2", at=AT + 2 * HOUR)
        reverse(old)
        assert fresh(owed.claim).state == "ready"
        assert (paid(plan), state(plan)) == ([2_000, 2_000, 2_000], "completed")

    def test_one_that_ended_otherwise_stays_over(self) -> None:
        owed = Owed()
        plan = owed.agree()
        end_plan(plan, PlanState.BROKEN, JOB, AT)
        reverse(pay(owed.claim, 10_000, at=AT + HOUR))
        assert (state(plan), owed.holds) == ("broken", [])

    def test_a_newer_plan_stands(self) -> None:
        owed = Owed(overdue_rate_pct=Decimal(12), interest_to=day_of(AT))
        plan = owed.agree()
        paid_on = day_of(AT + 30 * DAY)
        payment = pay(owed.claim, 10_000, at=AT + 30 * DAY, paid_on=paid_on)
        assert (state(plan), owed.holds[0][1]) == ("completed", f"plan-kept:{plan.pk}")
        newer = owed.agree(AT + 31 * DAY, monthly=50)
        reverse(payment, at=AT + 32 * DAY)
        assert (state(plan), state(newer)) == ("completed", "active")
        assert set(paid(newer)) == {0}

    def test_a_proposal_waits_again(self) -> None:
        owed = Owed()
        running = owed.agree()
        waiting = owed.propose(AT + HOUR)
        before = owed.seen
        payment = pay(owed.claim, 10_000, at=AT + 2 * HOUR)
        assert state(waiting) == "completed"
        reverse(payment)
        assert owed.seen == before
        assert (state(running), state(waiting)) == ("active", "proposed")


@pytest.mark.django_db
class TestThePromise:
    def test_it_is_open_again(self) -> None:
        owed = Owed()
        promise = owed.promise()
        before = owed.seen
        payment = pay(owed.claim, 3_000, at=AT + HOUR)
        assert Promise.objects.get(pk=promise.pk).state == "kept"
        reverse(payment)
        assert owed.seen == before
        assert Entry.objects.filter(kind="casework.promise-reopened").count() == 1

    def test_is_its_day_over_it_has_its_grace(self) -> None:
        owed = Owed()
        promise = owed.promise(days=2)
        payment = pay(owed.claim, 3_000, at=AT + HOUR)
        undone = AT + 30 * DAY
        reverse(payment, at=undone)
        judge_promises(day=day_of(undone) + 3 * DAY, at=undone + 3 * DAY)
        assert Promise.objects.get(pk=promise.pk).state == "open"
        judge_promises(day=day_of(undone) + 4 * DAY, at=undone + 4 * DAY)
        assert Promise.objects.get(pk=promise.pk).state == "broken"

    def test_one_that_other_money_keeps_stays_kept(self) -> None:
        owed = Owed()
        promise = owed.promise()
        first = pay(owed.claim, 3_000, "r1", at=AT + HOUR)
        pay(owed.claim, 3_000, "r2", at=AT + 2 * HOUR)
        reverse(first)
        assert Promise.objects.get(pk=promise.pk).state == "kept"

    def test_one_broken_or_taken_back_stays_so(self) -> None:
        owed = Owed()
        promise = owed.promise(days=0)
        judge_promises(day=day_of(AT) + 5 * DAY, at=AT + 5 * DAY)
        reverse(pay(owed.claim, 3_000, at=AT + 6 * DAY), at=AT + 7 * DAY)
        assert Promise.objects.get(pk=promise.pk).state == "broken"


class TestAsBefore(TestCase):
    @settings(max_examples=15, deadline=None)
    @given(
        before=st.lists(st.integers(1, 2_500), max_size=2),
        planned=st.booleans(),
        promised=st.booleans(),
        proposed=st.booleans(),
        split=st.integers(1, 2_500),
    )
    def test_paid_all_and_undone_everything_stands_as_before(
        self, before: list[int], planned: bool, promised: bool, proposed: bool, split: int
    ) -> None:
        owed = Owed()
        if planned:
            owed.agree()
        if promised:
            owed.promise(amount=9_000)
        if proposed:
            owed.propose(AT + HOUR)
        at = AT + 2 * HOUR
        for number, amount in enumerate(before):
            pay(owed.claim, amount, f"before {number}", at=at + number * HOUR)
        stood = owed.seen
        later: list[Payment] = []
        for number, amount in enumerate((split, fresh(owed.claim).owed - split)):
            at_ = at + (10 + number) * HOUR
            later.append(pay(owed.claim, amount, f"all {number}", at=at_))
        assert fresh(owed.claim).state == "closed"
        assert not Plan.objects.filter(claim=owed.claim, state__in=("active", "proposed")).exists()
        for payment in later:
            reverse(payment, at=AT + DAY)
        assert owed.seen == stood
        assert_books(owed.claim)
