"""The order hall on a phone: orders first, filters one touch away; on a wide screen both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.claims.models import Claim, Hold
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.services import publish_many
from tests import factories
from tests.journeys.visitor import CHROMIUM
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture
def hall(browser: Browser, live_server: LiveServer, settings: Settings) -> Iterator[Page]:
    settings.DEBUG = True
    creditor, agency = factories.organisation(), factories.collector()
    factories.licence(agency)
    claims = [factories.claim(creditor=creditor) for _ in range(4)]
    for claim in claims:
        factories.point(claim.debtor)
    publish_many(
        claim_ids=[claim.pk for claim in claims],
        mode="grab",
        commission_rate=Decimal("0.2"),
        quality_share=Decimal("0.25"),
        period_days=90,
        actor=factories.actor(Role.CREDITOR, creditor),
        at=NOON,
    )
    client = signed_in(Role.COLLECTOR, agency)
    own = browser.new_context(base_url=live_server.url, viewport={"width": 360, "height": 740})
    jar = [{"name": n, "value": m.value, "url": live_server.url} for n, m in client.cookies.items()]
    own.add_cookies(jar)  # type: ignore[arg-type]
    with clock.at(NOON):
        page = own.new_page()
        page.goto("/hall/")
        yield page
    own.close()


def test_the_first_order_is_in_sight_on_a_phone(hall: Page) -> None:
    first = hall.locator(".ocard").first
    expect(first).to_be_in_viewport(ratio=1)
    expect(hall.get_by_role("combobox", name="Commission")).to_be_hidden()


def test_several_filters_are_chosen_before_the_search_is_sent(hall: Page) -> None:
    hall.locator(".fold > summary").click()
    # By keys alone: the list of regions opens, and a region and an amount are ticked.
    hall.locator("details.full > summary").press("Enter")
    hall.get_by_role("checkbox", name="Shanghai").press("Space")
    hall.get_by_role("checkbox", name="¥1,000–5,000").press("Space")
    assert "region" not in hall.url
    hall.get_by_role("button", name="Search").press("Enter")
    hall.wait_for_url("**region=310000*band=1*")
    expect(hall.locator(".fold > summary .bdg")).to_have_text("2")


def test_a_wide_screen_shows_the_filters_without_a_touch(hall: Page) -> None:
    hall.set_viewport_size({"width": 1440, "height": 900})
    expect(hall.get_by_role("combobox", name="Commission")).to_be_visible()
    expect(hall.locator(".fold > summary")).to_be_hidden()
    hall.get_by_role("combobox", name="Commission").select_option(index=1)
    hall.wait_for_url("**rate=*")


@pytest.mark.parametrize("lang", ["en", "zh-hans"])
def test_what_to_do_is_in_sight_on_a_wide_screen(hall: Page, lang: str) -> None:
    Hold.objects.create(
        person=Claim.objects.earliest("id").debtor, kind="dispute", cause="x", placed_at=NOON
    )
    hall.context.add_cookies([{"name": "django_language", "value": lang, "url": hall.url}])
    hall.set_viewport_size({"width": 1440, "height": 900})
    hall.reload()
    table = hall.locator(".otable")
    expect(table.locator(".bdg").filter(has=hall.locator("svg")).last).to_be_visible()
    assert table.evaluate("(t) => t.scrollWidth <= t.clientWidth")
