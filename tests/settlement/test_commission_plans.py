"""What is booked under a commission plan: steps, stages, reviews and reversals, to the cent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qinghe.casework.models import Promise
from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor, Role
from qinghe.ledger import queries as books
from qinghe.market.models import Mandate
from qinghe.market.services import publish, take, write_plan
from qinghe.settlement import accounts, services
from qinghe.settlement.models import Payment, Review, Split
from qinghe.settlement.queries import earnings
from tests.factories import AT, actor
from tests.market.conftest import TERMS, licensed, reachable_claim
from tests.market.test_commission import GOOD
from tests.settlement.test_covering import receive
from tests.settlement.test_payments import JOB, assert_books, pay

DAY = timedelta(days=1)


def under_plan(content: dict[str, Any] = GOOD, **fields: Any) -> tuple[Claim, Mandate, Actor]:
    """Return a claim of 1,000.00 in stage M2 whose mandate is under a plan, and its collector."""
    claim, collector = reachable_claim(**fields), licensed()
    creditor = actor(Role.CREDITOR, claim.creditor)
    plan = write_plan(name="Cards", content=content, actor=creditor, at=AT)
    listing = publish(
        claim_id=claim.pk, mode="grab", actor=creditor, at=AT, plan_id=plan.pk, **TERMS
    )
    return claim, take(listing_id=listing.pk, actor=collector, at=AT), collector


def gross(payment: Payment) -> int:
    split = Split.objects.get(payment=payment)
    return split.commission + split.reserve + split.platform_fee


@pytest.mark.django_db
class TestPlan:
    def test_each_cent_earns_by_the_step_it_falls_into(self) -> None:
        claim, _mandate, _collector = under_plan()
        # M2 in hand 1: a fifth; from 300.00 on two per cent more, from 600.00 on five.
        first = pay(claim, 25_000, "1")
        second = pay(claim, 25_000, "2", at=AT + DAY)
        assert (gross(first), gross(second)) == (5_000, 5_000 + 400)
        assert_books(claim)

    def test_the_stage_of_the_day_gives_the_rate(self) -> None:
        rows = [{"stages": ["M2"], "rate": "0.1"}, {"stages": ["M3"], "rate": "0.3"}]
        content = {**GOOD, "rows": [*rows, {"rate": "0.4"}], "ladder": {}}
        claim, _mandate, _collector = under_plan(content)
        early = pay(claim, 10_000, "1")
        Claim.objects.filter(pk=claim.pk).update(stage="M3")
        late = pay(claim, 10_000, "2", at=AT + DAY)
        assert (gross(early), gross(late)) == (1_000, 3_000)
        assert list(Split.objects.order_by("at").values_list("stage", flat=True)) == ["M2", "M3"]

    def test_a_reversal_takes_the_steps_back_too(self) -> None:
        claim, mandate, _collector = under_plan()
        first = pay(claim, 50_000, "1", source="cashier")
        second = pay(claim, 20_000, "2", at=AT + DAY, source="cashier")
        assert gross(second) == 4_000 + 10_000 * 2 // 100 + 10_000 * 5 // 100
        services.reverse_payment(payment_id=first.pk, reason="x", actor=JOB, at=AT + 2 * DAY)
        # Alone it never reaches the first step.
        assert gross(second) == 4_000
        held = accounts.payable(mandate.collector_id)
        split = Split.objects.get(payment=second)
        assert books.balance(path=held, currency="CNY") == -split.commission
        assert_books(claim)

    def test_what_was_paid_out_comes_back_and_never_more(self) -> None:
        claim, mandate, _collector = under_plan()
        payment = pay(claim, 50_000, "1", source="cashier")
        boss, second = actor(Role.OPERATOR), actor(Role.OPERATOR)
        for payout in services.prepare_payouts(actor=boss, at=AT):
            services.approve_payout(payout_id=payout.pk, actor=second, at=AT)
            services.pay_payout(payout_id=payout.pk, actor=boss, at=AT)
        paid = Split.objects.get(payment=payment).commission
        receive(None, 50_000)
        services.reverse_payment(payment_id=payment.pk, reason="x", actor=JOB, at=AT + DAY)
        back = accounts.clawback(accounts.payable(mandate.collector_id))
        assert books.balance(path=back, currency="CNY") == paid
        assert_books(claim)


@pytest.mark.django_db
class TestReview:
    def test_each_measure_decides_its_weight_on_the_day_of_the_review(self) -> None:
        claim, mandate, collector = under_plan()
        payment = pay(claim, 50_000, "1", source="cashier")
        reserve = Split.objects.get(payment=payment).reserve
        for state in ("kept", "broken"):
            Promise.objects.create(
                claim=claim,
                mandate=mandate,
                amount=1,
                due_on=AT.date(),
                paid_before=0,
                state=state,
                made_at=AT,
                decided_at=AT,
            )
        # GOOD waits 45 days, not the usual thirty.
        assert services.release_reserves(actor=JOB, at=AT + 44 * DAY) == 0
        assert services.release_reserves(actor=JOB, at=AT + 45 * DAY) == 1
        review = Review.objects.get()
        # Half of the promises were kept: a tenth of the whole is lost.
        assert (review.reserve, review.paid) == (reserve, reserve * 9 // 10)
        assert review.measures["promises"] == {"weight": "1/5", "good": 1, "of": 2}
        assert services.release_reserves(actor=JOB, at=AT + 99 * DAY) == 0
        held = accounts.payable(mandate.collector_id)
        split = Split.objects.get(payment=payment)
        assert books.balance(path=held, currency="CNY") == -(split.commission + review.paid)
        (earned,) = earnings(actor=collector)
        assert earned.earned == split.commission + review.paid
        assert_books(claim)

    def test_a_justified_complaint_takes_what_waits_and_marks_what_comes(self) -> None:
        claim, mandate, _collector = under_plan()
        pay(claim, 20_000, "1", source="cashier")
        assert services.forfeit_reserves(mandate_id=mandate.pk, actor=JOB, at=AT + DAY) == 1
        later = pay(claim, 20_000, "2", at=AT + 2 * DAY, source="cashier")
        services.release_reserves(actor=JOB, at=AT + 60 * DAY)
        review = Review.objects.get(payment=later)
        assert review.paid == review.reserve * 6 // 10
        assert_books(claim)

    def test_a_reviewed_payment_can_still_be_reversed(self) -> None:
        claim, mandate, _collector = under_plan()
        first = pay(claim, 20_000, "1", source="cashier")
        pay(claim, 20_000, "2", at=AT + DAY, source="cashier")
        services.release_reserves(actor=JOB, at=AT + 60 * DAY)
        assert Review.objects.count() == 2
        services.reverse_payment(payment_id=first.pk, reason="x", actor=JOB, at=AT + 61 * DAY)
        assert Split.objects.get(payment__reference="2").reserve_settled_at is None
        services.release_reserves(actor=JOB, at=AT + 62 * DAY)
        assert Review.objects.filter(mandate=mandate).count() == 3
        assert_books(claim)


class TestOrder(TestCase):
    @settings(max_examples=8, deadline=None)
    @given(st.lists(st.integers(1, 30_000), min_size=2, max_size=3), st.integers(0, 2))
    def test_reversing_one_is_as_if_it_had_never_come(self, amounts: list[int], gone: int) -> None:
        gone %= len(amounts)
        claim, mandate, _collector = under_plan()
        other, twin, _second = under_plan()
        made = [pay(claim, amount, f"a{at}", at=AT + at * DAY) for at, amount in enumerate(amounts)]
        for at, amount in enumerate(amounts):
            if at != gone:
                pay(other, amount, f"b{at}", at=AT + at * DAY)
        services.reverse_payment(payment_id=made[gone].pk, reason="x", actor=JOB, at=AT + 9 * DAY)

        def earned(which: Mandate) -> list[tuple[int, int]]:
            rows = Split.objects.filter(mandate=which, payment__state="posted").order_by("at")
            return list(rows.values_list("commission", "reserve"))

        assert earned(mandate) == earned(twin)
        assert_books(claim)
