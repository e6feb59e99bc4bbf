"""Two hands on one claim: signed, worked, made longer, returned with a reason, offered again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.claims.days import day_of
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import Capacity, Mandate
from qinghe.parties.models import Organisation
from tests import factories
from tests.casework.test_mandate_life import talked
from tests.journeys.visitor import AXE, CHROMIUM, Album, Visitor
from tests.web.people import signed_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not AXE.is_file(), reason="front-end packages are not installed"),
]


class Hands:
    """The people of the story, each with a browser of their own."""

    def __init__(self, browser: Browser, web: str, album: Album) -> None:
        self.browser, self.web, self.album = browser, web, album
        self.creditor = factories.organisation()
        claim = factories.claim(creditor=self.creditor)
        factories.point(claim.debtor)
        self.claim = claim

    def visit(self, role: Role, organisation: Organisation) -> Visitor:
        one = Visitor(self.browser, self.web, self.album)
        client = signed_in(role, organisation, self.album.language)
        jar = [{"name": n, "value": m.value, "url": self.web} for n, m in client.cookies.items()]
        one.context.add_cookies(jar)  # type: ignore[arg-type]
        return one

    def agency(self) -> Organisation:
        agency = factories.collector()
        factories.licence(agency)
        return agency

    def plan_is_written(self, one: Visitor) -> None:
        one.go("/commission/plans/")
        one.look("plans-empty")
        one.press("new-plan")
        one.page.locator("[name=name]").fill("2026")
        one.page.locator("[name=weight_complaints]").fill("50")
        one.press("write-plan")
        expect(one.page.locator("[data-error-summary]")).to_be_visible()
        one.look("plan-refused")
        one.page.locator("[name=weight_complaints]").fill("40")
        one.page.locator("[name=from_1]").fill("30")
        one.page.locator("[name=add_1]").fill("2")
        one.press("write-plan")
        one.page.wait_for_url("**/commission/plans/*-*/")
        one.look("plan")

    def order_is_offered(self, one: Visitor) -> None:
        one.go(f"/claims/publish/?claim={self.claim.pk}")
        one.page.locator("[name=period_days]").fill("20")
        one.look("publish")
        one.press("publish")
        one.page.wait_for_url("**/listings/")

    def order_is_taken(self, one: Visitor, name: str) -> None:
        one.go("/hall/")
        one.press("order")
        one.page.wait_for_url("**/hall/*/")
        one.look(f"order-{name}")
        one.reach("[name=agree]")
        one.page.keyboard.press("Space")
        one.reach("[data-test=take]")
        one.page.keyboard.press("Enter")
        one.page.wait_for_url("**/cases/*/")

    def promise_moves_the_end(self, one: Visitor) -> None:
        now = clock.now()
        talked(Mandate.objects.select_related("claim").get(state="active"), now)
        due = day_of(now) + timedelta(days=18)
        one.page.locator("[name=amount]").fill("100")
        one.page.locator("[name=due_on]").fill(due.isoformat())
        one.press("promise")
        one.page.wait_for_load_state()
        mandate = Mandate.objects.get(state="active")
        assert mandate.agreed_ends_at is not None
        assert mandate.ends_at > mandate.agreed_ends_at
        one.look("case-longer")
        one.press("mandate")
        one.page.locator("[name=outlook]").select_option("parts")
        one.page.locator("[name=next_step]").select_option("await")
        one.press("report")
        one.page.wait_for_load_state()
        one.look("mandate")
        one.go(f"/mandates/{mandate.pk}/terms/")
        assert mandate.document_id
        expect(one.page.locator("dd", has_text=mandate.document_id)).to_be_visible()
        with one.page.expect_download() as kept:
            one.press("file")
        assert kept.value.suggested_filename == f"mandate-{self.claim.number}.pdf"
        one.look("terms")

    def order_goes_back(self, one: Visitor) -> None:
        one.go(f"/cases/{self.claim.pk}/")
        one.page.locator("#back > summary").click()
        one.page.locator("#back [name=code]").select_option("no_contact")
        one.look("giving-back")
        one.press("give-back")
        one.page.wait_for_url("**/orders/")


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 360)], ids=["zh", "en"])
def test_two_hands_work_one_claim(
    browser: Browser, live_server: LiveServer, settings: Settings, language: str, width: int
) -> None:
    settings.DEBUG = True
    album = Album(language, width, number=200)
    story = Hands(browser, live_server.url, album)
    creditor = story.visit(Role.CREDITOR, story.creditor)
    story.plan_is_written(creditor)
    story.order_is_offered(creditor)
    first = story.agency()
    one = story.visit(Role.COLLECTOR, first)
    story.order_is_taken(one, "first")
    story.promise_moves_the_end(one)
    creditor.go("/mandates/")
    creditor.look("mandates")
    story.order_goes_back(one)
    creditor.go("/mandates/back/")
    creditor.look("back")
    creditor.press("relist")
    creditor.page.wait_for_load_state()
    two = story.visit(Role.COLLECTOR, story.agency())
    story.order_is_taken(two, "second")
    expect(two.on("history")).to_be_visible()
    assert first.name not in two.page.content()
    two.look("case-second")
    creditor.go("/commission/")
    creditor.look("commission")
    assert Capacity.objects.get(pk=first.pk).live == 0
    for visitor in (creditor, one, two):
        visitor.leave()
    # A browser tells of every status; the refused plan was meant.
    assert [fault for fault in album.faults if "status of 422" not in fault] == []
