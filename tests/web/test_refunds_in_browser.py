"""Ways to pay at the debtor's door and the desk of refunds, as people see them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from qinghe.claims.models import Claim
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.portal import session
from qinghe.settlement.models import CashierOrder, Dispute
from tests.factories import claim
from tests.journeys.visitor import CHROMIUM
from tests.settlement.providers.fakes import Alipay, Wechat
from tests.settlement.providers.house import standing
from tests.web.people import signed_in
from tests.web.screen import look, sign_in
from tests.web.test_refund_page import refund

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


def inside(target: Claim) -> Client:
    """Return a browser in which the claim's debtor has opened the door."""
    client, answer = Client(), HttpResponse()
    session.begin(answer, person_id=target.debtor_id, at=clock.now())
    client.cookies[session.COOKIE] = answer.cookies[session.COOKIE].value
    return client


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_desk_of_refunds(browser: Browser, live_server: LiveServer, language: str) -> None:
    for state in ("waiting", "ready", "sent", "failed", "done", "dropped"):
        made = refund(state, fault="ACQ.TRADE_HAS_CLOSE" if state == "failed" else "")
    at = clock.now() - timedelta(days=2)
    for kind, state in (("complaint", "open"), ("chargeback", "reversed"), ("refund", "ended")):
        Dispute.objects.create(
            order=made.payment.order,
            kind=kind,
            state=state,
            number=f"4200000{kind}",
            provider="wechat",
            amount=500,
            currency="CNY",
            told_at=at,
        )
    with browser.new_context() as context:
        page = sign_in(context, live_server.url, signed_in(Role.OPERATOR), language)
        page.goto(f"{live_server.url}/refunds/")
        assert page.locator("[data-test=approve-refund]").count() == 1
        look(page, "refunds", language)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_ways_at_the_door(
    browser: Browser, live_server: LiveServer, settings: Any, tmp_path: Path, language: str
) -> None:
    target = claim(principal=10_000)
    with standing() as house, browser.new_context() as context:
        alipay, wechat = Alipay(house, clock.now()), Wechat(house, clock.now())
        settings.PAY_WAYS, settings.PAY_KEYS = ["alipay", "wechat", "stripe"], tmp_path / "pay"
        settings.PAY_NAMES = alipay.install(tmp_path / "pay") | wechat.install(tmp_path / "pay")
        house.answer = wechat.answer
        client = inside(target)
        for way in ("wechat", "alipay"):
            page = sign_in(context, live_server.url, client, language)
            page.goto(f"{live_server.url}/d/claims/{target.pk}/pay/")
            if way == "wechat":
                look(page, "pay-ways", language)
            page.check("input[name=part_of][value=all]")
            page.check(f"input[name=way][value={way}]")
            page.click("[data-test=to-cashier]")
            page.wait_for_selector("[data-test=paid-already]")
            look(page, f"pay-{way}", language)
    assert CashierOrder.objects.count() == 2
