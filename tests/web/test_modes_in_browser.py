"""Grabbed, designated, placed with the own team: who may work a claim, on one telephone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.kernel.actor import Role
from qinghe.market.models import Capacity, Mandate
from qinghe.parties.models import Organisation
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
    """A bank, two agencies and the operator's own team, one after the other on one telephone."""

    def __init__(self, context: BrowserContext, url: str, language: str) -> None:
        self.context, self.url, self.language = context, url, language
        bank = factories.organisation(name="示例银行")
        self.near, self.far = (self._agency(name) for name in ("甲催收", "乙催收"))
        self.team = factories.organisation(OrgKind.OWN_TEAM, name="清和自营")
        Capacity.objects.create(collector=self.team, limit=5)
        factories.licence(self.team)
        self.claim = reachable_claim(creditor=bank)
        self.people = {
            "bank": signed_in(Role.CREDITOR, bank),
            "near": signed_in(Role.COLLECTOR, self.near),
            "far": signed_in(Role.COLLECTOR, self.far),
            "team": signed_in(Role.COLLECTOR, self.team),
        }

    def _agency(self, name: str) -> Organisation:
        agency = factories.collector(name=name)
        factories.licence(agency)
        return agency

    def sit(self, who: str, address: str) -> Page:
        page = sign_in(self.context, self.url, self.people[who], self.language, 360)
        page.goto(address)
        return page

    def publish(self, mode: str, collector: Organisation | None = None) -> None:
        """Offer the claim by keys alone."""
        page = self.sit("bank", f"/claims/publish/?claim={self.claim.pk}")
        page.locator(f"[name=mode][value={mode}]").press("Space")
        if collector is not None:
            page.locator("[name=collector]").select_option(str(collector.pk))
        look(page, f"mode-{mode}-publish", self.language, 1440, 360)
        page.locator("[data-test=publish]").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/claims/publish/" not in url)

    def take(self, who: str, mode: str) -> None:
        page = self.sit(who, "/hall/")
        look(page, f"mode-{mode}-hall", self.language, 1440, 360)
        page.locator("[data-test=order]:visible").first.press("Enter")
        page.wait_for_url("**/hall/*/")
        look(page, f"mode-{mode}-order", self.language, 1440, 360)
        page.locator("[name=agree]").press("Space")
        page.locator("[data-test=take]").press("Enter")
        page.wait_for_url("**/cases/**")
        look(page, f"mode-{mode}-case", self.language, 1440, 360)


@pytest.fixture(params=["zh-hans", "en"])
def market(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, settings: Settings
) -> Iterator[Market]:
    settings.DEBUG = True
    own = browser.new_context(base_url=live_server.url)
    yield Market(own, live_server.url, request.param)
    own.close()


def test_who_comes_first_gets_a_grabbed_order(market: Market) -> None:
    market.publish("grab")
    late = market.sit("far", "/hall/")
    late.locator("[data-test=order]:visible").first.press("Enter")
    late.wait_for_url("**/hall/*/")
    other = late.url

    market.take("near", "grab")
    assert Mandate.objects.get().collector_id == market.near.pk

    late = market.sit("far", other)
    # The order is gone: there is nothing to press, and no amount or place to read.
    expect(late.locator("[data-test=take]")).to_have_count(0)
    look(late, "mode-grab-gone", market.language, 1440, 360)


def test_a_designated_order_is_seen_and_accepted_by_one(market: Market) -> None:
    market.publish("designated", market.near)
    page = market.sit("far", "/hall/")
    expect(page.locator("[data-test=order]")).to_have_count(0)

    market.take("near", "designated")
    assert Mandate.objects.get().collector_id == market.near.pk


def test_the_own_team_works_at_once(market: Market) -> None:
    market.publish("own_team", market.team)
    assert Mandate.objects.get().collector_id == market.team.pk
    page = market.sit("near", "/hall/")
    expect(page.locator("[data-test=order]")).to_have_count(0)

    page = market.sit("team", "/orders/")
    look(page, "mode-own-team-orders", market.language, 1440, 360)
    page.locator("main a[href*='/cases/']:visible").first.press("Enter")
    page.wait_for_url("**/cases/**")
    look(page, "mode-own-team-case", market.language, 1440, 360)
