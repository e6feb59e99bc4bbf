"""Offers, standing orders and dispatch windows, page by page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import Settings

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import DispatchOffer, DispatchRound, Listing, Mandate, StandingOrder
from qinghe.market.services import dispatch
from qinghe.parties.models import Organisation
from tests import factories
from tests.market.conftest import reachable_claim
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
TERMS = {"mode": "dispatch", "commission": "12", "quality": "25", "period_days": "90"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demonstration(settings: Settings) -> None:
    settings.DEMO = True


def agency(name: str) -> tuple[Organisation, Client]:
    made = factories.collector(name=name)
    factories.licence(made)
    return made, signed_in(Role.COLLECTOR, made)


def published(count: int = 1) -> None:
    """Publish claims by dispatch, as a creditor does on its page."""
    creditor = factories.organisation()
    ids = [str(reachable_claim(creditor=creditor).pk) for _ in range(count)]
    sent = {**TERMS, "claim": ids}
    answer = signed_in(Role.CREDITOR, creditor).post("/claims/publish/", sent)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    assert Listing.objects.filter(mode="dispatch").count() == count


def test_a_creditor_dispatches_a_collector_accepts_and_declines() -> None:
    with clock.at(NOON):
        _firm, client = agency("First agency")
        published(2)
        dispatch(at=NOON)
        page = client.get("/offers/").content.decode()
        one, two = DispatchOffer.objects.order_by("expires_at", "id")
        assert page.count('data-test="accept-offer"') == 2
        assert 'data-left="172800"' in page
        # Bands, never amounts: what the platform expects would tell the balance.
        assert one.explanation["balance"] == 100_000
        assert "1,000.00" not in page
        accepted = client.post(f"/offers/{one.pk}/accept/")
        mandate = Mandate.objects.get()
        assert accepted.headers["Location"] == f"/cases/{mandate.claim_id}/"
        client.post(f"/offers/{two.pk}/decline/", {"reason": "nonsense"})
        client.post(f"/offers/{two.pk}/decline/", {"reason": "region"})
    two.refresh_from_db()
    assert (two.state, two.reason) == ("declined", "region")


def test_an_offer_of_another_collector_is_not_there() -> None:
    with clock.at(NOON):
        agency("First agency")
        published()
        dispatch(at=NOON)
        _other, stranger = agency("Other agency")
        offer = DispatchOffer.objects.get()
        assert stranger.post(f"/offers/{offer.pk}/accept/").status_code == 404
        assert stranger.get("/offers/").content.decode().count("accept-offer") == 0


def test_a_standing_order_is_made_paused_resumed_and_ended() -> None:
    sent = {"weekly_cap": "5", "ends_on": "2027-01-01", "max_band": "7", "min_commission": "10"}
    with clock.at(NOON):
        firm, client = agency("First agency")
        wrong = client.post("/standing-orders/", {**sent, "ends_on": "2026-11-01"})
        assert wrong.status_code == 422
        made = client.post("/standing-orders/", {**sent, "stages": ["M2"], "auto_accept": "on"})
        assert made.status_code == 302
        wish = StandingOrder.objects.get(collector=firm)
        assert (wish.stages, float(wish.min_commission)) == (["M2"], 0.1)
        published()
        assert dispatch(at=NOON)["accepted"] == 1
        page = client.get("/standing-orders/").content.decode()
        assert "1 / 5" in page
        for what, state in (("pause", "paused"), ("resume", "active"), ("end", "ended")):
            client.post(f"/standing-orders/{wish.pk}/{what}/")
            wish.refresh_from_db()
            assert wish.state == state
        assert client.post(f"/standing-orders/{wish.pk}/burn/").status_code == 404


def test_the_operator_reads_why_and_what_was_scarce() -> None:
    with clock.at(NOON):
        agency("First agency")
        agency("Second agency")
        published(3)
        dispatch(at=NOON)
        operator = signed_in(Role.OPERATOR, factories.organisation("operator"))
        made = DispatchRound.objects.get()
        assert "proven" in operator.get("/dispatch/").content.decode()
        page = operator.get(f"/dispatch/{made.pk}/").content.decode()
    assert "First agency" in page
    assert "Second agency" in page
    assert made.bound == made.objective
