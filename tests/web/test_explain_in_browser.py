"""Explanations and the preview in a real browser: judged by axe at both widths, and by keyboard."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.claims.models import Claim
from qinghe.claims.services import place_hold
from qinghe.contact.models import Mailing, RefusalDay
from qinghe.contact.services import request_contact, send, set_wish, step_mailing
from qinghe.journal.services import seal
from qinghe.kernel import clock
from qinghe.kernel.actor import Role, system
from qinghe.parties.models import Organisation
from qinghe.parties.terms import Secret
from qinghe.portal import session
from tests import factories
from tests.journeys.visitor import CHROMIUM, Album, Visitor
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
NIGHT = datetime(2026, 11, 22, 15, tzinfo=UTC)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


class Office:
    """An agency at noon with nine cases: one much worked, some that nobody may write to now."""

    def __init__(self, live: LiveServer) -> None:
        self.live = live
        self.agency: Organisation = factories.collector(name="Calm Service")
        self.actor = factories.actor(Role.COLLECTOR, self.agency)
        creditor = factories.organisation(name="Harbour Loans")
        self.claims = [factories.claim(creditor=creditor) for _ in range(9)]
        for claim in self.claims:
            for kind in (Secret.PHONE, Secret.EMAIL, Secret.ADDRESS):
                factories.point(claim.debtor, kind)
            factories.mandate(claim, self.agency)
        self.refused = self.ask(self.claims[0], "voice", NIGHT)
        self.work(self.claims[0])
        for claim, kind in zip(self.claims[1:4], ("hardship", "dispute", "hardship"), strict=True):
            self.hold(claim, kind)
        self.wish(self.claims[4])
        seal(at=NOON)
        RefusalDay.objects.create(rule="CN-WIN-01", day=date(2026, 11, 20), refused=1_234)

    def ask(self, claim: Claim, channel: str, at: datetime) -> str:
        attempt = request_contact(
            claim_id=claim.pk, channel=channel, template="reminder", actor=self.actor, at=at
        )
        if attempt.state == "permitted":
            send(attempt_id=attempt.pk, at=at)
        return str(attempt.pk)

    def work(self, claim: Claim) -> None:
        for hours in (3, 2):
            self.ask(claim, "voice", NOON - timedelta(hours=hours))
        self.sent = self.ask(claim, "sms", NOON - timedelta(hours=1))

    def hold(self, claim: Claim, kind: str) -> None:
        place_hold(
            person_id=claim.debtor_id,
            claim_id=None,
            kind=kind,
            cause=f"test:{claim.pk}",
            ends_at=None,
            actor=system("test"),
            at=NOON - timedelta(hours=5),
        )

    def wish(self, claim: Claim) -> None:
        set_wish(
            person_id=claim.debtor_id,
            kind="time",
            window=(time(18), time(20)),
            actor=factories.debtor_of(claim),
            at=NOON - timedelta(days=1),
        )

    def visitor(self, browser: Browser, client: Client, language: str) -> Visitor:
        someone = Visitor(browser, self.live.url, Album(language, 1440))
        for name, morsel in client.cookies.items():
            if name != "django_language":
                someone.context.add_cookies(
                    [{"name": name, "value": morsel.value, "url": self.live.url}]
                )
        return someone


@pytest.fixture
def office(live_server: LiveServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Office:
    settings.DEBUG = True
    # The server answers in a thread of its own, which a virtual clock of this one does not reach.
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return Office(live_server)


def debtor_inside(claim: Claim) -> Client:
    """Return a browser in which a debtor has opened the door."""
    client, answer = Client(), HttpResponse()
    session.begin(answer, person_id=claim.debtor_id, at=NOON)
    client.cookies[session.COOKIE] = answer.cookies[session.COOKIE].value
    return client


LANGUAGES = pytest.mark.parametrize("language", ["zh-hans", "en"])


@LANGUAGES
def test_explanations_are_fit_to_be_read(browser: Browser, office: Office, language: str) -> None:
    one = office.visitor(browser, signed_in(Role.COLLECTOR, office.agency, language), language)
    for name, address in (
        ("budget", f"/cases/{office.claims[0].pk}/"),
        ("budget-hold", f"/cases/{office.claims[1].pk}/"),
        ("refused", f"/contacts/{office.refused}/"),
        ("permitted-proof", f"/contacts/{office.sent}/?proof=1"),
        ("rule", "/rules/CN-WIN-01/"),
        ("rule-of-ours", "/rules/PLT-CAP-01/"),
        ("calculator", "/rules/CN-INT-01/"),
        ("orders", "/orders/"),
        ("preview", "/orders/message/?all=1"),
    ):
        one.go(address)
        one.look(f"explain-{name}")
    assert one.album.faults == []
    one.leave()


@LANGUAGES
def test_by_keyboard_alone_from_the_list_to_the_result(
    browser: Browser, office: Office, language: str
) -> None:
    one = office.visitor(browser, signed_in(Role.COLLECTOR, office.agency, language), language)
    one.go("/orders/")
    one.reach("[data-test=message-all]")
    one.page.keyboard.press("Enter")
    one.page.wait_for_url("**/orders/message/**")
    one.reach("[data-test=start]")
    one.page.keyboard.press("Enter")
    one.page.wait_for_url(lambda url: "?" not in url and url.count("/") > 5)
    expect(one.on("progress")).to_be_visible()
    one.look("explain-under-way")
    step_mailing(mailing_id=Mailing.objects.get().pk, at=NOON)
    one.page.reload()
    one.look("explain-result")
    assert one.album.faults == []
    one.leave()


@LANGUAGES
def test_the_debtor_reads_why(browser: Browser, office: Office, language: str) -> None:
    one = office.visitor(browser, debtor_inside(office.claims[0]), language)
    one.go("/d/contacts/")
    one.page.locator("summary").first.click()
    one.look("explain-why-debtor")
    assert one.album.faults == []
    one.leave()


@LANGUAGES
def test_compliance_finds_the_decision(browser: Browser, office: Office, language: str) -> None:
    one = office.visitor(browser, signed_in(Role.COMPLIANCE, None, language), language)
    one.go("/refusals/")
    one.look("explain-refusals")
    one.page.locator(f"a[href='/contacts/{office.refused}/']").click()
    one.look("explain-why-compliance")
    assert one.album.faults == []
    one.leave()
