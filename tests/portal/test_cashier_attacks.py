"""The cashier of the demonstration: no way to free money in a real market, none into the house."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from qinghe.settlement.cashier import Checkout, checkout_query
from qinghe.settlement.models import CashierOrder
from tests.portal.conftest import World


def order(client: Client, world: World) -> str:
    path = f"/d/claims/{world.claim.pk}/pay/"
    data = {"request_key": uuid4().hex, "part_of": "part", "amount": "500.00"}
    return str(client.post(path, data).headers.get("Location", ""))


def test_in_a_real_market_no_button_settles_a_debt(
    inside: Client, world: World, settings: Settings
) -> None:
    settings.DEMO = False
    assert order(inside, world) == ""
    assert not CashierOrder.objects.exists()
    address = f"/cashier-sandbox/?{checkout_query(Checkout(uuid4(), 1, 'CNY'))}"
    assert inside.get(address).status_code == 404
    assert inside.post(address, {"event": "paid"}).status_code == 404
    assert not ProcrastinateJob.objects.filter(task_name="cashier-sandbox.notify").exists()


def test_the_notice_goes_to_this_installation_whatever_host_was_asked_for(
    inside: Client, world: World, settings: Settings
) -> None:
    settings.QINGHE_BASE_URL = "https://here.example/"
    inside.post(order(inside, world), {"event": "paid"}, headers={"Host": "testserver:6379"})
    job = ProcrastinateJob.objects.get(task_name="cashier-sandbox.notify")
    assert job.args["url"] == "https://here.example/api/webhooks/cashier-sandbox"


@pytest.mark.parametrize("signature", ["é", "％", "", "0" * 100_000])
def test_a_signature_that_is_none_is_refused_and_never_an_error(
    client: Client, world: World, signature: str
) -> None:
    answer = client.get(
        "/cashier-sandbox/", {"order": str(uuid4()), "amount": "1", "signature": signature}
    )
    assert answer.status_code == 403
