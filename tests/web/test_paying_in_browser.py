"""The pages on which a debtor pays as agreed, changes its mind, and reads what goes back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.casework.services import answer_early_offer, make_early_offer
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.kernel import clock
from qinghe.kernel.actor import Role, system
from qinghe.portal import session
from qinghe.settlement.models import CashierOrder, Payment
from qinghe.settlement.services import create_cashier_order, post_payment, reverse_payment
from qinghe.settlement.services.excess import queue_excess
from tests import factories
from tests.journeys.visitor import AXE, CHROMIUM
from tests.web.screen import look, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not AXE.is_file(), reason="front-end packages are not installed"),
]
JOB = system("tests")


def at_the_door(browser: Browser, server: LiveServer, claim: Claim, language: str) -> Page:
    client, response = Client(), HttpResponse()
    session.begin(response, person_id=claim.debtor_id, at=clock.now())
    client.cookies[session.COOKIE] = response.cookies[session.COOKIE].value
    context = browser.new_context(base_url=server.url)
    return sign_in(context, server.url, client, language)


def paid(claim: Claim, order: CashierOrder) -> Payment:
    payment = post_payment(
        claim_id=claim.pk,
        amount=order.amount,
        currency=order.currency,
        paid_on=day_of(clock.now()),
        source="cashier",
        reference=str(order.pk),
        order=order,
        actor=JOB,
        at=clock.now(),
    )
    CashierOrder.objects.filter(pk=order.pk).update(state="paid")
    queue_excess(payment=payment, at=clock.now())
    return payment


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_paying_as_agreed_and_twice(
    browser: Browser, live_server: LiveServer, settings: Settings, language: str
) -> None:
    settings.DEBUG, settings.BANK_ACCOUNT = True, "622200001111"
    claim = factories.claim(principal=1_800_732, overdue_rate_pct=Decimal(0))
    debtor, at = factories.debtor_of(claim), clock.now()
    creditor = factories.actor(Role.CREDITOR, claim.creditor)
    offer = make_early_offer(
        claim_id=claim.pk,
        amount=900_000,
        last_day=day_of(at) + timedelta(days=10),
        actor=creditor,
        at=at,
    )
    page = at_the_door(browser, live_server, claim, language)
    address = f"/d/claims/{claim.pk}/"
    page.goto(f"{address}early/")
    look(page, "paying-offer", language)
    answer_early_offer(offer_id=offer.pk, accepted=True, actor=debtor, at=at)
    page.goto(f"{address}early/")
    page.locator("summary").click()
    expect(page.locator("[data-test=early-decline]")).to_be_visible()
    look(page, "paying-accepted", language)
    page.locator("[data-test=early-pay]").click()
    expect(page.locator("input[value=offer]")).to_be_checked()
    look(page, "paying-agreed", language)
    told = {"claim_id": claim.pk, "amount": 900_000, "actor": debtor, "at": at}
    first, second = create_cashier_order(**told), create_cashier_order(**told)
    paid(claim, first)
    payment = paid(claim, second)
    page.goto(f"/d/receipts/{first.pk}/")
    look(page, "paying-receipt", language)
    page.goto(f"/d/receipts/{second.pk}/")
    expect(page.locator("[data-test=back-due]")).to_be_visible()
    look(page, "paying-twice", language)
    page.goto(address)
    look(page, "paying-finished", language)
    page.goto(f"{address}lines/")
    look(page, "paying-lines", language)
    reverse_payment(payment_id=payment.pk, reason="test", actor=JOB, at=clock.now())
    page.goto(f"/d/receipts/{second.pk}/")
    look(page, "paying-undone", language)
