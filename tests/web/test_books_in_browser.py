"""The money office in a browser: a payout run by two, a closed month, debits, three tellings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.kernel import clock
from qinghe.kernel.actor import Role, system
from qinghe.portal import session
from qinghe.settlement.models import DebitMandate, MonthClose, PayoutRun
from qinghe.settlement.services import list_statements, make_statements
from tests.journeys.visitor import CHROMIUM
from tests.settlement.banked import owed
from tests.settlement.test_debits import allow, planned_world
from tests.web.people import signed_in
from tests.web.screen import look, sign_in

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
THEN = datetime(2026, 12, 2, 4, tzinfo=UTC)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
BOTH = pytest.mark.parametrize(("language", "width"), [("zh-hans", 360), ("en", 1440)])


@pytest.fixture
def context(
    browser: Browser,
    live_server: LiveServer,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[BrowserContext]:
    settings.DEBUG = True
    settings.VAULT_FILES = tmp_path
    at(monkeypatch, NOW)
    with browser.new_context(base_url=live_server.url) as own:
        yield own


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Set the clock also for the server, which answers in a thread of its own."""
    monkeypatch.setattr(clock, "now", lambda: moment)


def press(page: Page, mark: str) -> None:
    with page.expect_navigation():
        page.locator(f"[data-test={mark}]").first.click()


@BOTH
def test_a_run_is_collected_by_one_and_let_go_by_another(
    context: BrowserContext, live_server: LiveServer, language: str, width: int
) -> None:
    owed(70_000), owed(30_000), owed(4_000, banked=False)
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    page = sign_in(context, live_server.url, one, language, width)
    page.goto("/payouts/")
    press(page, "prepare-payouts")
    expect(page.locator("[data-test=not-now]")).to_have_count(1)
    look(page, "payouts", language)
    press(page, "open-run")
    address = f"/payouts/runs/{PayoutRun.objects.get().pk}/"
    page.goto(address)
    expect(page.locator("[data-test=approve-run]")).to_have_count(0)

    page = sign_in(context, live_server.url, other, language, width)
    page.goto(address)
    page.locator("[data-test=approve-run]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page, "make-file")
    look(page, "payout-run", language)
    with page.expect_download() as file:
        page.locator("[data-test=download-file]").click()
    assert Path(file.value.path()).stat().st_size > 0
    press(page, "hand-in")
    run = PayoutRun.objects.get()
    assert (run.state, run.total) == ("sent", 100_000)
    expect(page.locator("[data-test=pay-payout]")).to_have_count(2)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_the_side_bar_is_reached_on_a_phone(
    context: BrowserContext, live_server: LiveServer, language: str
) -> None:
    page = sign_in(context, live_server.url, signed_in(Role.OPERATOR), language, 360)
    page.goto("/payouts/")
    entry = page.locator("#q-menu a[href='/refunds/']")
    expect(entry).to_be_hidden()
    page.locator("[data-test=more]").focus()
    page.keyboard.press("Enter")
    expect(entry).to_be_visible()
    look(page, "menu", language, 360)
    page.locator("#q-menu a[href='#main']").click()
    expect(entry).to_be_hidden()
    page.locator("[data-test=more]").click()
    entry.click()
    page.wait_for_url("**/refunds/")
    expect(entry).to_be_hidden()


@BOTH
def test_a_month_is_closed_by_two_and_its_statement_is_read(
    context: BrowserContext,
    live_server: LiveServer,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    width: int,
) -> None:
    creditor = owed(70_000)
    at(monkeypatch, THEN)
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    page = sign_in(context, live_server.url, one, language, width)
    page.goto("/months/")
    look(page, "months-open", language)
    press(page, "ask-close")
    expect(page.locator("[data-test=another-closes]")).to_be_visible()

    page = sign_in(context, live_server.url, other, language, width)
    page.goto("/months/")
    press(page, "close-month")
    close = MonthClose.objects.get()
    assert close.state == "closed"
    list_statements(close_id=close.pk, actor=system("t"), at=THEN)
    make_statements(close_id=close.pk, actor=system("t"), at=THEN)
    page.goto("/months/")
    look(page, "months-closed", language)

    page = sign_in(context, live_server.url, signed_in(Role.CREDITOR, creditor), language, width)
    page.goto("/statements/monthly/")
    look(page, "statements-monthly", language)
    with page.expect_download() as file:
        page.locator("a[href$='.pdf']").first.click()
    assert Path(file.value.path()).read_bytes().startswith(b"%PDF-")


@BOTH
def test_a_debtor_ends_a_debit_with_one_press_and_the_office_sees_it(
    context: BrowserContext, live_server: LiveServer, language: str, width: int
) -> None:
    world = planned_world()
    allow(world)
    client, answer = Client(), HttpResponse()
    session.begin(answer, person_id=world.claim.debtor_id, at=clock.now())
    client.cookies[session.COOKIE] = answer.cookies[session.COOKIE].value
    page = sign_in(context, live_server.url, client, language, width)
    page.goto(f"/d/claims/{world.claim.pk}/debit/")
    look(page, "debit", language)
    press(page, "debit-cancel")
    assert DebitMandate.objects.get().ended_at is not None
    look(page, "debit-ended", language)

    page = sign_in(context, live_server.url, signed_in(Role.OPERATOR), language, width)
    for name in ("debits", "reconciliation"):
        page.goto(f"/{name}/")
        look(page, name, language)
