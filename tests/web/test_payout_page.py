"""Payouts on the page: a second person approves, and what the bank sends back is payable again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from qinghe.journal.models import Entry
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.settlement.models import Payout, Receipt
from tests.factories import AT, claim
from tests.settlement.test_payments import assert_books, pay
from tests.web.people import signed_in

LATER = AT + timedelta(hours=1)
pytestmark = pytest.mark.django_db


def act(client: Client, place: str, **told: str) -> str:
    with clock.at(LATER):
        return client.post(f"/payouts/{place}/", told, follow=True).content.decode()


def test_what_the_bank_sends_back_is_payable_again() -> None:
    target = claim()
    pay(target, 500, source="cashier")
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    act(one, "prepare")
    made = Payout.objects.get()
    assert "Do not pay" in act(other, f"{made.pk}/approve")
    assert "Sent back by the bank" in act(one, f"{made.pk}/pay")

    act(one, f"{made.pk}/return", reason=" ")
    assert Payout.objects.get().state == "paid"
    page = act(one, f"{made.pk}/return", reason="account closed")
    assert "Returned by the bank" in page
    assert "Sent back by the bank" not in page
    assert Entry.objects.get(kind="payout.returned").facts["reason"] == "account closed"

    act(one, "prepare")
    assert sorted(Payout.objects.values_list("state", "amount")) == [
        ("draft", 500),
        ("failed", 500),
    ]
    assert_books(target)


def test_who_would_be_refused_reads_why_instead_of_a_button() -> None:
    pay(claim(), 500, source="cashier")
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    act(one, "prepare")
    with clock.at(LATER):
        mine, theirs = one.get("/payouts/").text, other.get("/payouts/").text
    assert 'data-test="approve-payout"' not in mine
    assert "approved by another person than the one who prepared it" in mine
    assert 'data-test="approve-payout"' in theirs


def test_who_recorded_the_money_reads_that_somebody_else_must_approve() -> None:
    target = claim()
    pay(target, 500, source="cashier")
    clerk, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    me = f"operator:{clerk.session['_auth_user_id']}"
    told = {"amount": 70, "currency": "CNY", "reference": "B-1"}
    Receipt.objects.create(
        creditor=target.creditor, recorded_by=me, at=AT,
        confirmed_by="operator:1", confirmed_at=AT, **told,
    )  # fmt: skip
    act(other, "prepare")
    with clock.at(LATER):
        page = clerk.get("/payouts/").text
    assert "Another person must approve this payout." in page
    assert 'data-test="approve-payout"' not in page
