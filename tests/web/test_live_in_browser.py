"""New orders announce themselves on a phone, and the list stays where it was read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.queries.newest import forget
from qinghe.web.collector import live
from tests import factories
from tests.journeys.visitor import CHROMIUM
from tests.web.people import signed_in
from tests.web.test_searches_in_browser import WIDE, listed

WORDS = {"en": "7 new orders · show", "zh-hans": "7 个新订单 · 查看"}
AGAIN = {"en": "Look for new orders", "zh-hans": "看看有没有新订单"}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(params=["en", "zh-hans"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def phone(
    lang: str,
    scripts: bool,
    browser: Browser,
    live_server: LiveServer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[BrowserContext]:
    settings.DEBUG = True
    monkeypatch.setattr(live, "RETRY_SECONDS", 1)
    monkeypatch.setattr(live, "SOONEST_SECONDS", 0)
    forget()
    agency = factories.collector()
    factories.licence(agency)
    jar = signed_in(Role.COLLECTOR, agency, lang).cookies
    own = browser.new_context(
        base_url=live_server.url,
        viewport={"width": 360, "height": 740},
        java_script_enabled=scripts,
    )
    cookies = [{"name": n, "value": m.value, "url": live_server.url} for n, m in jar.items()]
    own.add_cookies(cookies)  # type: ignore[arg-type]
    yield own
    own.close()


def opened(phone: BrowserContext, said: list[str]) -> Page:
    page = phone.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.goto("/hall/")
    return page


def test_new_orders_are_told_without_moving_the_list(
    phone: BrowserContext, lang: str, scripts: bool
) -> None:
    creditor = factories.organisation()
    listed(creditor, 5, clock.now() - timedelta(hours=1))
    said: list[str] = []
    page = opened(phone, said)
    first = page.locator(".ocard").first
    where = first.bounding_box()
    bar = page.locator("[data-test=live]")
    expect(bar).to_be_hidden()
    listed(creditor, 7, clock.now())
    if scripts:
        expect(bar).to_have_text(WORDS[lang], timeout=15_000)
        assert first.bounding_box() == where
        assert page.evaluate(WIDE)
    else:
        bar = page.get_by_role("link", name=AGAIN[lang])
    expect(page.locator(".ocard")).to_have_count(5)
    with page.expect_navigation():
        bar.press("Enter")
    expect(page.locator(".ocard")).to_have_count(12)
    assert said == []


def test_of_many_tabs_one_listens(phone: BrowserContext, scripts: bool) -> None:
    if not scripts:
        pytest.skip("nothing listens without scripts")
    asked: list[Page | None] = []
    phone.on("request", lambda each: "/live/" in each.url and asked.append(each.frame.page))
    first, second = opened(phone, []), opened(phone, [])
    with phone.expect_event("requestfinished", lambda each: "/live/" in each.url):
        pass
    with phone.expect_event("requestfinished", lambda each: "/live/" in each.url):
        pass
    assert set(asked) == {first}
    with phone.expect_event("request", lambda each: each.frame.page == second):
        first.close()
