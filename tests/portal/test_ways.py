"""The debtor's door offers the ways that are set up, and sends on with a fixed sum."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from qinghe.kernel.clock import now
from qinghe.settlement.models import CashierOrder
from tests.portal.conftest import World
from tests.settlement.providers.fakes import Alipay, Wechat
from tests.settlement.providers.house import House, standing


@pytest.fixture
def house(settings: Any, tmp_path: Path) -> Any:
    with standing() as made:
        alipay, wechat = Alipay(made, now()), Wechat(made, now())
        settings.PAY_WAYS = ["alipay", "wechat"]
        settings.PAY_KEYS = tmp_path / "pay"
        settings.PAY_NAMES = {
            **alipay.install(settings.PAY_KEYS),
            **wechat.install(settings.PAY_KEYS),
        }
        made.answer = wechat.answer
        yield made


def choose(client: Client, world: World, **data: str) -> Any:
    path = f"/d/claims/{world.claim.pk}/pay/"
    return client.post(path, {"request_key": uuid4().hex, "part_of": "all", **data}, follow=True)


def test_the_ways_are_offered_side_by_side_and_none_is_chosen(
    inside: Client, world: World, house: House
) -> None:
    page = inside.get(f"/d/claims/{world.claim.pk}/pay/").content.decode()
    assert 'value="alipay"' in page
    assert 'value="wechat"' in page
    assert "checked" not in page
    assert "sandbox" not in page
    answer = choose(inside, world)
    assert answer.context["form"].errors["way"]
    assert choose(inside, world, way="sandbox").context["form"].errors["way"]
    assert not CashierOrder.objects.exists()


def test_alipay_is_a_link_to_its_own_page(inside: Client, world: World, house: House) -> None:
    answer = choose(inside, world, way="alipay")
    order = CashierOrder.objects.get()
    assert answer.redirect_chain[-1][0] == f"/d/orders/{order.pk}/pay/"
    text = answer.content.decode()
    assert f'href="{house.url}/gateway.do?' in text
    assert 'data-test="go-on"' in text


def test_wechat_is_a_code_to_scan(inside: Client, world: World, house: House) -> None:
    text = choose(inside, world, way="wechat").content.decode()
    assert "<svg" in text
    assert 'role="img"' in text
    assert 'data-test="go-on"' not in text


def test_an_order_that_is_over_leads_to_its_receipt(
    inside: Client, world: World, house: House
) -> None:
    choose(inside, world, way="alipay")
    order = CashierOrder.objects.get()
    CashierOrder.objects.update(state="paid")
    answer = inside.get(f"/d/orders/{order.pk}/pay/")
    assert answer.url == f"/d/receipts/{order.pk}/"


def test_a_notice_comes_in_by_the_machines_door(inside: Client, world: World, house: House) -> None:
    choose(inside, world, way="alipay")
    order = CashierOrder.objects.get()
    alipay = Alipay(house, now())
    headers, body = alipay.paid(order)
    kind = headers["Content-Type"]
    path = "/api/webhooks/payments/alipay"
    assert (
        Client().post(path, alipay.forged((headers, body))[1], content_type=kind).status_code == 403
    )
    answer = Client(enforce_csrf_checks=True).post(path, body, content_type=kind)
    assert (answer.status_code, answer.content) == (200, b"success")
    order.refresh_from_db()
    assert order.state == "paid"
    assert (
        Client().post("/api/webhooks/payments/paypal", body, content_type=kind).status_code == 404
    )
