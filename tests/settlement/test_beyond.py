"""A payment reported beyond what is owed is a slip of the hand until somebody says it is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Role
from qinghe.settlement import refusals, services
from qinghe.settlement.models import Payment
from tests.factories import AT, actor, claim
from tests.settlement.test_imports import load
from tests.settlement.test_payments import fresh

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


def report(target: Claim, amount: int, reference: str = "r", **more: Any) -> Payment:
    return services.post_payment(
        claim_id=target.pk,
        amount=amount,
        currency="CNY",
        paid_on=DAY,
        source="creditor",
        reference=reference,
        actor=actor(Role.CREDITOR, target.creditor),
        at=AT,
        **more,
    )


def test_a_slip_is_asked_about_and_books_nothing() -> None:
    target = claim(principal=10_000)
    with pytest.raises(refusals.AboveOwed) as refused:
        report(target, 9_999_999_900)
    assert refused.value.facts == {
        "excess": f"{(9_999_999_900 - target.owed) / 100:,.2f} CNY",
        "excess_minor": 9_999_999_900 - target.owed,
    }
    assert not Payment.objects.exists()
    assert fresh(target).owed == target.owed


def test_what_was_named_is_booked_and_no_more_than_that() -> None:
    target = claim(principal=10_000)
    with pytest.raises(refusals.AboveOwed):
        report(target, target.owed + 500, excess=499)
    assert report(target, target.owed + 500, excess=500).excess == 500
    with pytest.raises(refusals.AboveOwed):
        report(target, 100, "again")


def test_a_repetition_of_what_was_booked_asks_nothing() -> None:
    target = claim(principal=10_000)
    first = report(target, target.owed + 500, excess=500)
    assert report(target, target.owed + 500).pk == first.pk


def test_exactly_what_is_owed_asks_nothing() -> None:
    target = claim(principal=10_000)
    assert report(target, target.owed).excess == 0


def test_a_file_beyond_its_debts_books_none_of_its_rows() -> None:
    one = claim(contract_number="K-1", principal=10_000)
    rows = ("K-1,b1,40.00,CNY,2026-11-20", "K-1,b2,90.00,CNY,2026-11-21")
    with pytest.raises(refusals.AboveOwed) as refused:
        load(one.creditor, *rows)
    assert refused.value.facts["excess_minor"] == 3_000
    assert not Payment.objects.exists()
    assert load(one.creditor, *rows, excess=3_000).posted == 2


def test_a_payment_for_several_debts_is_asked_about_too() -> None:
    target = claim(principal=10_000)
    told = {
        "claim_ids": [target.pk],
        "amount": target.owed + 1,
        "currency": "CNY",
        "paid_on": DAY,
        "reference": "s",
        "actor": actor(Role.CREDITOR, target.creditor),
        "at": AT,
    }
    with pytest.raises(refusals.AboveOwed):
        services.spread_payment(**told)
    assert sum(each.excess for each in services.spread_payment(**told, excess=1)) == 1
