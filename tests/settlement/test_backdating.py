"""Money told late counts from the day it came, in whatever order it is told."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qinghe.claims.models import Claim, Line
from qinghe.claims.queries import claim_view
from qinghe.claims.services import accrue_interest, apply_payment
from qinghe.claims.services.rewinding import rewind_interest
from qinghe.ledger import queries as books
from qinghe.settlement.models import Allocation, Payment, Suspense
from qinghe.web.claimparts import equation
from tests.factories import AT, claim, collector, mandate
from tests.settlement.bank_files import Said, csv
from tests.settlement.test_covering import pay_out, receive
from tests.settlement.test_payments import JOB, assert_books, fresh, pay
from tests.settlement.test_reversal import reverse, standing
from tests.settlement.test_suspense import named, take

SINCE = date(2026, 11, 1)
DAYS = [date(2026, 11, day) for day in (3, 9, 14, 20)]


def owing(principal: int = 1_000_000) -> Claim:
    made = claim(principal=principal, overdue_rate_pct=Decimal(12), interest_to=SINCE)
    Line.objects.create(
        claim=made, component="principal", kind="claimed", amount=principal, booked_at=AT
    )
    return made


def later(minutes: int) -> datetime:
    return AT + timedelta(minutes=minutes)


def assert_told(target: Claim) -> None:
    """What is read of a claim is what is owed, each payment once, and each day's interest once."""
    view = claim_view(target.pk)
    for part in ("principal", "interest", "costs"):
        assert sum(x.amount for x in view.lines if x.component == part) == getattr(view, part)
    parts = Counter[tuple[str, str]]()
    for row in Allocation.objects.filter(payment__claim=target, payment__state="posted"):
        if row.amount:
            parts[str(row.payment_id), row.component] = -row.amount
    undone = {str(x.facts["payment"]) for x in view.lines if x.kind == "undone"}
    paid = [x for x in view.lines if x.kind == "paid" and x.facts["payment"] not in undone]
    assert len(paid) == len(parts)
    assert {(str(x.facts["payment"]), x.component): x.amount for x in paid} == dict(parts)
    gone = Payment.objects.filter(claim=target, state="reversed").values_list("pk", flat=True)
    assert undone <= {str(pk) for pk in gone}
    spans = sorted((x.facts["from"], x.facts["to"]) for x in view.lines if x.kind == "accrued")
    assert all(one[1] <= two[0] for one, two in pairwise(spans))


@pytest.mark.django_db
def test_money_told_late_leaves_other_payments_uncancelled() -> None:
    target = owing()
    pay(target, 1_000, "first", paid_on=date(2026, 11, 20), source="cashier", at=later(1))
    pay(target, 500_000, "late", paid_on=date(2026, 11, 11), source="creditor", at=later(2))
    view = claim_view(target.pk)
    assert {x.kind for x in view.lines} == {"claimed", "accrued", "paid"}
    # 19 days, told once: 10 on the whole principal and 9 on half of it.
    with translation.override("en"):
        terms = equation(view, date(2026, 11, 20))
    (accrued,) = [x for x in terms if x.source.startswith("19 days")]
    assert accrued.minor == sum(x.amount for x in view.lines if x.kind == "accrued")


@pytest.mark.django_db
def test_a_payment_told_late_takes_back_the_interest_since_its_day() -> None:
    late, early = owing(), owing()
    # Somebody looked at the claim, and interest was booked up to then.
    accrue_interest(claim_id=late.pk, to=date(2026, 11, 20), actor=JOB, at=AT)
    pay(late, 500_000, "x", paid_on=date(2026, 11, 11))
    pay(early, 500_000, "y", paid_on=date(2026, 11, 11))
    accrue_interest(claim_id=early.pk, to=date(2026, 11, 20), actor=JOB, at=AT)
    assert standing(late) == standing(early)
    assert_books(late)


@pytest.mark.django_db
def test_what_was_paid_later_is_applied_after_it() -> None:
    late, early = owing(), owing()
    for target, days in ((late, (20, 11)), (early, (11, 20))):
        mandate(target, collector())
        for n, day in enumerate(days):
            amount = 500_000 if day == 11 else 1_000
            paid_on = date(2026, 11, day)
            pay(target, amount, f"{target.pk}{day}", paid_on=paid_on, source="cashier", at=later(n))
        accrue_interest(claim_id=target.pk, to=date(2026, 11, 20), actor=JOB, at=later(9))
    assert standing(late) == standing(early)
    for target in (late, early):
        assert_books(target)


@pytest.mark.django_db
def test_what_has_left_and_cannot_be_lent_stands() -> None:
    target = owing()
    mandate(target, collector())
    pay(target, 1_000, "later", paid_on=date(2026, 11, 20), source="cashier")
    pay_out()
    before = Payment.objects.get(reference="later")
    pay(target, 500_000, "late", paid_on=date(2026, 11, 11), source="creditor", at=later(1))
    before.refresh_from_db()
    assert (before.state, before.excess) == ("posted", 0)
    assert_books(target)


@pytest.mark.django_db
def test_a_statement_that_comes_late_counts_from_the_day_of_the_bank() -> None:
    late, early = owing(), owing()
    pay(late, 100, "cash", paid_on=date(2026, 11, 24), source="cashier", at=later(1))
    take(csv([named(late, 500_000, "B1")]))
    paid = Payment.objects.get(claim=late, source="transfer")
    pay(early, 500_000, "z", paid_on=paid.paid_on, source="cashier", at=later(2))
    pay(early, 100, "w", paid_on=date(2026, 11, 24), source="cashier", at=later(3))
    assert paid.paid_on < date(2026, 11, 24)
    assert standing(late) == standing(early)
    assert not Suspense.objects.filter(rest__gt=0).exists()
    assert isinstance(named(late, 1), Said)


class TestAnyOrder(TestCase):
    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(range(4)),
                st.integers(1, 200_000),
                st.sampled_from(["cashier", "creditor"]),
            ),
            min_size=2,
            max_size=4,
            unique_by=lambda each: each[0],
        ),
        st.randoms(use_true_random=False),
    )
    def test_the_order_of_telling_changes_nothing(
        self, paid: list[tuple[int, int, str]], chance: object
    ) -> None:
        receive(None, 10_000_000, "own")
        ordered, mixed = owing(), owing()
        told = list(paid)
        chance.shuffle(told)  # type: ignore[attr-defined]
        for target, history in ((ordered, sorted(paid)), (mixed, told)):
            mandate(target, collector())
            for n, (day, amount, source) in enumerate(history):
                reference = f"{target.pk}-{day}"
                pay(target, amount, reference, source=source, paid_on=DAYS[day], at=later(n))
            accrue_interest(claim_id=target.pk, to=date(2026, 11, 25), actor=JOB, at=later(9))
            assert_books(target)
            assert_told(target)
        assert standing(mixed) == standing(ordered)
        # And undone one by one, the claim owes what it would if nobody had ever paid: to a cent a
        # span, for interest is rounded where a payment parted it.
        for payment in Payment.objects.filter(claim=mixed).order_by("reference"):
            reverse(payment)
            assert_books(mixed)
            assert_told(mixed)
        now, never = fresh(mixed), 1_000_000 * 12 * 24 // 36_500
        assert (now.principal, now.paid) == (1_000_000, 0)
        assert abs(now.interest - never) <= len(paid)
        assert set(books.trial_balance().values()) <= {0}


@pytest.mark.django_db
@given(
    ends=st.lists(st.integers(1, 60), min_size=1, max_size=5, unique=True),
    paid=st.integers(0, 20_000),
    since=st.integers(0, 60),
)
@settings(max_examples=60, deadline=None)
def test_interest_that_was_paid_is_not_charged_again(
    ends: list[int], paid: int, since: int
) -> None:
    """Taken back and accrued again on the same principal, it comes to what it was."""
    target = owing()
    to = [SINCE + timedelta(days=each) for each in sorted(ends)]
    for day in to:
        accrue_interest(claim_id=target.pk, to=day, actor=JOB, at=AT)
    before = fresh(target).interest
    parts = {"interest": min(paid, before)}
    apply_payment(claim_id=target.pk, amounts=parts, actor=JOB, at=AT)
    rewind_interest(claim_id=target.pk, since=SINCE + timedelta(days=since), actor=JOB, at=AT)
    assert fresh(target).interest_to >= SINCE
    accrue_interest(claim_id=target.pk, to=to[-1], actor=JOB, at=AT)
    now = fresh(target)
    assert now.interest_to == to[-1]
    # Rounding is done once per span.
    assert abs(now.interest - (before - parts["interest"])) <= len(to) + 1
