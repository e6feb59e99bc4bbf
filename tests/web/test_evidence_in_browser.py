"""
Somebody who lent money to a friend: one loan note and one transfer record, from the checklist to
the release, at both widths and in both languages; and what a reviewer sees beside the claim.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from qinghe.claims.models import Claim, Evidence
from qinghe.claims.terms import ClaimState, Product
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.terms import OrgKind
from qinghe.simulation.evidence import contract_pdf
from tests import factories
from tests.claims import samples, signing
from tests.journeys.visitor import CHROMIUM, Album, Visitor
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
PHOTO = {"name": "借条.png", "mimeType": "image/png", "buffer": samples.png(90, 60)}
TRANSFER = {
    "name": "transfer.pdf",
    "mimeType": "application/pdf",
    "buffer": contract_pdf("QH-1", "transfer"),
}
BROKEN = {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"not a PDF"}
CALL = {"name": "call.wav", "mimeType": "audio/wav", "buffer": samples.wav()}
SIGNED = {"name": "s.pdf", "mimeType": "application/pdf", "buffer": signing.signed()}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


@pytest.fixture
def claim() -> Claim:
    lender = factories.organisation(OrgKind.PRIVATE_CREDITOR, name="示例出借人")
    lent = factories.claim(
        creditor=lender, product=Product.PRIVATE_LOAN, state=ClaimState.SUBMITTED
    )
    factories.point(lent.debtor)
    return lent


@pytest.fixture(params=[("zh-hans", 1440), ("en", 360)], ids=lambda each: f"{each[0]}-{each[1]}")
def album(request: pytest.FixtureRequest) -> Iterator[Album]:
    made = Album(*request.param)
    made.number = 800
    yield made
    assert made.faults == []


@pytest.fixture
def visit(
    browser: Browser, live_server: LiveServer, settings: Settings, album: Album
) -> Iterator[object]:
    settings.DEBUG = True
    inside: list[Visitor] = []

    def come(role: Role, organisation: object = None) -> Visitor:
        one = Visitor(browser, live_server.url, album)
        client = signed_in(role, organisation, lang=album.language)  # type: ignore[arg-type]
        jar = [
            {"name": n, "value": m.value, "url": live_server.url} for n, m in client.cookies.items()
        ]
        one.context.add_cookies(jar)  # type: ignore[arg-type]
        inside.append(one)
        return one

    with clock.at(NOON):
        yield come
        for each in inside:
            each.leave()


def choose(one: Visitor, number: int, kind: str, file: dict[str, object]) -> None:
    one.page.locator(f"[name='{number}-kind']").select_option(kind)
    one.page.locator(f"[name='{number}-file']").set_input_files(file)  # type: ignore[arg-type]


def test_from_a_loan_note_to_the_release(claim: Claim, visit: object) -> None:
    lender: Visitor = visit(Role.CREDITOR, claim.creditor)  # type: ignore[operator]
    lender.go(f"/claims/{claim.pk}/")
    expect(lender.on("papers").locator(".bad svg").first).to_be_visible()
    lender.look("evidence-none")

    # The first two rows ask for what is missing, without a touch.
    assert lender.page.locator("[name='1-kind']").input_value() == "contract"
    lender.page.locator("details.more > summary").click()
    assert lender.page.locator("[name='2-kind']").input_value() == "transfer"
    choose(lender, 1, "contract", PHOTO)
    choose(lender, 2, "transfer", BROKEN)
    lender.press("add-evidence")
    expect(lender.page.locator("[data-test=evidence]")).to_have_count(1)
    expect(lender.page.locator(".q-note.bad")).to_contain_text("2")
    assert "x.pdf" not in lender.page.content()
    lender.look("evidence-one-refused")

    lender.page.locator("details.more > summary").click()
    choose(lender, 1, "transfer", TRANSFER)
    choose(lender, 2, "other", CALL)
    choose(lender, 3, "statement", SIGNED)
    lender.press("add-evidence")
    expect(lender.page.locator("[data-test=evidence]")).to_have_count(4)
    expect(lender.on("paper-score")).to_contain_text("100")
    expect(lender.on("papers").locator(".bad svg")).to_have_count(0)
    lender.look("evidence-complete")

    Claim.objects.update(unseen=False)
    _reviewed(claim, visit(Role.REVIEWER))  # type: ignore[operator]
    claim.refresh_from_db()
    assert claim.state == ClaimState.CHALLENGE


def _reviewed(claim: Claim, reviewer: Visitor) -> None:
    reviewer.go(f"/verify/{claim.pk}/")
    reviewer.look("verify-complete")
    reviewer.page.keyboard.press("e")
    reviewer.page.wait_for_url("**/evidence/**")
    photo = reviewer.page.locator("img[data-test=shown]")
    assert photo.evaluate("(i) => i.complete && i.naturalWidth") == 90
    reviewer.look("look-photo")
    shown = [reviewer.page.url]
    for _each in range(3):
        reviewer.page.keyboard.press("j")
        reviewer.page.wait_for_url(lambda url: url not in shown)
        reviewer.page.wait_for_load_state()
        shown.append(reviewer.page.url)
        reviewer.look(f"look-{len(shown)}")
    assert len(set(shown)) == 4
    expect(reviewer.page.locator("[data-test=signature]")).to_have_count(1)
    reviewer.page.keyboard.press("k")
    reviewer.page.wait_for_url(shown[2])
    reviewer.page.locator(".q-head a").first.click()
    reviewer.page.wait_for_url("**/verify/**")
    # That the person agrees can only be said after a look at name and number.
    reviewer.go(f"/verify/{claim.pk}/identity/")
    reviewer.look("verify-identity")
    reviewer.go(f"/verify/{claim.pk}/")
    reviewer.page.locator("select[name=reason]").select_option("agrees")
    reviewer.page.locator("form:has([data-test=verify]) [name=note]").fill(
        "Compared with the papers."
    )
    reviewer.press("verify")
    expect(reviewer.page.locator("[data-test=verify]")).to_have_count(0)


def test_a_claim_that_lacks_a_paper_has_no_button_to_release_it(
    claim: Claim, visit: object
) -> None:
    factories.papers(claim, "contract")
    reviewer: Visitor = visit(Role.REVIEWER)  # type: ignore[operator]
    reviewer.go(f"/verify/{claim.pk}/")
    expect(reviewer.on("verify-blocked")).to_be_disabled()
    expect(reviewer.on("why-not")).to_be_visible()
    reviewer.look("verify-blocked")
    assert Evidence.objects.count() == 1
