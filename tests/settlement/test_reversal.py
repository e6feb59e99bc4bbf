from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qinghe.claims.models import Claim, Dispute
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role
from qinghe.kernel.shown import ChangedMeanwhile
from qinghe.ledger import queries as books
from qinghe.ledger.models import Account
from qinghe.parties.roles import NotPermitted
from qinghe.settlement import accounts, refusals, services
from qinghe.settlement.models import Allocation, Payment, Split
from qinghe.settlement.queries import payment_for
from qinghe.settlement.services.reversal import asked_for
from qinghe.settlement.terms import ASKED_DAYS
from tests.factories import AT, actor, claim, collector, mandate
from tests.settlement.test_covering import pay_out, receive
from tests.settlement.test_payments import JOB, assert_books, fresh, pay

LATER = AT + timedelta(days=1, hours=1)
OWED = ("principal", "interest", "costs", "paid", "state", "interest_to", "closed_at")


def reverse(payment: Payment, **fields: Any) -> Payment:
    given_ = {"reason": "bounced", "actor": JOB, "at": AT + timedelta(days=1), **fields}
    return services.reverse_payment(payment_id=payment.pk, **given_)


def standing(target: Claim) -> dict[str, object]:
    return {name: getattr(fresh(target), name) for name in OWED}


def balances() -> dict[str, int]:
    return dict(Account.objects.exclude(balance=0).values_list("path", "balance"))


@pytest.mark.django_db
class TestTwoPersons:
    def covered_and_paid_out(self) -> tuple[Claim, Payment]:
        agency, target = collector(), claim(principal=200_000)
        mandate(target, agency)
        payment = pay(target, 100_000)
        receive(target.creditor, 25_000)
        receive(None, 100_000, "own")
        pay_out()
        return target, payment

    def test_what_was_paid_out_is_undone_by_two(self) -> None:
        target, payment = self.covered_and_paid_out()
        one, two = actor(Role.OPERATOR), actor(Role.OPERATOR)
        before, books_before = standing(target), balances()
        assert reverse(payment, actor=one).state == "posted"
        with pytest.raises(refusals.ReversalBySamePerson):
            reverse(payment, actor=one)
        assert (standing(target), balances()) == (before, books_before)
        undone = reverse(payment, actor=two)
        assert undone.state == "reversed"
        assert (undone.reversal_asked_by, undone.reversal_agreed_by) == (one.label, two.label)
        assert_books(target)

    def test_a_question_nobody_answered_lapses(self) -> None:
        _target, payment = self.covered_and_paid_out()
        one, two = actor(Role.OPERATOR), actor(Role.OPERATOR)
        reverse(payment, actor=one)
        late = AT + timedelta(days=1 + ASKED_DAYS)
        assert reverse(payment, actor=two, at=late).state == "posted"
        assert reverse(payment, actor=one, at=late).state == "reversed"

    @pytest.mark.parametrize("by", ["who asked", "a colleague"])
    def test_a_question_is_withdrawn_and_leaves_no_wish(self, by: str) -> None:
        target, payment = self.covered_and_paid_out()
        one, two = actor(Role.OPERATOR), actor(Role.OPERATOR)
        before, books_before = standing(target), balances()
        reverse(payment, actor=one)
        who = one if by == "who asked" else two
        withdrawn = services.withdraw_reversal(payment_id=payment.pk, actor=who, at=LATER)
        assert (withdrawn.state, asked_for(withdrawn, LATER)) == ("posted", None)
        told = (withdrawn.reversal_asked_by, withdrawn.reversal_reason, withdrawn.reversal_back)
        assert told == ("", "", False)
        assert (standing(target), balances()) == (before, books_before)
        entry = Entry.objects.get(kind="payment.reversal-withdrawn")
        assert (entry.actor, entry.facts["reason"]) == (who.label, "bounced")
        with pytest.raises(ChangedMeanwhile):
            services.agree_reversal(payment_id=payment.pk, actor=two, at=LATER)
        # Asked anew, it takes another person again.
        assert reverse(payment, actor=two).state == "posted"
        assert reverse(payment, actor=one).state == "reversed"

    @pytest.mark.parametrize("why", ["nobody asked", "withdrawn", "lapsed"])
    def test_what_nobody_asks_for_is_not_withdrawn(self, why: str) -> None:
        _target, payment = self.covered_and_paid_out()
        told = {"payment_id": payment.pk, "actor": actor(Role.OPERATOR), "at": LATER}
        if why != "nobody asked":
            reverse(payment, actor=actor(Role.OPERATOR))
        if why == "withdrawn":
            services.withdraw_reversal(**told)
        if why == "lapsed":
            told["at"] = AT + timedelta(days=1 + ASKED_DAYS)
        with pytest.raises(refusals.NoSuchReversalAsked):
            services.withdraw_reversal(**told)

    def test_a_creditor_withdraws_only_what_it_asked_for_itself(self) -> None:
        target, payment = self.covered_and_paid_out()
        own, colleague = (actor(Role.CREDITOR, target.creditor) for _each in range(2))
        clerk = actor(Role.OPERATOR)
        reverse(payment, actor=clerk)
        for other in (own, actor(Role.COLLECTOR, collector())):
            with pytest.raises(NotPermitted):
                services.withdraw_reversal(payment_id=payment.pk, actor=other, at=LATER)
        services.withdraw_reversal(payment_id=payment.pk, actor=clerk, at=LATER)
        reverse(payment, actor=own)
        with pytest.raises(NotPermitted):
            services.withdraw_reversal(payment_id=payment.pk, actor=colleague, at=LATER)
        services.withdraw_reversal(payment_id=payment.pk, actor=own, at=LATER)
        assert not Payment.objects.exclude(reversal_asked_by="").exists()

    def test_an_old_page_withdraws_nothing_that_was_asked_later(self) -> None:
        _target, payment = self.covered_and_paid_out()
        one, two = actor(Role.OPERATOR), actor(Role.OPERATOR)
        reverse(payment, actor=one)
        old = payment_for(payment_id=payment.pk, actor=one).shown
        reverse(payment, actor=two, reason="paid twice")
        for seen in (old, ""):
            with pytest.raises(ChangedMeanwhile):
                services.withdraw_reversal(payment_id=payment.pk, actor=one, at=LATER, seen=seen)
        payment.refresh_from_db()
        assert payment.reversal_reason == "paid twice"

    def test_a_debtor_who_paid_here_is_not_asked_again_by_one_clerk(self) -> None:
        target = claim(principal=9_000)
        payment = pay(target, 9_000, source="cashier")
        assert reverse(payment, actor=actor(Role.OPERATOR)).state == "posted"
        assert fresh(target).state == "closed"

    def test_the_plain_case_needs_one(self) -> None:
        payment = pay(claim(principal=9_000), 8_000)
        assert reverse(payment, actor=actor(Role.OPERATOR)).state == "reversed"

    def test_a_settled_claim_is_opened_again_by_two(self) -> None:
        target = claim(principal=9_000)
        payment = pay(target, 9_000)
        assert reverse(payment, actor=actor(Role.OPERATOR)).state == "posted"
        assert fresh(target).state == "closed"
        assert reverse(payment, actor=actor(Role.OPERATOR)).state == "reversed"

    def test_another_wish_is_asked_anew_and_agrees_to_nothing(self) -> None:
        payment = pay(claim(principal=9_000), 9_000)
        one, two = actor(Role.OPERATOR), actor(Role.OPERATOR)
        reverse(payment, actor=one)
        asked = reverse(payment, actor=two, reason="paid twice")
        assert (asked.state, asked.reversal_asked_by) == ("posted", two.label)
        with pytest.raises(refusals.ReversalBySamePerson):
            services.agree_reversal(payment_id=payment.pk, actor=two, at=AT + timedelta(days=1))
        late = AT + timedelta(days=1 + ASKED_DAYS)
        with pytest.raises(ChangedMeanwhile):
            services.agree_reversal(payment_id=payment.pk, actor=one, at=late)
        undone = services.agree_reversal(payment_id=payment.pk, actor=one, at=AT)
        assert (undone.reversal_reason, undone.reversal_agreed_by) == ("paid twice", one.label)

    def test_a_machine_agrees_to_no_wish_of_a_person(self) -> None:
        payment = pay(claim(principal=9_000), 9_000)
        reverse(payment, actor=actor(Role.OPERATOR))
        undone = reverse(payment, reason="charged back")
        assert (undone.reversal_asked_by, undone.reversal_agreed_by) == (JOB.label, "")

    def test_who_undid_it_approves_no_payout_of_it(self) -> None:
        agency, target = collector(), claim(principal=200_000)
        mandate(target, agency)
        payment = pay(target, 100_000)
        receive(target.creditor, 25_000)
        clerk, other = actor(Role.OPERATOR), actor(Role.OPERATOR)
        assert reverse(payment, actor=clerk).state == "reversed"
        (back,) = services.prepare_payouts(actor=other, at=AT + timedelta(days=1))
        assert back.organisation_id == target.creditor_id
        with pytest.raises(refusals.NotApart):
            services.approve_payout(payout_id=back.pk, actor=clerk, at=AT)
        services.approve_payout(payout_id=back.pk, actor=actor(Role.OPERATOR), at=AT)

    def test_the_database_knows_no_second_person_who_is_the_first(self) -> None:
        payment = pay(claim(), 100)
        with pytest.raises(IntegrityError, match="reversal_two"), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(
                reversal_asked_by="operator:1", reversal_agreed_by="operator:1"
            )


@pytest.mark.django_db
class TestReversePayment:
    def test_everything_is_as_before(self) -> None:
        target, agency = claim(costs=100, interest=200, principal=9_000), collector()
        mandate(target, agency)
        before, books_before = standing(target), balances()
        reverse(pay(target, 5_000))
        assert standing(target) == before
        assert balances() == books_before
        assert_books(target)

    def test_a_settled_claim_opens_again(self) -> None:
        target = claim(principal=9_000)
        payment = pay(target, 9_000)
        assert fresh(target).state == "closed"
        reverse(payment)
        assert fresh(target).state == "ready"
        assert fresh(target).principal == 9_000
        assert_books(target)

    def test_later_payments_are_applied_again_without_it(self) -> None:
        target = claim(costs=500, principal=9_000)
        first = pay(target, 600)
        second = pay(target, 1_000, "r2", at=AT + timedelta(hours=1))
        reverse(first)
        parts = dict(Allocation.objects.filter(payment=second).values_list("component", "amount"))
        assert parts == {"costs": 500, "principal": 500}
        assert fresh(target).principal == 8_500
        assert_books(target)

    def test_excess_of_a_later_payment_pays_the_debt_after_all(self) -> None:
        target, agency = claim(principal=9_000), collector()
        mandate(target, agency)
        first = pay(target, 4_000)
        second = pay(target, 6_000, "r2", at=AT + timedelta(hours=1))
        assert second.excess == 1_000
        reverse(first)
        second.refresh_from_db()
        assert second.excess == 0
        assert fresh(target).principal == 3_000
        assert Split.objects.get(payment=second).amount == 6_000
        assert_books(target)

    def test_interest_is_calculated_anew_on_the_right_principal(self) -> None:
        fields = {"overdue_rate_pct": Decimal(12), "interest_to": date(2026, 11, 1)}
        target = claim(principal=1_000_000, **fields)
        never_paid = claim(principal=1_000_000, **fields)
        bounced = pay(target, 500_000, paid_on=date(2026, 11, 10))
        for number, each in enumerate((target, never_paid)):
            late = AT + timedelta(hours=1)
            pay(each, 3_000, f"later-{number}", paid_on=date(2026, 11, 20), at=late)
        assert fresh(target).principal < fresh(never_paid).principal
        reverse(bounced)
        assert standing(target) == standing(never_paid)
        assert_books(target)

    def test_two_payments_can_be_reversed_one_after_the_other(self) -> None:
        fields = {"overdue_rate_pct": Decimal(12), "interest_to": date(2026, 11, 1)}
        target, never_paid = (
            claim(principal=1_000_000, **fields),
            claim(principal=1_000_000, **fields),
        )
        first = pay(target, 400_000, paid_on=date(2026, 11, 5))
        second = pay(target, 300_000, "r2", paid_on=date(2026, 11, 12), at=AT + timedelta(hours=1))
        third = pay(target, 1_000, "r3", paid_on=date(2026, 11, 22), at=AT + timedelta(hours=2))
        reverse(first)
        reverse(second)
        pay(never_paid, 1_000, "n1", paid_on=date(2026, 11, 22))
        assert standing(target) == standing(never_paid)
        reverse(third)
        assert fresh(target).paid == 0
        assert_books(target)

    def test_what_was_paid_out_is_kept_from_the_next_payout(self) -> None:
        target, agency = claim(principal=100_000), collector()
        mandate(target, agency)
        payment = pay(target, 40_000, source="cashier")
        boss, second = actor(Role.OPERATOR), actor(Role.OPERATOR)
        for payout in services.prepare_payouts(actor=boss, at=AT):
            services.approve_payout(payout_id=payout.pk, actor=second, at=AT)
            services.pay_payout(payout_id=payout.pk, actor=boss, at=AT)
        # The platform's own money lends what must go back; another debtor's never does.
        receive(None, 40_000)
        reverse(payment)
        owed_back = accounts.clawback(accounts.payable(agency.pk))
        assert books.balance(path=owed_back, currency="CNY") == 7_600
        assert_books(target)

    def test_a_payment_is_reversed_once(self) -> None:
        payment = pay(claim(), 100)
        reverse(payment)
        with pytest.raises(refusals.NotReversible):
            reverse(payment)

    def test_a_creditor_takes_back_only_its_own_reports(self) -> None:
        target = claim()
        own = actor(Role.CREDITOR, target.creditor)
        reported, here = pay(target, 100), pay(target, 200, "r2", source="cashier")
        with pytest.raises(NotPermitted):
            reverse(here, actor=own)
        with pytest.raises(refusals.NoSuchPayment):
            reverse(reported, actor=actor(Role.CREDITOR, claim().creditor))
        assert reverse(reported, actor=own).state == "reversed"


steps = st.lists(
    st.tuples(st.sampled_from(["cashier", "creditor"]), st.integers(1, 60_000), st.booleans()),
    min_size=1,
    max_size=5,
)


class TestAnyHistory(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(steps, st.integers(0, 500), st.booleans())
    def test_reversing_all_restores_everything(
        self, history: list[tuple[str, int, bool]], costs: int, placed: bool
    ) -> None:
        target = claim(costs=costs, principal=70_000)
        if placed:
            mandate(target, collector())
        owed = fresh(target).owed
        paid = [
            pay(target, amount, f"r{number}", source=source, at=AT + timedelta(minutes=number))
            for number, (source, amount, _first) in enumerate(history)
        ]
        assert_books(target)
        front = [each for each, step in zip(paid, history, strict=True) if step[2]]
        for each in [*front, *(each for each in paid if each not in front)]:
            reverse(each)
            assert_books(target)
        now = fresh(target)
        assert (now.owed, now.paid, now.costs) == (owed, 0, costs)
        touched = {path for path in balances() if not path.startswith("claim:")}
        assert touched == {accounts.claimed(target.creditor_id)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "back"), [("submitted", "submitted"), ("challenge", "challenge"), ("ready", "ready")]
)
def test_paid_and_taken_back_a_claim_stands_where_no_reviewer_was_passed(
    state: str, back: str
) -> None:
    target = claim(principal=1_000, state=state)
    payment = pay(target, 1_000, source="creditor")
    target.refresh_from_db()
    assert target.state == "closed"
    reverse(payment)
    target.refresh_from_db()
    assert (target.state, target.owed) == (back, 1_000)


@pytest.mark.django_db
def test_a_claim_decided_for_its_debtor_while_it_was_settled_never_owes_again() -> None:
    target = claim(principal=1_000)
    first = pay(target, 400)
    pay(target, 600, "r2")
    Dispute.objects.create(
        claim=target, person=target.debtor, reason="not_mine", state="upheld",
        opened_at=AT, answer_due_at=AT, decided_at=AT,
    )  # fmt: skip
    reverse(first)
    target.refresh_from_db()
    assert (target.state, target.owed) == ("withdrawn", 0)
    assert_books(target)


@pytest.mark.django_db
def test_what_went_through_the_cashier_is_proven_and_is_not_when_it_is_reversed() -> None:
    target = claim(principal=1_000)
    first = pay(target, 300, source="cashier")
    pay(target, 200, "r2", source="creditor")
    pay(target, 100, "r3", source="cashier")
    target.refresh_from_db()
    assert (target.paid, target.proven) == (600, 400)
    reverse(first)
    target.refresh_from_db()
    assert (target.paid, target.proven) == (300, 100)
