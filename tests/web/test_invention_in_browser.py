"""A fictitious claim is caught: a rule doubts it, a reviewer confirms, two officers end it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.graph.services import find_links
from qinghe.kernel import clock
from qinghe.kernel.actor import Role, system
from qinghe.parties.terms import OrgKind, OrgState
from qinghe.quality.models import Invention
from qinghe.risk.doubts import SHARED_PHONES
from qinghe.risk.services import raise_flags
from tests import factories
from tests.place import ROOT
from tests.web.people import signed_in
from tests.web.test_frame_in_browser import CHROMIUM, browser, violations

__all__ = ["browser"]
PICTURES = ROOT / "screenshots"
WIDTHS = {1440: 900, 360: 740}
ONE_PHONE = "10012345678"
JOB = system("tests")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


class Case:
    """A creditor whose debtors all have one telephone, and the people who look."""

    def __init__(self, context: BrowserContext, url: str, language: str) -> None:
        self.context, self.url, self.language = context, url, language
        now = clock.now()
        self.lender = factories.organisation(name="示例小贷", slug="shili")
        debtors = [factories.person() for _ in range(SHARED_PHONES + 1)]
        for each in debtors:
            factories.point(each, "phone", ONE_PHONE)
        made = [
            factories.claim(debtor=each, creditor=self.lender, state="submitted")
            for each in debtors
        ]
        self.claim, self.others = made[0], made[1:]
        find_links(person_ids=None, actor=JOB, at=now)
        raise_flags(claim_ids=[each.pk for each in made], actor=JOB, at=now)
        house = factories.organisation(OrgKind.OPERATOR, name="清和运营")
        self.people = {
            "reviewer": signed_in(Role.REVIEWER, house),
            "one": signed_in(Role.COMPLIANCE, house),
            "other": signed_in(Role.COMPLIANCE, house),
        }

    def sign_in(self, who: str, width: int) -> Page:
        client: Client = self.people[who]
        self.context.clear_cookies()
        jar: dict[str, Any] = {name: m.value for name, m in client.cookies.items()}
        jar["django_language"] = self.language
        self.context.add_cookies(
            [{"name": name, "value": value, "url": self.url} for name, value in jar.items()]
        )
        page = self.context.new_page()
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        return page


@pytest.fixture
def context(
    browser: Browser, live_server: LiveServer, settings: Settings
) -> Iterator[BrowserContext]:
    settings.DEBUG = True
    own = browser.new_context(base_url=live_server.url)
    yield own
    own.close()


def look(page: Page, name: str, language: str, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
    assert violations(page) == [], name
    folder = PICTURES / f"{language[:2]}-{width}"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"invented-{name}.png", full_page=True)


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 360), ("en", 1440)])
def test_a_fictitious_claim_is_doubted_confirmed_and_ended(
    context: BrowserContext, live_server: LiveServer, language: str, width: int
) -> None:
    case = Case(context, live_server.url, language)
    address = f"/verify/{case.claim.pk}/"

    page = case.sign_in("reviewer", width)
    page.goto(address)
    look(page, "doubted", language, width)
    with page.expect_navigation():
        page.locator("[name=confirmed][value='1']").first.click()
    # A reviewer confirms a warning, but does not end a claim as invented.
    assert page.locator("[data-test=accuse]").count() == 0

    page = case.sign_in("one", width)
    page.goto(address)
    page.locator("summary.acc").last.click()
    page.locator("#iv-r").fill("The contract shows another person.")
    with page.expect_navigation():
        page.locator("[data-test=accuse]").click()
    look(page, "asked", language, width)
    page.goto("/invented/")
    # Whoever asked is not offered the decision.
    assert page.locator("[data-test=proven]").count() == 0

    page = case.sign_in("other", width)
    page.goto("/invented/")
    look(page, "second", language, width)
    page.locator("[data-test=proven]").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    look(page, "ended", language, width)

    assert Invention.objects.get().state == "proven"
    case.claim.refresh_from_db()
    case.lender.refresh_from_db()
    assert case.claim.state not in ("submitted", "challenge", "ready")
    assert case.lender.state == OrgState.SUSPENDED
