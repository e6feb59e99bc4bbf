"""Looked at: missing papers, the desk that asks for papers and for two, an objection, a contest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.http import HttpResponse
from playwright.sync_api import Browser, BrowserContext, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.claims.models import Claim, DisputePaper, Objection
from qinghe.claims.services import add_evidence
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.terms import OrgKind
from qinghe.portal import session
from qinghe.simulation.evidence import contract_pdf
from tests import factories
from tests.claims.samples import png
from tests.desk import read_by_reviewers
from tests.journeys.visitor import CHROMIUM
from tests.web.people import actor_of, signed_in
from tests.web.screen import look, sign_in
from tests.web.test_batch_pages import BAD, GOOD, rows_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


class Desk:
    """A lender with two claims, its clerk, and two reviewers."""

    def __init__(self, context: BrowserContext, url: str, language: str) -> None:
        self.context, self.url, self.language = context, url, language
        self.lender = factories.organisation(name="示例小贷", slug="shili")
        house = factories.organisation(OrgKind.OPERATOR, name="清和运营")
        self.clerk = signed_in(Role.CREDITOR, self.lender)
        self.first, self.second = (signed_in(Role.REVIEWER, house) for _each in range(2))

    def claim(self, *kinds: str, state: str = "submitted") -> Claim:
        made = factories.claim(
            creditor=self.lender, state=state, created_at=clock.now() - timedelta(days=1)
        )
        for kind in kinds:
            add_evidence(
                claim_id=made.pk, kind=kind, filename=f"{kind}.pdf",
                content=contract_pdf(made.number, kind),
                actor=actor_of(self.clerk, Role.CREDITOR), at=clock.now(),
            )  # fmt: skip
        return made


@pytest.fixture(params=["zh-hans", "en"])
def desk(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, settings: Settings
) -> Iterator[Desk]:
    settings.DEBUG = True
    own = browser.new_context(base_url=live_server.url)
    yield Desk(own, live_server.url, request.param)
    own.close()


def test_what_lacks_papers_is_listed(desk: Desk) -> None:
    bare, whole = desk.claim("contract"), desk.claim("contract", "transfer")
    page = sign_in(desk.context, desk.url, desk.clerk, desk.language)
    page.goto("/claims/")
    look(page, "claims-lacking-told", desk.language)
    page.locator("[data-test=lacking] a").click()
    expect(page.locator("main")).to_contain_text(bare.number)
    expect(page.locator("main")).not_to_contain_text(whole.number)
    look(page, "claims-lacking", desk.language)


def test_an_invented_claim_takes_two_and_the_creditor_objects(desk: Desk) -> None:
    claim = desk.claim("contract", "transfer")
    Claim.objects.update(unseen=False)
    for who, reviewer in (("first", desk.first), ("second", desk.second)):
        page = sign_in(desk.context, desk.url, reviewer, desk.language)
        page.goto(f"/verify/{claim.pk}/")
        if who == "first":
            expect(page.locator("[data-test=verify-unread]")).to_be_disabled()
        look(page, f"desk-unread-{who}", desk.language)
        page.locator("[name=reject-reason][value=invented]").locator(
            "xpath=ancestor::details"
        ).locator("summary").click()
        page.locator("[name=reject-reason][value=invented]").check()
        page.locator("[name=reject-words]").fill("No such loan.")
        # Both have then opened what is on file.
        read_by_reviewers(claim.pk, clock.now())
        page.locator("[data-test=reject]").click()
        page.wait_for_load_state()
    assert Claim.objects.get(pk=claim.pk).state == "rejected"

    page = sign_in(desk.context, desk.url, desk.clerk, desk.language)
    page.goto(f"/claims/{claim.pk}/")
    page.locator("[data-test=object] summary").first.click()
    look(page, "claim-object", desk.language)
    page.locator("[name=objection-ground][value=real]").check()
    page.locator("[name=objection-words]").fill("合同原件在附件里。")
    page.locator("[data-test=send-objection]").click()
    expect(page.locator("[data-test=objection]")).to_contain_text("合同原件")

    third = signed_in(Role.REVIEWER, factories.organisation(OrgKind.OPERATOR, name="清和二部"))
    page = sign_in(desk.context, desk.url, third, desk.language)
    page.goto("/verify/")
    look(page, "desk-objections", desk.language)
    page.goto(f"/verify/{claim.pk}/")
    look(page, "desk-objection", desk.language)
    read_by_reviewers(claim.pk, clock.now())
    page.locator("[name=hearing-reason]").select_option("papers_show")
    page.locator("[name=hearing-words]").fill("合同原件清楚。")
    page.locator("[data-test=decide-objection]").click()
    page.wait_for_load_state()
    assert Objection.objects.get().state == "granted"
    # The claim is to be checked anew: opening each paper frees the button.
    Claim.objects.update(unseen=False)
    for address in page.locator("a[data-test=evidence]").evaluate_all(
        "(l) => l.map((a) => a.href)"
    ):
        page.goto(address, wait_until="networkidle")
    page.goto(f"/verify/{claim.pk}/")
    expect(page.locator("[data-test=verify]")).to_be_enabled()


def test_a_debtor_contests_on_a_telephone_with_a_photo(desk: Desk) -> None:
    claim = desk.claim(state="ready")
    jar = HttpResponse()
    session.begin(jar, person_id=claim.debtor_id, at=clock.now())
    desk.context.add_cookies(
        [{"name": session.COOKIE, "value": jar.cookies[session.COOKIE].value, "url": desk.url},
         {"name": "django_language", "value": desk.language, "url": desk.url}]
    )  # fmt: skip
    page = desk.context.new_page()
    page.goto(f"/d/claims/{claim.pk}/contest/")
    look(page, "contest-form", desk.language)
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator("[name=reason][value=paid]").check()
    photos = [{"name": f"{n}.png", "mimeType": "image/png", "buffer": png(n, n)} for n in (2, 3)]
    page.locator("[name=papers]").set_input_files(photos)  # type: ignore[arg-type]
    page.locator("[data-test=contest-send]").click()
    expect(page.locator("[data-test=sent-contest]")).to_be_visible()
    assert DisputePaper.objects.count() == 2
    page.goto(f"/d/claims/{claim.pk}/contest/")
    look(page, "contest-open", desk.language)

    page = sign_in(desk.context, desk.url, desk.clerk, desk.language)
    page.goto(f"/claims/{claim.pk}/")
    look(page, "claim-contested", desk.language)
    page.locator("[data-test=read-words]").click()
    expect(page.locator("[data-test=paper]")).to_have_count(2)
    look(page, "claim-words", desk.language)


def test_rows_to_correct_look_alike_on_every_page(desk: Desk, settings: Settings) -> None:
    settings.DEMO = True
    batch, rows = rows_of(desk.clerk, GOOD, BAD)
    page = sign_in(desk.context, desk.url, desk.clerk, desk.language)
    place = f"/batches/{batch.pk}/"
    for name, address in (
        ("batch-to-correct", place), ("batches", "/batches/"), ("forecast", f"{place}forecast/"),
        ("batch-rows", rows),
    ):  # fmt: skip
        page.goto(address)
        expect(page.locator("[data-test=to-correct]").first).to_contain_text("1")
        look(page, f"rows-{name}", desk.language)
    page.goto(place)
    page.locator("[name=choice][value=part]").check()
    page.locator("[data-test=decide-batch]").click()
    expect(page.locator("[data-test=next]")).to_be_visible()
    look(page, "rows-batch-taken", desk.language)
