"""
A claim demands too much: the reviewer sees it line by line and cannot release it, the creditor
accepts the lawful amount, the reviewer releases it, and the debtor sees the correction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.claims.models import Claim
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.portal import session
from tests.claims.world import claim_of, creditor, proven
from tests.desk import read_by_reviewers
from tests.journeys.visitor import AXE, CHROMIUM, WIDTHS, Album, violations
from tests.web.people import signed_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not AXE.is_file(), reason="front-end packages are not installed"),
]


class Office:
    """Browsers of three people who look at one claim."""

    def __init__(self, browser: Browser, server: LiveServer, album: Album) -> None:
        self.browser, self.server, self.album = browser, server, album
        self.lender = creditor("demo-lender", lender_kind="private_company")
        self.claim = proven(claim_of(self.lender, interest="3500.00", annual_overdue_rate="12"))
        self.open = ExitStack()

    def staff(self, role: Role) -> Page:
        org = self.lender if role is Role.CREDITOR else None
        return self._page(signed_in(role, org, lang=self.album.language))

    def debtor(self) -> Page:
        client, response = Client(), HttpResponse()
        session.begin(response, person_id=self.claim.debtor_id, at=clock.now())
        client.cookies[session.COOKIE] = response.cookies[session.COOKIE].value
        client.cookies["django_language"] = self.album.language
        return self._page(client)

    def _page(self, client: Client) -> Page:
        size = {"width": self.album.width, "height": WIDTHS[self.album.width]}
        own = self.browser.new_context(base_url=self.server.url, viewport=size)  # type: ignore[arg-type]
        self.open.callback(own.close)
        own.add_cookies(
            [
                {"name": name, "value": morsel.value, "url": self.server.url}
                for name, morsel in client.cookies.items()
            ]
        )
        return own.new_page()

    def look(self, page: Page, name: str) -> None:
        """Photograph and judge a page at both widths."""
        page.wait_for_load_state()
        self.album.number += 1
        for width in (self.album.width, *(set(WIDTHS) - {self.album.width})):
            page.set_viewport_size({"width": width, "height": WIDTHS[width]})
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if over > 0:
                self.album.blame(name, f"scrolls {over} px sideways at {width}")
            self.album.picture(page, name, width)
            for found in violations(page):
                self.album.blame(name, f"axe at {width}: {found}")
        page.set_viewport_size({"width": self.album.width, "height": WIDTHS[self.album.width]})


@pytest.fixture(params=[("zh-hans", 1440), ("en", 360)], ids=["zh", "en"])
def office(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, settings: Settings
) -> Iterator[Office]:
    settings.DEBUG = True
    one = Office(browser, live_server, Album(*request.param))
    with one.open:
        yield one


def test_a_claim_that_demands_too_much_is_corrected_and_seen(office: Office) -> None:
    claim, owner = office.claim, office.staff(Role.CREDITOR)
    owner.goto(f"/claims/{claim.pk}/")
    owner.locator("[data-test=contract]").click()
    owner.locator("[name=principal]").fill("10000.00")
    owner.locator("[name=disbursed_on]").fill("2025-06-01")
    owner.locator("[name=matures_on]").fill("2026-10-01")
    owner.locator("[name=rate_pct]").fill("10")
    owner.locator("[data-test=terms]").click()
    expect(owner.locator("[data-test=accept-lawful]")).to_be_visible()

    reviewer = office.staff(Role.REVIEWER)
    read_by_reviewers(claim.pk, clock.now())
    reviewer.goto(f"/verify/{claim.pk}/")
    check = reviewer.locator("[data-test=amount-check]")
    for amount in ("3,500.00", "1,479.46", "2,020.54"):
        expect(check).to_contain_text(amount)
    check.locator("summary").click()
    expect(check).to_contain_text("CN-INT-01")
    office.look(reviewer, "too-much")
    reviewer.locator("select[name=reason]").select_option("agrees")
    reviewer.locator("[data-test=verify]").click()
    reviewer.wait_for_load_state()
    expect(reviewer.locator("[data-test=verify]")).to_be_visible()
    assert Claim.objects.get(pk=claim.pk).state == "submitted"

    office.look(owner, "contract")
    owner.locator("[data-test=accept-lawful]").click()
    owner.wait_for_load_state()
    expect(owner.locator("[data-test=accept-lawful]")).to_have_count(0)
    office.look(owner, "accepted")

    # What was changed is looked at for doubts again, before anybody may release it.
    reviewer.goto(f"/verify/{claim.pk}/")
    expect(reviewer.locator("[data-test=why-not]")).to_be_visible()
    read_by_reviewers(claim.pk, clock.now())
    reviewer.goto(f"/verify/{claim.pk}/")
    reviewer.locator("select[name=reason]").select_option("agrees")
    reviewer.locator("[data-test=verify]").click()
    expect(reviewer.locator("[data-test=verify]")).to_have_count(0)
    assert Claim.objects.get(pk=claim.pk).state == "challenge"

    debtor = office.debtor()
    debtor.goto(f"/d/claims/{claim.pk}/lines/")
    expect(debtor.locator("[data-test=check]")).to_contain_text("1,479.46")
    expect(debtor.locator("table.lines").first).to_contain_text("2,020.54")
    office.look(debtor, "debtor-lines")
    assert office.album.faults == []
