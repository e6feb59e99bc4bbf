"""
A debtor who contests in the window: nobody may collect, a raise begins it anew, one press stops
everything; then the same claim placed, with the own team, under a plan, and paid.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.casework.models import Plan
from qinghe.casework.services import decide_plan
from qinghe.claims.models import Claim, Dispute
from qinghe.claims.services import (
    apply_payment,
    decide_dispute,
    end_challenge,
    restate,
)
from qinghe.contact.models import Attempt
from qinghe.contact.services import mark_posted, mark_printed, notify, open_to_print, send
from qinghe.kernel import clock
from qinghe.kernel.actor import Role, system
from qinghe.parties.models import ContactPoint, Organisation
from qinghe.portal import session
from tests import factories
from tests.claims.world import claim_of, creditor, proven
from tests.desk import release
from tests.journeys.visitor import AXE, CHROMIUM
from tests.web.people import signed_in
from tests.web.screen import look, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not AXE.is_file(), reason="front-end packages are not installed"),
]
OPERATOR = factories.actor(Role.OPERATOR)
REVIEWER = factories.actor(Role.REVIEWER)
OFFICER = factories.actor(Role.COMPLIANCE)
JOB = system("tests")


class Stage:
    """One claim, the debtor's browser, and the others who act by their services."""

    def __init__(self, browser: Browser, server: LiveServer, language: str) -> None:
        self.language, self.server = language, server
        self.context = browser.new_context(base_url=server.url)
        self.lender = creditor("demo-lender", lender_kind="private_company")
        self.claim = proven(claim_of(self.lender, annual_overdue_rate="12"))
        if not ContactPoint.objects.filter(person=self.claim.debtor, kind="address").exists():
            factories.point(self.claim.debtor, "address")
        ContactPoint.objects.filter(person=self.claim.debtor).update(state="valid")
        client, response = Client(), HttpResponse()
        session.begin(response, person_id=self.claim.debtor_id, at=clock.now())
        client.cookies[session.COOKIE] = response.cookies[session.COOKIE].value
        self.page = sign_in(self.context, server.url, client, language)

    @property
    def address(self) -> str:
        return f"/d/claims/{self.claim.pk}/"

    def see(self, name: str) -> Page:
        """Open the debtor's page of the claim, look closely at it, and return it."""
        self.page.goto(self.address)
        self.look(self.page, name)
        return self.page

    def look(self, page: Page, name: str) -> None:
        page.wait_for_load_state()
        look(page, f"debtor-{name}", self.language)

    def staff(self, role: Role) -> Page:
        own = self.context.browser.new_context(base_url=self.server.url)  # type: ignore[union-attr]
        return sign_in(own, self.server.url, signed_in(role, lang=self.language), self.language)

    def release(self) -> Attempt:
        """Release the claim and typeset its notice."""
        release(claim_id=self.claim.pk, actor=REVIEWER, at=clock.now())
        notify(at=clock.now())
        attempt = Attempt.objects.filter(claim=self.claim).order_by("-at", "-pk")[0]
        send(attempt_id=attempt.pk, at=clock.now())
        return attempt


@pytest.fixture(params=["zh-hans", "en"])
def stage(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, settings: Settings
) -> Iterator[Stage]:
    settings.DEBUG = True
    one = Stage(browser, live_server, request.param)
    yield one
    one.context.close()


def test_a_debtor_who_contests_in_the_window(stage: Stage) -> None:
    claim = stage.claim
    first = stage.release()
    page = stage.see("window-not-told")
    expect(page.locator("[data-test=quiet]")).to_be_visible()
    expect(page.locator("[data-test=today]")).to_have_count(0)

    # More is asked: everything begins anew, and the old letter is not printed.
    restate(
        claim_id=claim.pk,
        amounts={"principal": claim.principal + 50_000},
        reason="第 3 期账单漏算了一笔消费。",
        actor=factories.actor(Role.CREDITOR, stage.lender),
        at=clock.now(),
    )
    page = stage.see("raised")
    expect(page.locator("[data-test=raised]")).to_contain_text("漏算了一笔消费")
    desk = stage.staff(Role.REVIEWER)
    desk.goto(f"/verify/{claim.pk}/")
    expect(desk.locator("[data-test=changes] [data-test=raised]")).to_contain_text("10,500.00")
    stage.look(desk, "raised-at-the-desk")

    second = stage.release()
    assert second.pk != first.pk
    press = stage.staff(Role.OPERATOR)
    press.goto("/letters/")
    expect(press.locator("[data-test=letter]")).to_have_count(1)
    open_to_print(attempt_id=second.pk, actor=OPERATOR, at=clock.now())
    mark_printed(attempt_id=second.pk, actor=OPERATOR, at=clock.now())
    press.goto("/letters/")
    stage.look(press, "letters")
    press.locator("[data-test=letter-posted]").click()
    expect(press.locator("[data-test=letter-posted]")).to_have_count(0)
    page = stage.see("window")
    expect(page.locator("[data-test=silence]")).to_be_visible()

    # One press, and the answer carries its days.
    page.locator("[data-test=not-mine]").click()
    page.wait_for_url("**/sent/contest/")
    stage.look(page, "contest-sent")
    page = stage.see("contested")
    expect(page.locator("[data-test=contested]")).to_be_visible()
    expect(page.locator("[data-test=contest]")).to_have_count(0)
    page.locator("[data-test=foot-complain]").click()
    expect(page.locator("[name=claim]")).to_have_value(str(claim.pk))
    stage.look(page, "complain")


def test_the_same_page_when_it_is_placed_planned_and_paid(stage: Stage) -> None:
    claim = stage.claim
    letter = stage.release()
    now = clock.now()
    open_to_print(attempt_id=letter.pk, actor=OPERATOR, at=now)
    mark_printed(attempt_id=letter.pk, actor=OPERATOR, at=now)
    mark_posted(attempt_id=letter.pk, actor=OPERATOR, at=now)
    end_challenge(claim_id=claim.pk, actor=JOB, at=now + timedelta(days=8))
    agency = factories.collector(name="安和信用管理有限公司")
    claim.refresh_from_db()
    factories.mandate(claim, agency, starts_at=now, ends_at=now + timedelta(days=60))
    apply_payment(claim_id=claim.pk, amounts={"interest": 2_000}, actor=JOB, at=now)
    page = stage.see("placed")
    expect(page.locator("[data-test=today]")).to_be_visible()
    expect(page.locator("[data-test=not-mine]")).to_be_visible()

    Organisation.objects.filter(pk=agency.pk).update(kind="own_team", name="清和自营团队")
    stage.see("own-team")

    page.locator("[data-test=contest]").click()
    page.locator("[name=reason]").nth(1).check()
    page.locator("[data-test=contest-send]").click()
    page.wait_for_url("**/sent/contest/")
    stage.see("contested-placed")
    decide_dispute(
        dispute_id=Dispute.objects.get(claim=claim).pk, outcome="dismissed",
        text="转账凭证显示这笔款项已经支付给您。", correction=None, actor=OFFICER, at=clock.now(),
    )  # fmt: skip

    page.goto(f"{stage.address}plan/")
    page.locator("[name=choice]").first.check()
    page.locator("[data-test=plan-look]").click()
    page.locator("[data-test=plan-send]").click()
    page.wait_for_url("**/sent/plan/")
    stage.look(page, "plan-sent")
    decide_plan(
        plan_id=Plan.objects.get(claim=claim).pk, agreed=True,
        actor=factories.actor(Role.CREDITOR, stage.lender), at=clock.now(),
    )  # fmt: skip
    stage.see("plan")

    claim = Claim.objects.get(pk=claim.pk)
    rest = {part: getattr(claim, part) for part in ("principal", "interest", "costs")}
    apply_payment(claim_id=claim.pk, amounts=rest, actor=JOB, at=clock.now())
    stage.see("paid")
