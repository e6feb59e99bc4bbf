"""The operator names a lead, the lead makes a queue and gives out, a member presses next case."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.kernel.actor import Role
from qinghe.market.models import TeamAssignment
from qinghe.parties.models import Membership
from qinghe.parties.terms import OrgKind
from tests import factories
from tests.journeys.visitor import CHROMIUM, violations
from tests.market.conftest import reachable_claim
from tests.place import ROOT
from tests.web.people import signed_in

PICTURES = ROOT / "screenshots"
WIDTHS = {1440: 900, 360: 740}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture
def context(
    browser: Browser, live_server: LiveServer, settings: Settings
) -> Iterator[BrowserContext]:
    settings.DEBUG = settings.DEMO = True
    own = browser.new_context(base_url=live_server.url)
    yield own
    own.close()


def press(page: Page, test: str) -> None:
    with page.expect_navigation():
        page.locator(f"[data-test={test}]").first.click()


def look(page: Page, name: str, language: str) -> None:
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        assert violations(page) == [], name
        folder = PICTURES / f"{language[:2]}-{width}"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"team-{name}.png", full_page=True)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_lead_gives_out_and_a_member_opens_the_next_case(
    context: BrowserContext, live_server: LiveServer, language: str
) -> None:
    agency = factories.collector(name="甲催收")
    factories.licence(agency)
    people = {
        "lead": signed_in(Role.COLLECTOR, agency),
        "member": signed_in(Role.COLLECTOR, agency),
        "operator": signed_in(Role.OPERATOR, factories.organisation(OrgKind.OPERATOR)),
    }
    for _each in range(2):
        factories.mandate(reachable_claim(), agency)
    lead, member = Membership.objects.filter(organisation=agency).order_by("pk")

    def sign_in(who: str) -> Page:
        context.clear_cookies()
        jar = {name: each.value for name, each in people[who].cookies.items()}
        jar["django_language"] = language
        context.add_cookies(
            [{"name": n, "value": v, "url": live_server.url} for n, v in jar.items()]
        )
        page = context.new_page()
        page.set_viewport_size({"width": 360, "height": WIDTHS[360]})
        return page

    page = sign_in("operator")
    page.goto(f"/team/leads/{agency.slug}/")
    page.locator("[name=user_id]").select_option(str(lead.user_id))
    look(page, "leads", language)
    press(page, "name-lead")

    page = sign_in("lead")
    page.goto("/team/")
    page.locator("[data-test=new-queue]").click()
    page.locator("[name=name]").fill("示例队列")
    press(page, "make-queue")
    page.locator("summary:has(+ form [data-test=add-member])").click()
    page.locator("[name=user_id]").select_option(str(member.user_id))
    press(page, "add-member")
    page.locator("[data-test=distribute]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert TeamAssignment.objects.count() == 2
    look(page, "desk", language)

    page = sign_in("member")
    page.goto("/team/")
    look(page, "member", language)
    press(page, "next-case")
    assert "/cases/" in page.url
    expect(page.locator("main")).to_be_visible()
