"""Two firms of one hand are flagged, heard, decided about; a neighbour is cleared. Real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.graph.services import leave_trace
from qinghe.kernel import clock
from qinghe.kernel.actor import Role, system
from qinghe.ledger.models import Account
from qinghe.parties.models import Organisation
from qinghe.parties.terms import OrgKind
from qinghe.quality.models import DepositCall, IntegrityFlag, Ruling, SweepMark
from qinghe.quality.services.integrity.sweeping import sweep
from tests import factories
from tests.journeys.visitor import CHROMIUM
from tests.quality.integrity.acting import deposit
from tests.web.people import signed_in
from tests.web.screen import look, sign_in

DAY = timedelta(days=1)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


class Place:
    """A creditor and a collector of one hand, two honest neighbours, and those who decide."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        now = self.now = clock.now()
        SweepMark.objects.create(name="integrity", at=now - DAY)
        house = factories.organisation(OrgKind.OPERATOR, name="清和运营")
        self.lender = factories.organisation(name="甲小额贷款", slug="jia-loan")
        self.agency = factories.collector(name="乙催收", slug="yi-agency")
        self.harmed = factories.organisation(name="丙银行", slug="bing-bank")
        self.near = [factories.collector(name=name) for name in ("丁服务", "戊服务")]
        self.deposit = deposit(self.agency)
        self._sign("account", "one", self.lender, self.agency)
        self._sign("device", "one browser", *self.near)
        self._sign("domain", "tower.example", *self.near)
        factories.mandate(
            factories.claim(creditor=self.lender),
            self.agency,
            starts_at=now - timedelta(hours=2),
            ends_at=now + 90 * DAY,
        )
        sweep(actor=system("tests"), at=now)
        self.people = {
            "one": signed_in(Role.COMPLIANCE, house),
            "other": signed_in(Role.COMPLIANCE, house),
            "operator": signed_in(Role.OPERATOR, house),
            "agency": signed_in(Role.COLLECTOR, self.agency),
            "lender": signed_in(Role.CREDITOR, self.lender),
            "near": signed_in(Role.COLLECTOR, self.near[0]),
        }

    def _sign(self, kind: str, value: str, *orgs: Organisation) -> None:
        at = self.now - timedelta(hours=1)
        for each in orgs:
            leave_trace(org_id=each.pk, kind=kind, value=value, actor=system("tests"), at=at)

    def flag(self, of: Organisation) -> str:
        return f"/integrity/{IntegrityFlag.objects.get(key__contains=str(of.pk)).pk}/"

    def sign_in(self, who: str, language: str = "en") -> Page:
        return sign_in(self.context, self.url, self.people[who], language)


@pytest.fixture
def place(
    browser: Browser, live_server: LiveServer, settings: Settings, db: None
) -> Iterator[Place]:
    settings.DEBUG = True
    own = browser.new_context(base_url=live_server.url)
    yield Place(own, live_server.url)
    own.close()


def ask(place: Place, address: str) -> None:
    page = place.sign_in("one")
    page.goto("/integrity/")
    page.locator(f"a[href='{address}']").focus()
    page.keyboard.press("Enter")
    page.locator("[name=question]").fill("Who runs your office, and who else works there?")
    page.locator("[data-test=hear]").click()
    page.wait_for_load_state()


def reply(place: Place, who: str, words: str) -> None:
    page = place.sign_in(who)
    page.goto("/hearings/")
    page.locator("[name=text]").fill(words)
    page.locator("[data-test=answer]").click()
    page.wait_for_load_state()


def decide(page: Page, slug: str, outcome: str, **figures: str) -> None:
    card = page.locator(f"[data-party='{slug}']")
    # Before the hearing the form is folded away.
    if not card.locator("[name=outcome]").is_visible():
        card.locator("summary").first.click()
    card.locator("[name=outcome]").select_option(outcome)
    card.locator("[name=reason]").fill("The bank and the register were asked.")
    for name, value in figures.items():
        card.locator(f"[name={name}]").fill(value)
    card.locator("[data-test=rule]").click()
    page.wait_for_load_state()


def test_flagged_heard_decided_and_the_deposit_called_once_nobody_objected(place: Place) -> None:
    address = place.flag(place.agency)
    ask(place, address)
    reply(place, "agency", "The account belongs to our uncle.")
    reply(place, "lender", "We know nothing of it.")
    page = place.sign_in("one")
    page.goto(address)
    assert "belongs to our uncle" in page.content()
    decide(page, "yi-agency", "proven", damage="3000", harmed="bing-bank")
    decide(page, "jia-loan", "warning")
    assert page.locator("[data-test=agree]").count() == 0
    page = place.sign_in("other")
    page.goto(address)
    for _n in range(2):
        page.locator("[data-test=agree]").first.click()
        page.wait_for_load_state()
    place.agency.refresh_from_db()
    assert place.agency.state == "suspended"
    assert page.locator("[data-test=call-deposit]").count() == 0
    # Fifteen days on, nobody has objected.
    Ruling.objects.update(objection_until=clock.now() - timedelta(minutes=1))
    page.goto(address)
    page.locator("[name=amount]").fill("3000.01")
    page.locator("[data-test=call-deposit]").click()
    page.wait_for_selector(".q-note.bad")
    assert not DepositCall.objects.exists()
    page.locator("[name=amount]").fill("3000")
    page.locator("[data-test=call-deposit]").click()
    page.wait_for_load_state()
    assert DepositCall.objects.get().amount == 300_000
    pictures(place, "other", {"decided": address})
    pictures(place, "operator", {"calls": "/deposit-calls/"})
    page = place.sign_in("operator")
    page.goto("/deposit-calls/")
    page.locator("[name=reference]").fill("bank 7")
    page.locator("[data-test=call-received]").click()
    page.wait_for_load_state()
    due = Account.objects.get(path=f"creditor:{place.harmed.pk}:collected")
    assert due.balance == -300_000


def test_neighbours_in_one_office_are_heard_and_cleared(place: Place) -> None:
    address = place.flag(place.near[0])
    ask(place, address)
    pictures(place, "near", {"asked": "/hearings/"})
    reply(place, "near", "We share the reception computer of the tower.")
    page = place.sign_in("one")
    page.goto(address)
    for each in place.near:
        decide(page, each.slug, "unfounded")
    assert IntegrityFlag.objects.get(key__contains=str(place.near[0].pk)).state == "decided"
    for each in place.near:
        each.refresh_from_db()
        assert each.state == "active"
    page.goto("/integrity/rules/")
    assert "0%" in page.content()


def test_every_page_is_accessible_at_both_widths(place: Place) -> None:
    address = place.flag(place.agency)
    pages = {"list": "/integrity/", "flag": address, "rules": "/integrity/rules/"}
    pictures(place, "one", pages)


def pictures(place: Place, who: str, pages: dict[str, str]) -> None:
    for language in ("zh-hans", "en"):
        page = place.sign_in(who, language)
        complaints: list[str] = []
        page.on("console", lambda m, heard=complaints: heard.append(f"{m.type} {m.text}"))
        for name, address in pages.items():
            page.goto(address)
            look(page, f"integrity-{name}", language)
        assert [each for each in complaints if each.startswith("error")] == []
    place.sign_in(who)
