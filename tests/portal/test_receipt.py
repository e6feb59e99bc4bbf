"""A receipt says what became of all of the money: what was too much, and what was taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from qinghe.kernel.actor import system
from qinghe.settlement.models import CashierOrder, Dispute, Payment, Refund
from qinghe.settlement.services import give_back, post_payment, reverse_payment
from qinghe.settlement.services.excess import queue
from tests.portal.conftest import ANSWER, NOON, World
from tests.portal.test_pay import go, notice, tell

JOB = system("tests")


def paid(inside: Client, world: World, **data: str) -> CashierOrder:
    """Go to the cashier once and pay there."""
    go(inside, world, **data)
    order = CashierOrder.objects.get(state="created")
    assert tell(inside, notice(order)) == 200
    return order


def paid_twice(inside: Client, world: World) -> CashierOrder:
    """Open the cashier twice for all of it and pay both; return the second."""
    for _time in range(2):
        go(inside, world, part_of="all")
    first, second = CashierOrder.objects.order_by("created_at", "pk")
    for order in (first, second):
        assert tell(inside, notice(order)) == 200
    return second


def receipt(inside: Client, order: CashierOrder) -> str:
    return str(inside.get(f"/d/receipts/{order.pk}/").content.decode())


def test_what_was_paid_twice_is_told_and_goes_back(inside: Client, world: World) -> None:
    order = paid_twice(inside, world)
    text = receipt(inside, order)
    assert 'data-test="back-due"' in text
    assert "1,570.85\u00a0yuan was more than was owed" in text
    # Nothing of it went to the creditor: it is held for who paid.
    assert world.creditor.name not in text
    for path in ("", "lines/"):
        page = inside.get(f"/d/claims/{world.claim.pk}/{path}").content.decode()
        assert page.count('data-test="back-due"') == 1, path
    Refund.objects.update(state="done", done_at=NOON, next_at=None)
    text = receipt(inside, order)
    assert 'data-test="back-due"' not in text
    assert "went back to where you paid from on" in text
    assert (
        'data-test="money-back"' not in inside.get(f"/d/claims/{world.claim.pk}/").content.decode()
    )


def test_a_part_that_was_too_much_is_told_beside_the_part_that_counts(
    inside: Client, world: World
) -> None:
    go(inside, world, part_of="all")
    post_payment(
        claim_id=world.claim.pk,
        amount=50_000,
        currency="CNY",
        paid_on=NOON.date(),
        source="creditor",
        reference="direct",
        actor=JOB,
        at=NOON,
    )
    order = CashierOrder.objects.get()
    assert tell(inside, notice(order)) == 200
    text = receipt(inside, order)
    assert "500.00\u00a0yuan was more than was owed" in text
    assert "1,070.85\u00a0yuan" in text
    assert world.creditor.name in text


def test_a_payment_of_the_right_size_says_nothing_of_this(inside: Client, world: World) -> None:
    text = receipt(inside, paid(inside, world, part_of="part", amount="500"))
    assert "receipt-back" not in text
    assert "receipt-less" not in text
    assert "money-back" not in inside.get(f"/d/claims/{world.claim.pk}/").content.decode()


@pytest.mark.parametrize("bank", [True, False])
def test_a_payment_that_was_undone_says_so(inside: Client, world: World, bank: bool) -> None:
    order = paid(inside, world, part_of="part", amount="500")
    payment = Payment.objects.get(order=order)
    if bank:
        Dispute.objects.create(
            order=order,
            kind="chargeback",
            number="cb-1",
            provider=order.provider,
            amount=50_000,
            currency="CNY",
            state="reversed",
            told_at=NOON,
        )
    else:
        # What was too much of it before is no longer due once all of it counts no longer.
        queue(payment, 100, "excess", JOB, NOON)
    reverse_payment(payment_id=payment.pk, reason="test", actor=JOB, at=NOON)
    text = receipt(inside, order)
    assert 'data-test="receipt-undone"' in text
    assert 'data-test="receipt-paid"' not in text
    assert ("Your bank or payment service took it back" in text) == bank
    assert 'data-test="back-due"' not in text
    lines = inside.get(f"/d/claims/{world.claim.pk}/lines/").content.decode()
    assert 'data-test="undone"' in lines


def test_a_payment_given_back_on_request_says_where_it_goes(inside: Client, world: World) -> None:
    order = paid(inside, world, part_of="part", amount="500")
    give_back(payment_id=Payment.objects.get(order=order).pk, reason="test", actor=JOB, at=NOON)
    text = receipt(inside, order)
    assert "It was made by mistake" in text
    assert "500.00\u00a0yuan goes back to where you paid from" in text
    assert 'data-test="money-back"' in inside.get(f"/d/claims/{world.claim.pk}/").content.decode()


def test_what_a_creditor_received_too_much_is_asked_back_there(
    inside: Client, world: World
) -> None:
    post_payment(
        claim_id=world.claim.pk,
        amount=200_000,
        excess=200_000,
        currency="CNY",
        paid_on=NOON.date(),
        source="creditor",
        reference="direct",
        actor=JOB,
        at=NOON,
    )
    lines = inside.get(f"/d/claims/{world.claim.pk}/lines/").content.decode()
    assert 'data-test="back-elsewhere"' in lines
    assert 'data-test="back-due"' not in lines


def test_what_is_still_open_is_the_sum_of_the_claim_page(
    inside: Client, world: World, time_machine: object
) -> None:
    order = paid(inside, world, part_of="part", amount="500")
    # Interest is booked when money comes; it has grown since.
    time_machine.move_to(NOON + timedelta(days=9), tick=False)  # type: ignore[attr-defined]
    inside.post("/d/", {"code": world.code, "answer": ANSWER})
    claim = inside.get(f"/d/claims/{world.claim.pk}/").context["claim"]
    assert claim.fresh > 0
    page = inside.get(f"/d/receipts/{order.pk}/")
    assert page.context["order"].owed == claim.owed
    # The same money, had it come without the cashier.
    Payment.objects.filter(order=order).update(order=None, source="transfer")
    payment = Payment.objects.get()
    assert inside.get(f"/d/payments/{payment.pk}/").context["order"].owed == claim.owed


def test_the_copy_tells_a_payment_that_was_too_much_from_one_that_counts(
    inside: Client, world: World
) -> None:
    paid_twice(inside, world)
    text = inside.post("/d/papers/copy/", {"format": "html"}).content.decode()
    rows = [row for row in text.split("<li>") if "1,570.85\u00a0yuan · " in row]
    rows = [row for row in rows if world.claim.number in row]
    assert ["all of it more than was owed" in row for row in rows].count(True) == 1
    assert [row for row in rows if "back-due" in row] == [
        row for row in rows if "all of it more than was owed" in row
    ]
    assert len(rows) == 2


@pytest.mark.parametrize(("source", "promised"), [("creditor", False), ("cashier", True)])
def test_receipts_are_promised_only_where_there_are_some(
    inside: Client, world: World, source: str, promised: bool
) -> None:
    post_payment(
        claim_id=world.claim.pk,
        amount=1_000,
        currency="CNY",
        paid_on=NOON.date(),
        source=source,
        reference="x",
        actor=JOB,
        at=NOON,
    )
    page = inside.get(f"/d/claims/{world.claim.pk}/").content.decode()
    assert ("· Receipts" in page) == promised
