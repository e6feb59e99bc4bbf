"""A collector keeps a search and opens it, and finds orders by the map; on a phone, by keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import SavedSearch
from qinghe.market.services import publish_many
from qinghe.parties.models import Organisation
from tests import factories
from tests.journeys.visitor import CHROMIUM
from tests.market.conftest import TERMS, reachable_claim
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
WIDE = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


def listed(creditor: Organisation, n: int, at: datetime, **fields: str) -> None:
    claims = [reachable_claim(creditor=creditor, **fields) for _ in range(n)]
    actor = factories.actor(Role.CREDITOR, creditor)
    publish_many(claim_ids=[c.pk for c in claims], mode="grab", actor=actor, at=at, **TERMS)


@pytest.fixture(params=["en", "zh-hans"])
def phone(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, settings: Settings
) -> Iterator[Page]:
    settings.DEBUG = True
    agency = factories.collector()
    factories.licence(agency)
    jar = signed_in(Role.COLLECTOR, agency, request.param).cookies
    own = browser.new_context(base_url=live_server.url, viewport={"width": 360, "height": 740})
    cookies = [{"name": n, "value": m.value, "url": live_server.url} for n, m in jar.items()]
    own.add_cookies(cookies)  # type: ignore[arg-type]
    with clock.at(NOON):
        yield own.new_page()
    own.close()


def test_a_search_is_kept_and_an_order_is_found_on_the_map(phone: Page) -> None:
    creditor = factories.organisation()
    listed(creditor, 5, NOON - timedelta(hours=1))
    listed(creditor, 6, NOON - timedelta(hours=1), region="330100")
    phone.goto("/hall/?stage=M2")
    phone.locator("details.keep > summary").press("Enter")
    phone.locator("details.keep input[name=name]").fill("浙江")
    with phone.expect_navigation():
        phone.locator("[data-test=keep-search]").press("Enter")
    expect(phone.locator("[data-test=kept-search]")).to_contain_text("浙江")
    SavedSearch.objects.update(looked_at=NOON - timedelta(hours=2))
    phone.reload()
    expect(phone.locator("[data-test=kept-search] .bdg")).to_contain_text("11")
    with phone.expect_navigation():
        phone.locator("[data-test=kept-search]").press("Enter")
    assert "stage=M2" in phone.url
    expect(phone.locator("[data-test=kept-search] .bdg")).to_have_count(0)
    assert phone.evaluate(WIDE)

    with phone.expect_navigation():
        phone.locator("a[data-test=map]").press("Enter")
    expect(phone.locator("[data-test=province]")).to_have_count(2)
    assert phone.evaluate(WIDE)
    with phone.expect_navigation():
        phone.locator("svg.tiles a[data-code='330000']").press("Enter")
    assert "stage=M2" in phone.url
    assert "region=330000" in phone.url
    expect(phone.locator(".ocard")).to_have_count(6)

    phone.goto("/hall/searches/")
    with phone.expect_navigation():
        phone.locator("[data-test=drop-search]").click()
    expect(phone.locator("[data-test=search]")).to_have_count(0)
