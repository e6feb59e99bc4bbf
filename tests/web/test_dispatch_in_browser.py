"""An order is dispatched, offered with reasons, signed; a standing order brings the next one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import DispatchOffer, Mandate, StandingOrder
from qinghe.market.services import dispatch
from qinghe.parties.terms import OrgKind
from tests import factories
from tests.journeys.visitor import CHROMIUM
from tests.market.conftest import reachable_claim
from tests.web.people import signed_in
from tests.web.screen import look, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


class Market:
    """A bank, an agency and the operator, signed in one after the other on one telephone."""

    def __init__(self, context: BrowserContext, url: str, language: str) -> None:
        self.context, self.url, self.language = context, url, language
        bank = factories.organisation(name="示例银行")
        self.agency = factories.collector(name="甲催收")
        factories.licence(self.agency)
        self.claims = [reachable_claim(creditor=bank) for _ in range(2)]
        self.people = {
            "bank": signed_in(Role.CREDITOR, bank),
            "agency": signed_in(Role.COLLECTOR, self.agency),
            "operator": signed_in(Role.OPERATOR, factories.organisation(OrgKind.OPERATOR)),
        }

    def sign_in(self, who: str) -> Page:
        return sign_in(self.context, self.url, self.people[who], self.language, 360)

    def publish(self, claim: int) -> None:
        page = self.sign_in("bank")
        page.goto(f"/claims/publish/?claim={self.claims[claim].pk}")
        page.locator("[name=mode][value=dispatch]").check()
        look(page, "dispatch-publish", self.language)
        page.locator("[data-test=publish]").click()
        page.wait_for_url("**/listings/")


@pytest.fixture
def context(
    browser: Browser, live_server: LiveServer, settings: Settings
) -> Iterator[BrowserContext]:
    settings.DEBUG = settings.DEMO = True
    own = browser.new_context(base_url=live_server.url)
    yield own
    own.close()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_dispatched_offered_signed_and_brought_by_a_standing_order(
    context: BrowserContext, live_server: LiveServer, language: str
) -> None:
    market = Market(context, live_server.url, language)
    market.publish(0)
    assert dispatch(at=clock.now())["offered"] == 1
    offer = DispatchOffer.objects.get()

    page = market.sign_in("agency")
    page.goto("/offers/")
    page.locator("summary.acc").last.click()
    # What is signed is the text with its figures, and its hash stands beside.
    assert (offer.listing.document_id or "")[:8] in page.content()
    look(page, "dispatch-offers", language)
    page.locator("[data-test=accept-offer]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/**")
    assert Mandate.objects.get().collector_id == market.agency.pk

    page.goto("/standing-orders/")
    page.locator("[name=weekly_cap]").fill("5")
    page.locator("[name=ends_on]").fill((clock.now() + timedelta(days=60)).date().isoformat())
    page.locator("[name=auto_accept]").check()
    with page.expect_navigation():
        page.locator("[data-test=make-standing]").click()
    assert StandingOrder.objects.get().auto_accept

    market.publish(1)
    assert dispatch(at=clock.now())["accepted"] == 1
    page = market.sign_in("agency")
    page.goto("/standing-orders/")
    expect(page.locator("main table")).to_contain_text("1 / 5")
    look(page, "dispatch-standing", language)

    page = market.sign_in("operator")
    page.goto("/dispatch/")
    look(page, "dispatch-rounds", language)
    with page.expect_navigation():
        page.locator("main table a").first.click()
    expect(page.locator("main")).to_contain_text("甲催收")
    look(page, "dispatch-round", language)
