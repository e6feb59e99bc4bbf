"""A creditor bundles claims, a collector looks and takes the package; on a phone, by clicks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import Capacity, Mandate, Package
from tests import factories
from tests.journeys.visitor import CHROMIUM
from tests.market.conftest import reachable_claim
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture(params=["en", "zh-hans"])
def phones(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, settings: Settings
) -> Iterator[tuple[BrowserContext, BrowserContext]]:
    """A creditor's phone and a collector's, in one language."""
    settings.DEBUG = True
    creditor, agency = factories.organisation(), factories.collector(limit=8)
    factories.licence(agency)
    for _ in range(7):
        reachable_claim(creditor=creditor)
    contexts = []
    for role, org in ((Role.CREDITOR, creditor), (Role.COLLECTOR, agency)):
        jar = signed_in(role, org, request.param).cookies
        own = browser.new_context(base_url=live_server.url, viewport={"width": 360, "height": 740})
        cookies = [{"name": n, "value": m.value, "url": live_server.url} for n, m in jar.items()]
        own.add_cookies(cookies)  # type: ignore[arg-type]
        contexts.append(own)
    with clock.at(NOON):
        yield contexts[0], contexts[1]
    for own in contexts:
        own.close()


def test_a_package_is_bundled_looked_at_and_taken(
    phones: tuple[BrowserContext, BrowserContext],
) -> None:
    creditor, collector = (context.new_page() for context in phones)
    creditor.goto("/claims/publish/?all=1")
    expect(creditor.locator("[data-test=outlook]")).to_be_visible()
    creditor.locator("input[name=mode][value=package]").check()
    creditor.locator("input[name=smallest]").fill("5")
    creditor.locator("[data-test=publish]").click()
    # The form looks ahead by itself; what that does to the history is no answer yet.
    creditor.wait_for_url("**/listings/")
    creditor.goto("/bundles/")
    expect(creditor.locator("[data-test=package]")).to_have_count(1)

    collector.goto("/packages/")
    with collector.expect_navigation():
        collector.locator("[data-test=package] a").press("Enter")
    wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert all(page.evaluate(wide) for page in (creditor, collector))
    Capacity.objects.update(limit=6)
    collector.reload()
    expect(collector.locator("[data-test=why-not]")).to_have_count(1)
    Capacity.objects.update(limit=8)
    collector.reload()
    collector.locator("input[name=agree]").check()
    with collector.expect_navigation():
        collector.locator("[data-test=take-package]").click()
    assert collector.url.endswith("/orders/")
    assert (Mandate.objects.count(), Package.objects.get().state) == (7, "taken")
