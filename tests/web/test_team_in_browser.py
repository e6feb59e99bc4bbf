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
from tests.journeys.visitor import CHROMIUM
from tests.market.conftest import reachable_claim
from tests.web.people import signed_in
from tests.web.screen import look, sign_in

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

    def sit(who: str) -> Page:
        return sign_in(context, live_server.url, people[who], language, 360)

    page = sit("operator")
    page.goto(f"/team/leads/{agency.slug}/")
    page.locator("[name=user_id]").select_option(str(lead.user_id))
    look(page, "team-leads", language)
    press(page, "name-lead")

    page = sit("lead")
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
    look(page, "team-desk", language)

    page = sit("member")
    page.goto("/team/")
    look(page, "team-member", language)
    press(page, "next-case")
    assert "/cases/" in page.url
    expect(page.locator("main")).to_be_visible()
