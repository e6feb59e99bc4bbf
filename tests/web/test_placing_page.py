"""The placing page promises exactly what placing then does, and says of each refusal why."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.utils.translation import override

from qinghe.claims.models import Claim
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import Invitation, Listing
from qinghe.market.queries.costs import figures_at, floor_of_claim
from qinghe.parties.models import Organisation
from tests import factories
from tests.market.conftest import licensed, reachable_claim
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TERMS = {
    "mode": "bid", "commission": "10", "quality": "25", "period_days": "90",
    "closes_at": "2026-11-26T12:00",
}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def creditor() -> Organisation:
    return factories.organisation()


@pytest.fixture
def small(creditor: Organisation) -> Claim:
    """Return a claim so small that ten per cent do not cover the work, beside two large ones."""
    for _ in range(2):
        reachable_claim(creditor=creditor, principal=2_000_000_00)
    claim = reachable_claim(creditor=creditor, principal=200_00)
    assert floor_of_claim(claim, figures_at(NOON)).rate > Decimal("0.1")
    return claim


def client(creditor: Organisation) -> Client:
    return signed_in(Role.CREDITOR, creditor)


def promised(page: str) -> tuple[int, int]:
    found = re.search(r'data-test="preview"><b>(\d+) (?:of|/) (\d+)', page)
    assert found, page
    return int(found[1]), int(found[2])


def test_the_preview_counts_what_the_highest_commission_does_not_cover(
    creditor: Organisation, small: Claim
) -> None:
    with clock.at(NOON):
        page = client(creditor).post("/claims/publish/", {"all": "1", "look": "1", **TERMS}).text
    assert promised(page) == (2, 3)
    floor = floor_of_claim(small, figures_at(NOON)).rate
    assert f"{floor * 100:.2f} %" in page
    assert "10.00 %" in page
    assert small.number in page
    assert "…" not in page[page.index('id="will"') : page.index('id="expected"')]


def test_fewer_than_promised_are_never_placed_without_saying_so_first(
    creditor: Organisation, small: Claim
) -> None:
    sent = {"all": "1", "seen": "3", **TERMS}
    with clock.at(NOON):
        browser = client(creditor)
        first = browser.post("/claims/publish/", sent)
        assert first.status_code == 422
        assert promised(first.text) == (2, 3)
        assert not Invitation.objects.exists()
        told = browser.post("/claims/publish/", {**sent, "seen": "2"}, follow=True).text
    assert Listing.objects.count() == 2
    floor = floor_of_claim(small, figures_at(NOON)).rate
    assert f"{floor * 100:.2f} %" in told
    assert small.number in told


def test_a_refused_claim_is_told_with_its_floor_in_chinese_too(
    creditor: Organisation, small: Claim
) -> None:
    sent = {"claim": [str(pk) for pk in Claim.objects.values_list("pk", flat=True)], **TERMS}
    with clock.at(NOON), override("zh-hans"):
        browser = client(creditor)
        browser.cookies["django_language"] = "zh-hans"
        told = browser.post("/claims/publish/", sent, follow=True).text
    floor = floor_of_claim(small, figures_at(NOON)).rate
    note = told[told.index("q-note") : told.index("</main>")]
    assert f"{floor * 100:.2f} %" in note
    assert small.number in note
    assert "…" not in note


def test_changing_the_way_back_loses_no_claim(creditor: Organisation, small: Claim) -> None:
    sent = {"claim": [str(pk) for pk in Claim.objects.values_list("pk", flat=True)], "look": "1"}
    with clock.at(NOON):
        page = client(creditor).post("/claims/publish/", {**sent, **TERMS}).text
    assert str(small.pk) in page


def test_where_no_claim_fits_the_terms_the_form_stays(creditor: Organisation, small: Claim) -> None:
    sent = {"all": "1", "look": "1", **TERMS, "commission": "0.01"}
    with clock.at(NOON):
        page = client(creditor).post("/claims/publish/", sent).text
    assert promised(page) == (0, 3)
    assert 'name="commission"' in page
    assert 'data-test="publish"' not in page


def test_without_a_choice_the_page_offers_one(creditor: Organisation) -> None:
    with clock.at(NOON):
        browser = client(creditor)
        empty = browser.get("/claims/publish/").text
        assert 'data-test="none-chosen"' in empty
        assert 'data-test="place-all"' not in empty
        reachable_claim(creditor=creditor)
        licensed()
        page = browser.get("/claims/publish/").text
    assert "?all=1" in page
    assert "?state=ready" in page
