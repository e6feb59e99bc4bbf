"""Pages of lowered claims, debtors that cannot be told, and orders to be had back first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.claims.models import Claim
from qinghe.claims.services import ask_address, restate
from qinghe.kernel import clock
from qinghe.kernel.actor import Role, system
from qinghe.market.models import FirstRight
from qinghe.parties.models import ContactPoint
from qinghe.parties.terms import OrgKind
from qinghe.settlement.models import Lowering
from qinghe.settlement.services import find_lowerings
from tests import factories
from tests.journeys.visitor import CHROMIUM
from tests.web.people import signed_in
from tests.web.screen import look, sign_in

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


class Place:
    """A creditor, its collector, and two officers."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url, self.now = context, url, clock.now()
        house = factories.organisation(OrgKind.OPERATOR, name="清和运营")
        self.lender = factories.organisation(name="甲小额贷款", slug="jia-loan")
        self.agency = factories.collector(name="乙催收", slug="yi-agency")
        self.people = {
            "lender": signed_in(Role.CREDITOR, self.lender),
            "agency": signed_in(Role.COLLECTOR, self.agency),
            "one": signed_in(Role.COMPLIANCE, house),
            "other": signed_in(Role.COMPLIANCE, house),
        }

    def sign_in(self, who: str, language: str = "en") -> Page:
        return sign_in(self.context, self.url, self.people[who], language)

    def lowered(self) -> Claim:
        target = factories.claim(creditor=self.lender, principal=1_000_000)
        times = {"starts_at": self.now - 2 * DAY, "ends_at": self.now + 90 * DAY}
        factories.mandate(target, self.agency, **times)
        restate(
            claim_id=target.pk,
            amounts={"principal": 0},
            reason="Corrected after a talk.",
            actor=factories.actor(Role.CREDITOR, self.lender),
            at=self.now - HOUR,
        )
        assert find_lowerings(actor=system("tests"), at=self.now) == 1
        return target


@pytest.fixture
def place(
    browser: Browser, live_server: LiveServer, settings: Settings, db: None
) -> Iterator[Place]:
    settings.DEBUG = True
    own = browser.new_context(base_url=live_server.url)
    yield Place(own, live_server.url)
    own.close()


def say(page: Page, words: str, button: str) -> None:
    page.goto("/hearings/")
    page.locator("[name=text]").fill(words)
    page.locator(f"[data-test={button}]").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_lowered_claim_from_the_objection_to_the_second_officer(
    place: Place, language: str
) -> None:
    place.lowered()
    page = place.sign_in("agency", language)
    page.goto("/hearings/")
    look(page, "lowered-collector", language)
    say(page, "He told us that he had paid them.", "lowered-object")
    page = place.sign_in("lender", language)
    page.goto("/hearings/")
    look(page, "lowered-creditor", language)
    say(page, "It was a mistake of ours.", "lowered-answer")
    page = place.sign_in("one", language)
    page.goto("/integrity/")
    look(page, "lowered-list", language)
    address = f"/integrity/lowered/{Lowering.objects.get().pk}/"
    page.locator(f"a[href='{address}']").click()
    assert "He told us" in page.content()
    assert "mistake of ours" in page.content()
    look(page, "lowered-desk", language)
    page.locator("[name=due]").fill("4000")
    page.locator("[name=reason]").fill("The bank's letter shows it.")
    page.locator("[data-test=judge]").click()
    page.wait_for_load_state()
    page = place.sign_in("other", language)
    page.goto(address)
    look(page, "lowered-second", language)
    page.locator("[data-test=agree]").click()
    page.wait_for_load_state()
    case = Lowering.objects.get()
    assert (case.state, case.due) == ("upheld", 400_000)
    page = place.sign_in("agency", language)
    page.goto("/hearings/")
    look(page, "lowered-decided", language)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_creditor_gives_an_address_of_whom_nobody_can_tell(place: Place, language: str) -> None:
    claim = factories.claim(creditor=place.lender, state="challenge")
    ask_address(claim_id=claim.pk, actor=system("tests"), at=place.now - DAY)
    page = place.sign_in("lender", language)
    page.goto("/creditor/")
    page.locator(f"a[href='/claims/{claim.pk}/']").first.click()
    page.wait_for_load_state()
    look(page, "untold", language)
    page.locator("[name=address-address]").fill("浙江省杭州市测试路1号")
    page.locator("[data-test=give-address]").click()
    page.wait_for_load_state()
    assert ContactPoint.objects.filter(person=claim.debtor, kind="address").exists()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_both_sides_see_a_first_right(place: Place, language: str) -> None:
    claim = factories.claim(creditor=place.lender, state="ready")
    lost = factories.mandate(
        claim, place.agency, state="recalled", closed_at=place.now - DAY,
        starts_at=place.now - 9 * DAY, ends_at=place.now + 80 * DAY,
    )  # fmt: skip
    Claim.objects.filter(pk=claim.pk).update(state="ready")
    FirstRight.objects.create(
        mandate=lost, claim=claim, creditor=place.lender, collector=place.agency,
        granted_at=place.now, until=place.now + 5 * DAY,
    )  # fmt: skip
    page = place.sign_in("agency", language)
    page.goto("/offers/")
    assert claim.number in page.content()
    look(page, "right-collector", language)
    page = place.sign_in("lender", language)
    page.goto("/mandates/back/")
    assert page.locator("[data-test=right]").count() == 1
    look(page, "right-creditor", language)
    page.locator("[data-test=right] summary").click()
    page.locator("[data-test=right] [name=reason]").fill("Agreed otherwise.")
    page.locator("[data-test=right] details button").click()
    page.wait_for_load_state()
    assert FirstRight.objects.get().end == "let-go"
