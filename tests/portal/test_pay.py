"""The way to the cashier and back: a signed address, a signed notice, an honest receipt."""

from __future__ import annotations

import http.client
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from qinghe.claims.models import Claim
from qinghe.kernel.clock import now
from qinghe.portal.jobs import NotHeardError, notify
from qinghe.settlement.cashier import Notice, notice_body, sign
from qinghe.settlement.models import CashierOrder, Payment
from tests.portal.conftest import World

TODAY = 157_085


def go(client: Client, world: World, **data: str) -> str:
    """Choose an amount and return the cashier's address."""
    path = f"/d/claims/{world.claim.pk}/pay/"
    answer = client.post(path, {"request_key": uuid4().hex, **data})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.url)


def notice(order: CashierOrder, event: str = "paid", amount: int | None = None) -> bytes:
    return notice_body(
        Notice(order.pk, event, order.amount if amount is None else amount, order.currency, now())
    )


def tell(client: Client, body: bytes, signature: str | None = None) -> int:
    answer = client.post(
        "/api/webhooks/cashier-sandbox",
        body,
        content_type="application/json",
        headers={"X-Cashier-Signature": sign(body) if signature is None else signature},
    )
    return answer.status_code


def test_the_person_is_sent_away_with_a_signed_amount(inside: Client, world: World) -> None:
    url = go(inside, world, part_of="part", amount="500.00")
    assert url.startswith("/cashier-sandbox/?order=")
    page = inside.get(url)
    assert page.status_code == 200
    assert "500.00\u00a0yuan" in page.content.decode()
    assert inside.get(url.replace("amount=50000", "amount=1")).status_code == 403
    assert inside.get("/cashier-sandbox/").status_code == 403


@pytest.mark.parametrize("amount", ["", "0", "-5", "0.001", "1570.86", "x"])
def test_an_impossible_amount_comes_back_with_a_sentence(
    inside: Client, world: World, amount: str
) -> None:
    data = {"request_key": uuid4().hex, "part_of": "part", "amount": amount}
    page = inside.post(f"/d/claims/{world.claim.pk}/pay/", data)
    assert page.status_code == 200
    assert page.context["form"].errors["amount"]
    assert not CashierOrder.objects.exists()


def test_the_receipt_waits_until_the_notice_came(inside: Client, world: World) -> None:
    back = inside.post(go(inside, world, part_of="all"), {"event": "paid"})
    order = CashierOrder.objects.get()
    assert back.url == f"/d/receipts/{order.pk}/"
    assert 'data-test="receipt-pending"' in inside.get(back.url).content.decode()
    assert tell(inside, notice(order)) == 200
    text = inside.get(back.url).content.decode()
    assert 'data-test="receipt-paid"' in text
    assert "1,570.85\u00a0yuan" in text


def test_paying_all_of_it_settles_the_claim_with_todays_interest(
    inside: Client, world: World
) -> None:
    go(inside, world, part_of="all")
    order = CashierOrder.objects.get()
    assert order.amount == TODAY
    assert tell(inside, notice(order)) == 200
    assert Claim.objects.get(pk=world.claim.pk).state == "closed"


def test_where_nothing_is_owed_any_more_nobody_is_asked_to_pay(
    inside: Client, world: World
) -> None:
    go(inside, world, part_of="all")
    assert tell(inside, notice(CashierOrder.objects.get())) == 200
    address = f"/d/claims/{world.claim.pk}/"
    assert inside.get(f"{address}pay/").url == address
    again = inside.post(f"{address}pay/", {"request_key": uuid4().hex, "part_of": "all"})
    assert again.url == address
    assert CashierOrder.objects.count() == 1


@pytest.mark.parametrize("account", ["", "622200001111"])
def test_wherever_somebody_pays_it_says_that_no_collector_gets_money(
    inside: Client, world: World, settings: Any, account: str
) -> None:
    settings.BANK_ACCOUNT = account
    text = inside.get(f"/d/claims/{world.claim.pk}/pay/").content.decode()
    assert "never to a collector" in text
    assert f"/d/complain/?claim={world.claim.pk}" in text


def test_repeated_late_and_foreign_notices_change_nothing(inside: Client, world: World) -> None:
    go(inside, world, part_of="part", amount="10")
    order = CashierOrder.objects.get()
    assert tell(inside, notice(order), signature="0" * 64) == 403
    assert tell(inside, notice(order, amount=1)) == 409
    assert tell(inside, b"{}") == 400
    assert not Payment.objects.exists()
    for event in ("paid", "paid", "failed", "pending"):
        assert tell(inside, notice(order, event)) == 200
    assert Payment.objects.count() == 1


def test_another_persons_receipt_is_not_there(inside: Client, world: World) -> None:
    go(inside, world, part_of="all")
    Claim.objects.filter(pk=world.claim.pk).update(debtor=world.stranger)
    assert inside.get(f"/d/receipts/{CashierOrder.objects.get().pk}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_messenger_carries_the_notice_over_http(
    live_server: LiveServer, inside: Client, world: World
) -> None:
    go(inside, world, part_of="part", amount="10")
    body = notice(CashierOrder.objects.get()).decode()
    url = f"{live_server.url}/api/webhooks/cashier-sandbox"
    for _each in range(2):
        notify(url=url, body=body, signature=sign(body.encode()))
    assert Payment.objects.count() == 1
    with pytest.raises(NotHeardError):
        notify(url=url, body=body, signature="wrong")


def test_a_silent_platform_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(http.client.HTTPConnection, "request", refuse)
    with pytest.raises(NotHeardError):
        notify(url="http://127.0.0.1:9/x", body="{}", signature="")


def test_a_typed_amount_is_a_choice(inside: Client, world: World) -> None:
    go(inside, world, amount="1 000")
    assert CashierOrder.objects.get().amount == 100_000
    address = f"/d/claims/{world.claim.pk}/pay/"
    page = inside.post(address, {"request_key": uuid4().hex, "amount": " "})
    assert list(page.context["form"].errors) == ["part_of"]
    page = inside.post(address, {"request_key": uuid4().hex, "amount": "x"})
    assert list(page.context["form"].errors) == ["amount"]
