"""Money at the bank: one person records it, another confirms it, and only then it counts."""

from __future__ import annotations

import pytest

from qinghe.kernel.actor import Role
from qinghe.ledger.queries import balance
from qinghe.settlement import accounts
from qinghe.settlement.models import Receipt
from tests.web.people import signed_in, sock_of

pytestmark = pytest.mark.django_db
TOLD = {"sender": "own", "amount": "5.00", "currency": "CNY", "reference": "b1"}


def held() -> int:
    return balance(path=accounts.BANK, currency="CNY")


def test_two_people_book_money_that_arrived() -> None:
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    page = one.post("/money/received/", TOLD, follow=True).content.decode()
    for shown in (page, sock_of(one, Role.OPERATOR).get("/money/").text):
        assert "a second person who stands apart confirms" in shown
        assert 'data-test="receipt-confirm"' not in shown
    confirm = f"/money/received/{Receipt.objects.get().pk}/confirm/"
    one.post(confirm)
    assert held() == 0
    assert 'data-test="receipt-confirm"' in other.get("/money/").content.decode()
    other.post(confirm)
    assert held() == 500
    assert "to be confirmed" not in other.get("/money/").content.decode()


def test_a_mistake_is_dropped() -> None:
    one = signed_in(Role.OPERATOR)
    one.post("/money/received/", TOLD)
    one.post(f"/money/received/{Receipt.objects.get().pk}/drop/")
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.CREDITOR, Role.COLLECTOR])
def test_a_page_that_cannot_be_is_the_first(role: Role) -> None:
    client = signed_in(role)
    for page in ("0", "-1", "x", "", "99999999999"):
        assert client.get("/payments/", {"page": page}).status_code == 200


def test_an_amount_is_written_out() -> None:
    one = signed_in(Role.OPERATOR)
    one.post("/money/received/", {**TOLD, "amount": "1e5"})
    assert not Receipt.objects.exists()
