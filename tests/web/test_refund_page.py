"""The desk of refunds: what waits and how long, who may agree, what a provider took back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qinghe.kernel.actor import Role
from qinghe.kernel.clock import now
from qinghe.kernel.ids import new_id
from qinghe.settlement.models import CashierOrder, Dispute, Payment, Refund
from tests.factories import claim
from tests.web.people import actor_of, signed_in, sock_of

pytestmark = pytest.mark.django_db


def refund(state: str, **fields: Any) -> Refund:
    target, at = claim(principal=10_000), now() - timedelta(days=3)
    money = {"amount": 500, "currency": "CNY"}
    order = CashierOrder.objects.create(
        claim=target, provider="alipay", created_at=at, expires_at=at, state="paid", **money
    )
    payment = Payment.objects.create(
        claim=target,
        creditor=target.creditor,
        order=order,
        source="cashier",
        reference=str(order.pk),
        paid_on=at.date(),
        state="posted",
        received_at=at,
        **money,
    )
    given = {"cause": "excess", "asked_by": "system:x", "asked_at": at, **fields}
    return Refund.objects.create(payment=payment, state=state, **money, **given)


def test_the_queue_shows_ages_and_who_may_act() -> None:
    client = signed_in(Role.OPERATOR)
    waiting, failed = refund("waiting"), refund("failed", fault="ACQ.TRADE_HAS_CLOSE")
    refund("done", done_at=now())
    text = client.get("/refunds/").content.decode()
    assert "3\u00a0" in text
    assert "ACQ.TRADE_HAS_CLOSE" in text
    assert text.count('data-test="approve-refund"') == 1
    assert text.count('data-test="retry-refund"') == 1
    client.post(f"/refunds/{waiting.pk}/approve/", {"request_key": "a"})
    client.post(f"/refunds/{failed.pk}/retry/", {"request_key": "b"})
    waiting.refresh_from_db()
    failed.refresh_from_db()
    assert (waiting.state, failed.state) == ("ready", "dropped")


def test_whoever_does_not_stand_apart_from_who_asked_reads_so() -> None:
    client = signed_in(Role.OPERATOR)
    refund("waiting", asked_by=actor_of(client, Role.OPERATOR).label)
    for tied in (client, sock_of(client, Role.OPERATOR)):
        text = tied.get("/refunds/").text
        assert "a second person who stands apart approves" in text
        assert 'data-test="approve-refund"' not in text
    assert 'data-test="approve-refund"' in signed_in(Role.OPERATOR).get("/refunds/").text


def test_a_complaint_is_ended_by_a_person() -> None:
    client = signed_in(Role.OPERATOR)
    order = refund("done").payment.order
    made = Dispute.objects.create(
        order=order, kind="complaint", number="c1", provider="alipay", amount=0, currency="CNY",
        told_at=now(),
    )  # fmt: skip
    assert 'data-test="end-complaint"' in client.get("/refunds/").content.decode()
    client.post(f"/refunds/{made.pk}/answered/", {"request_key": "c"})
    made.refresh_from_db()
    assert made.state == "ended"


def test_the_page_asks_as_often_for_many_as_for_one() -> None:
    client = signed_in(Role.OPERATOR)
    refund("waiting", asked_by=f"operator:{new_id()}")
    client.get("/refunds/")
    with CaptureQueriesContext(connection) as one:
        client.get("/refunds/")
    for _each in range(5):
        refund("waiting", asked_by=f"operator:{new_id()}")
    with CaptureQueriesContext(connection) as many:
        client.get("/refunds/")
    assert len(many) == len(one)
