"""A fictitious claim is caught: a rule doubts it, a reviewer confirms, two officers end it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
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
from tests.journeys.visitor import CHROMIUM
from tests.web.people import signed_in
from tests.web.screen import look, sign_in

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
        return sign_in(self.context, self.url, self.people[who], self.language, width)


@pytest.fixture
def context(
    browser: Browser, live_server: LiveServer, settings: Settings
) -> Iterator[BrowserContext]:
    settings.DEBUG = True
    own = browser.new_context(base_url=live_server.url)
    yield own
    own.close()


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 360), ("en", 1440)])
def test_a_fictitious_claim_is_doubted_confirmed_and_ended(
    context: BrowserContext, live_server: LiveServer, language: str, width: int
) -> None:
    case = Case(context, live_server.url, language)
    address = f"/verify/{case.claim.pk}/"

    page = case.sign_in("reviewer", width)
    page.goto(address)
    look(page, "invented-doubted", language, width)
    page.locator("[id^=fn-]").first.fill("The same telephone stands in four contracts.")
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
    look(page, "invented-asked", language, width)
    page.goto("/invented/")
    # Whoever asked is not offered the decision.
    assert page.locator("[data-test=proven]").count() == 0

    page = case.sign_in("other", width)
    page.goto("/invented/")
    look(page, "invented-second", language, width)
    page.locator("[data-test=proven]").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    look(page, "invented-ended", language, width)

    assert Invention.objects.get().state == "proven"
    case.claim.refresh_from_db()
    case.lender.refresh_from_db()
    assert case.claim.state not in ("submitted", "challenge", "ready")
    assert case.lender.state == OrgState.SUSPENDED
