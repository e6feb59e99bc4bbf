"""A grade falls and comes back: complaint, refusal in the hall, appeal, another officer; judged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import Listing
from qinghe.market.services import publish
from qinghe.parties.models import Organisation
from qinghe.quality.services import decide_complaint, recognise_experience
from tests.factories import AT, actor, claim, collector, licence, point
from tests.journeys.visitor import CHROMIUM, Album, Visitor
from tests.market.conftest import TERMS
from tests.quality.market import JUDGE, attempt, complain, worked
from tests.quality.test_ratings import ended, felt
from tests.web.people import signed_in
from tests.web.test_explain_in_browser import debtor_inside

NOON = AT

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


class Market:
    """An agency with a year of work, a complaint that waits, and an order above a junior's size."""

    def __init__(self, live: LiveServer) -> None:
        self.live = live
        self.agency: Organisation = collector(name="澄江服务中心（示例）")
        licence(self.agency)
        worked(self.agency, 600)
        recognise_experience(
            collector_id=self.agency.pk, step="regular", reason="x", actor=JUDGE, at=AT
        )
        for _ in range(6):
            made = complain(self.agency, kind="too_often")
            decide_complaint(complaint_id=made.pk, upheld=True, text="核实。", actor=JUDGE, at=AT)
        self.complaint = complain(self.agency, kind="too_often")
        # Five alike: fewer would be shown without their size.
        self.listing, *_alike = (self._listed(6_000_000) for _ in range(5))

    def _listed(self, principal: int) -> Listing:
        large = claim(principal=principal)
        point(large.debtor)
        self.creditor = large.creditor
        owner = actor(Role.CREDITOR, large.creditor)
        return publish(claim_id=large.pk, mode="grab", actor=owner, at=AT, **TERMS)

    def visitor(self, browser: Browser, client: Client, language: str, width: int) -> Visitor:
        someone = Visitor(browser, self.live.url, Album(language, width))
        for name, morsel in client.cookies.items():
            if name != "django_language":
                cookie = {"name": name, "value": morsel.value, "url": self.live.url}
                someone.context.add_cookies([cookie])
        return someone


@pytest.fixture
def market(live_server: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Market:
    settings.DEBUG = True
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return Market(live_server)


WAYS = pytest.mark.parametrize(("language", "width"), [("zh-hans", 1440), ("en", 360)])


@WAYS
def test_a_grade_falls_and_an_appeal_gives_it_back(
    browser: Browser, market: Market, language: str, width: int
) -> None:
    one = market.visitor(
        browser, signed_in(Role.COLLECTOR, market.agency, language), language, width
    )
    first = market.visitor(browser, signed_in(Role.COMPLIANCE, None, language), language, width)
    second = market.visitor(browser, signed_in(Role.COMPLIANCE, None, language), language, width)

    one.go("/grade/")
    one.look("grade-before")
    before = one.on("ratio").inner_text()

    first.go(f"/complaints/{market.complaint.pk}/")
    first.page.locator("[name=upheld][value='1']").check()
    first.page.locator("[name=text]").fill("录音核实。")
    first.press("decide-complaint")
    first.page.wait_for_url("**/complaints/")

    one.go("/grade/")
    one.look("grade-after")
    assert one.on("ratio").inner_text() != before
    one.go(f"/hall/{market.listing.pk}/")
    one.look("grade-refused")
    expect(one.page.locator("[data-test=take]")).to_have_count(0)

    one.go("/grade/")
    one.reach("[data-test=appeal]")
    _appeal(one, str(market.complaint.pk))

    first.go("/appeals/")
    first.press("appeal")
    expect(first.page.locator("[data-test=decide-appeal]")).to_have_count(0)
    second.go("/appeals/")
    second.look("appeals")
    second.press("appeal")
    second.look("appeal-decide")
    second.page.locator("[name=decision][value='1:evidence']").check()
    second.press("decide-appeal")
    second.page.wait_for_url("**/appeals/")
    second.look("appeals-decided")

    one.go("/grade/")
    one.look("grade-restored")
    assert one.on("ratio").inner_text() == before
    one.go(f"/hall/{market.listing.pk}/")
    one.look("grade-takes")
    for each in (one, first, second):
        assert each.album.faults == []
        each.leave()


def _appeal(one: Visitor, target: str) -> None:
    one.go(f"/grade/appeal/complaint/{target}/")
    one.page.locator("[name=ground][value=records]").check()
    one.page.locator("[name=statement]").fill("请核对十一月的录音。")
    one.look("appeal-new")
    one.reach("[data-test=send-appeal]")
    one.page.keyboard.press("Enter")
    one.page.wait_for_url("**/grade/")


@WAYS
def test_ratings_listening_and_placing_are_fit_to_be_read(
    browser: Browser, market: Market, language: str, width: int
) -> None:
    over = ended(market.agency)
    felt(20, "mixed", market.agency)
    one = market.visitor(
        browser, signed_in(Role.CREDITOR, over.creditor, language), language, width
    )
    one.go("/ratings/")
    one.look("ratings")
    one.press("rate")
    for number in range(1, 5):
        one.page.locator(f"[name=q{number}][value='4']").check()
    one.look("rating")
    one.press("give-rating")
    one.page.wait_for_url("**/ratings/")
    one.look("ratings-sealed")
    one.go("/claims/publish/?all=1")
    one.look("placing-with-grades")
    officer = market.visitor(browser, signed_in(Role.COMPLIANCE, None, language), language, width)
    officer.go("/listening/")
    officer.look("listening")
    officer.go(f"/organisations/{market.agency.slug}/")
    officer.look("organisation-grade")
    for each in (one, officer):
        assert each.album.faults == []
        each.leave()


@WAYS
def test_a_debtor_says_how_it_was(
    browser: Browser, market: Market, language: str, width: int
) -> None:
    held = ended(market.agency)
    attempt(held, AT - timedelta(hours=2)).save()
    one = market.visitor(browser, debtor_inside(held.claim), language, width)
    one.go("/d/contacts/")
    one.look("felt")
    one.press("felt")
    one.page.wait_for_load_state()
    one.look("felt-thanks")
    one.go(f"/d/complain/?claim={held.claim_id}")
    assert one.album.faults == []
    one.leave()
