"""A long file in a real browser: how far it is, both widths, both languages, and its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.claims.models import Batch
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.models import Organisation
from tests import factories
from tests.journeys.visitor import CHROMIUM
from tests.web.people import signed_in
from tests.web.screen import look

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture
def bank() -> Organisation:
    return factories.organisation()


@pytest.fixture
def context(
    browser: Browser, live_server: LiveServer, settings: Settings, bank: Organisation
) -> Iterator[BrowserContext]:
    settings.DEBUG = True
    own = browser.new_context(base_url=live_server.url)
    jar = signed_in(Role.CREDITOR, bank).cookies.items()
    own.add_cookies([{"name": n, "value": m.value, "url": live_server.url} for n, m in jar])
    yield own
    own.close()


def batch(bank: Organisation, **facts: object) -> Batch:
    now = clock.now()
    made = {
        "filename": "2026-11 委外明细.csv", "sha256": "5e" * 32, "as_of": now.date(),
        "currency": "CNY", "uploaded_at": now - timedelta(minutes=4), "rows": 940_000,
        "begun_at": now - timedelta(minutes=3), "worked_at": now,
    }  # fmt: skip
    return Batch.objects.create(creditor=bank, **{**made, **facts})


def states(bank: Organisation) -> dict[str, Batch]:
    told = {"en": "row 700,001 has more cells than the header", "zh-hans": "第 700001 行的格数过多"}
    sums = {"read": 940_000, "valid": 938_000, "rejected": 2_000, "amount": 9_400_000_000_00}
    return {
        "received": batch(bank, state="received", rows=0),
        "checking": batch(bank, state="checking", read=412_000, valid=412_000, done=412_000),
        "merging": batch(bank, state="merging", whole=True, done=180_000, accepted=180_000, **sums),
        "cancelled": batch(
            bank, state="cancelled", accepted=180_000, decided_at=clock.now(), **sums
        ),
        "failed": batch(
            bank, state="failed", decided_at=clock.now(), failure={"code": "x", "text": told}
        ),
    }


def polled(route: Route) -> bool:
    return "hx-request" in route.request.headers


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_state_is_told_at_both_widths(
    context: BrowserContext, live_server: LiveServer, bank: Organisation, language: str
) -> None:
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    page = context.new_page()
    # A picture stands still; an answer under way would meet the end of the test.
    page.route("**/*", lambda route: route.abort() if polled(route) else route.continue_())
    for name, one in states(bank).items():
        page.goto(f"/batches/{one.pk}/")
        look(page, f"batch-{name}", language)


def test_the_page_follows_the_work_to_its_end_by_itself(
    context: BrowserContext, bank: Organisation
) -> None:
    one = batch(bank, state="checking", read=10, done=10, rows=20)
    page = context.new_page()
    page.goto(f"/batches/{one.pk}/")
    expect(page.locator("[data-test=progress] progress")).to_have_attribute("value", "10")
    Batch.objects.filter(pk=one.pk).update(read=15, done=15)
    expect(page.locator("[data-test=progress] progress")).to_have_attribute("value", "15")
    Batch.objects.filter(pk=one.pk).update(state="checked", read=20, valid=20, done=20)
    expect(page.locator("[data-test=decide-batch]")).to_be_visible()
    expect(page.locator("[data-test=progress]")).to_have_count(0)


def test_the_work_is_stopped_by_a_key(context: BrowserContext, bank: Organisation) -> None:
    one = batch(bank, state="checking", read=10, done=10, rows=20)
    page = context.new_page()
    page.goto(f"/batches/{one.pk}/")
    page.locator("[data-test=stop]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-test=progress]")).to_have_count(0)
    one.refresh_from_db()
    assert one.state == "cancelled"
