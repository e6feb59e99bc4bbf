"""Payouts on the page: a second person approves, and what the bank sends back is payable again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from qinghe.journal.models import Entry
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.models import Organisation, SettlementAccount
from qinghe.settlement.models import Payout, PayoutRun, Receipt
from tests.factories import AT, claim
from tests.settlement.banked import account, opened, owed
from tests.settlement.test_payments import assert_books, pay
from tests.shown import fields_of
from tests.web.people import signed_in

LATER = AT + timedelta(hours=1)
pytestmark = pytest.mark.django_db


def act(client: Client, place: str, **told: str) -> str:
    with clock.at(LATER):
        return client.post(f"/payouts/{place}/", told, follow=True).content.decode()


def approved(client: Client, run: PayoutRun) -> str:
    with clock.at(LATER):
        page, place = f"/payouts/runs/{run.pk}/", f"runs/{run.pk}/approve"
        shown = fields_of(client, page, f"/payouts/{place}/")
    return act(client, place, **shown)


def test_what_the_bank_sends_back_is_payable_again() -> None:
    target = claim()
    pay(target, 500, source="cashier")
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    act(one, "prepare")
    made = Payout.objects.get()
    assert "Do not pay" in act(other, f"{made.pk}/approve")
    assert "Sent back by the bank" in act(one, f"{made.pk}/pay")

    act(one, f"{made.pk}/back/ask", code="AC04", reason=" ")
    assert "one person alone" in act(one, f"{made.pk}/return", reason="account closed")
    act(one, f"{made.pk}/back/ask", code="AC04", reason="account closed")
    assert Payout.objects.get().state == "paid"
    assert "Returned by the bank" not in act(other, f"{made.pk}/back/decide")
    seen = fields_of(other, "/payouts/", f"/payouts/{made.pk}/back/decide/")
    page = act(other, f"{made.pk}/back/decide", **seen)
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
    assert "Another person must approve this payout; or, for the statement" in page
    assert 'data-test="approve-payout"' not in page


def entered(owner: Organisation, *, ago: int, number: str = "9900000000001234") -> None:
    """Let an account in place of the present one have been named and proven days ago."""
    SettlementAccount.objects.filter(organisation=owner).update(state="replaced")
    long_ago = AT - timedelta(days=ago)
    account(owner, number=number, added_at=long_ago, proven_at=long_ago)


def test_who_lets_money_go_reads_that_the_account_is_new_and_never_its_number() -> None:
    owner = owed(500)
    boss = signed_in(Role.OPERATOR)
    act(boss, "prepare")

    def seen(place: str = "/payouts/") -> str:
        with clock.at(LATER):
            return boss.get(place).text

    assert "new account" in seen()
    entered(owner, ago=4)
    page = seen()
    assert "account changed lately" in page
    assert "****1234" in page
    assert "9900000000001234" not in page
    assert "named 11-19" in page
    assert "proven 11-19" in page
    SettlementAccount.objects.filter(state="proven").update(state="declared", proven_at=None)
    assert "not proven yet" in seen()
    entered(owner, ago=31)
    assert 'data-test="new-account"' not in seen()
    entered(owner, ago=29)
    run = opened()
    page = seen(f"/payouts/runs/{run.pk}/")
    assert "account changed lately" in page
    assert "named 10-25" in page
    assert 'data-test="new-account"' in seen()
    approved(signed_in(Role.OPERATOR), run)
    assert 'data-test="new-account"' not in seen()
    assert 'data-test="new-account"' in seen(f"/payouts/runs/{run.pk}/")
