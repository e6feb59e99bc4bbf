"""A creditor tells of money from before the order: the collector is told, and may object."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.settlement.models import Lowering, Payment
from qinghe.settlement.services import reverse_payment
from tests.factories import AT, claim, collector
from tests.settlement.test_lowering import HOUR, JOB, look, lower, placed, upheld
from tests.settlement.test_payments import fresh, pay

pytestmark = pytest.mark.django_db
TODAY = day_of(AT)


def told(target: Claim, amount: int = 200_000, days: int = -5) -> Payment:
    paid_on = TODAY + timedelta(days=days)
    return pay(
        target, amount, reference=f"r{days}", paid_on=paid_on, source="creditor", at=AT + HOUR
    )


def test_the_collector_is_told_of_money_from_before_its_order() -> None:
    target = placed(collector())
    told(target)
    assert look() == 1
    found = Lowering.objects.get()
    assert (found.amount, found.seen["paid_earlier"], found.state) == (200_000, 200_000, "told")
    assert look(AT + 3 * HOUR) == 0


def test_money_from_the_day_of_the_order_is_no_lowering() -> None:
    told(placed(collector()), days=0)
    assert look() == 0


def test_without_an_order_nobody_is_told() -> None:
    told(claim(principal=1_000_000))
    assert look() == 0


def test_both_ways_of_lowering_are_told_as_one() -> None:
    target = placed(collector())
    told(target)
    lower(target, 500_000)
    assert look() == 1
    found = Lowering.objects.get()
    assert found.seen["paid_earlier"] == 200_000
    assert found.amount == 200_000 + 1_000_000 - 200_000 - fresh(target).owed


def test_what_was_taken_back_is_not_told() -> None:
    target = placed(collector())
    reverse_payment(payment_id=told(target).pk, reason="slip", actor=JOB, at=AT + HOUR)
    assert look() == 0


def test_an_objection_found_right_makes_commission_due() -> None:
    target = placed(collector())
    told(target)
    look()
    found = upheld(Lowering.objects.get())
    assert (found.state, found.due) == ("upheld", 200_000)
