"""A bank asks, two agencies answer under seal, the hour comes, two sides are introduced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import QuoteRequest
from qinghe.market.services.quote_opening import open_quotes_due
from tests import factories
from tests.journeys.visitor import CHROMIUM, violations
from tests.place import ROOT
from tests.web.people import signed_in

PICTURES = ROOT / "screenshots"
WIDTHS = {1440: 900, 360: 740}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


class Desk:
    """A bank and two agencies, signed in one after the other."""

    def __init__(self, context: BrowserContext, url: str, language: str) -> None:
        self.context, self.url, self.language = context, url, language
        firms = {
            "one": factories.collector(name="甲催收"),
            "two": factories.collector(name="乙催收"),
        }
        for firm in firms.values():
            factories.licence(firm)
        bank = factories.organisation(name="示例银行")
        self.people = {
            "bank": signed_in(Role.CREDITOR, bank),
            **{name: signed_in(Role.COLLECTOR, firm) for name, firm in firms.items()},
        }

    def sign_in(self, who: str) -> Page:
        self.context.clear_cookies()
        jar: dict[str, Any] = {name: each.value for name, each in self.people[who].cookies.items()}
        jar["django_language"] = self.language
        self.context.add_cookies(
            [{"name": name, "value": value, "url": self.url} for name, value in jar.items()]
        )
        page = self.context.new_page()
        page.set_viewport_size({"width": 360, "height": WIDTHS[360]})
        return page

    def look(self, page: Page, name: str) -> None:
        """Photograph and judge a page at both widths."""
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
            assert violations(page) == [], name
            folder = PICTURES / f"{self.language[:2]}-{width}"
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"information-{name}.png", full_page=True)


def press(page: Page, test: str) -> None:
    with page.expect_navigation():
        page.locator(f"[data-test={test}]").first.click()


@pytest.fixture
def context(
    browser: Browser, live_server: LiveServer, settings: Settings
) -> Iterator[BrowserContext]:
    settings.DEBUG = settings.DEMO = True
    own = browser.new_context(base_url=live_server.url)
    yield own
    own.close()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_asked_answered_opened_and_introduced(
    context: BrowserContext, live_server: LiveServer, language: str
) -> None:
    desk = Desk(context, live_server.url, language)
    for who in ("one", "two"):
        page = desk.sign_in(who)
        page.goto("/directory/")
        page.locator("[name=contact_name]").fill("示例乙")
        page.locator("[name=contact_phone]").fill("+86 10087654321")
        page.locator("[name=agreed]").check()
        press(page, "join")
    desk.look(page, "entry")
    page.goto("/agencies/")
    desk.look(page, "directory")
    page.locator("main table a", has_text="甲催收").click()
    page.wait_for_url("**/agencies/org-**")
    desk.look(page, "profile")

    page = desk.sign_in("bank")
    page.goto("/quotes/new/")
    page.locator("[name=regions]").select_option(["310000"])
    page.locator("[name=contact_name]").fill("示例甲")
    page.locator("[name=contact_phone]").fill("+86 10012345678")
    desk.look(page, "ask")
    press(page, "ask")
    desk.look(page, "sealed")
    asked = QuoteRequest.objects.get()

    for who, rate in (("one", "20"), ("two", "25")):
        page = desk.sign_in(who)
        page.goto(f"/quotes/asked/{asked.pk}/")
        assert "示例银行" not in page.content()
        page.locator("[name=rate]").fill(rate)
        page.locator("[name=period_days]").fill("90")
        press(page, "quote")
    desk.look(page, "answer")

    hour = clock.now() + timedelta(days=4)
    assert open_quotes_due(at=hour) == 1
    page = desk.sign_in("bank")
    page.goto(f"/quotes/{asked.pk}/")
    expect(page.locator("main table")).to_contain_text("甲催收")
    desk.look(page, "compare")
    page.locator("[data-test=choose]").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    page = desk.sign_in("one")
    page.goto("/introductions/")
    page.locator("main table a").first.click()
    page.wait_for_url("**/introductions/*-**")
    desk.look(page, "proposed")
    press(page, "agree")
    press(page, "contact")
    expect(page.locator("main")).to_contain_text("示例甲")
    desk.look(page, "introduced")
