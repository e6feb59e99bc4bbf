"""Sealed bids page by page; and no page tells how many there are."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qinghe.claims.models import Claim
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.market.models import BidEnvelope, Invitation, Listing, Mandate
from qinghe.market.services import open_due
from qinghe.parties.models import Organisation
from tests import factories
from tests.factories import AT
from tests.market.bidders import CLOSES, HOUR, bid, invited
from tests.market.conftest import licensed
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db

LOOK = AT + 3 * HOUR
ASKED = {"mode": "bid", "commission": "30", "quality": "25", "period_days": "90"}
BID = {"rate": "12.5", "quality": "30", "agree": "on"}
# What a page makes anew for every look, whoever looks.
FRESH = re.compile(rb'(csrfmiddlewaretoken|request_key)" value="[^"]+"|nonce="[^"]+"')
STAFF = (Role.OPERATOR, Role.COMPLIANCE, Role.REVIEWER, Role.REGULATOR)


def agency(**fields: Any) -> Organisation:
    made = factories.collector(**fields)
    factories.licence(made)
    return made


def creditor_of(listing: Listing) -> Organisation:
    return Organisation.objects.get(pk=listing.claim.creditor_id)


def test_a_creditor_invites_bids_and_sees_nothing_until_the_opening() -> None:
    claim = factories.claim()
    factories.point(claim.debtor)
    with clock.at(AT):
        client = signed_in(Role.CREDITOR, claim.creditor)
        form = client.get(f"/claims/publish/?claim={claim.pk}").content.decode()
        assert 'type="datetime-local"' in form
        sent = {**ASKED, "claim": str(claim.pk), "closes_at": "2026-11-26T12:00"}
        page = client.post("/claims/publish/", sent, follow=True).content.decode()
    assert "1 claim is open for sealed bids." in page
    invitation = Invitation.objects.get()
    assert invitation.closes_at.isoformat() == "2026-11-26T04:00:00+00:00"
    with clock.at(LOOK):
        closed = client.get(f"/listings/{invitation.pk}/box/").content.decode()
    assert 'data-test="closed"' in closed
    bid(invitation.listing, "0.21", quality_share=Decimal("0.25"))
    bid(invitation.listing, "0.35", quality_share=Decimal("0.25"))
    open_due(at=invitation.opens_at)
    with clock.at(invitation.opens_at):
        opened = client.get(f"/listings/{invitation.pk}/box/").content.decode()
    assert "21.00%" in opened
    assert "Above the highest commission" in opened
    for name in Organisation.objects.filter(kind="agency").values_list("name", flat=True):
        assert name not in opened


@pytest.mark.parametrize(
    ("closes_at", "said"),
    [("", "Say until when"), ("2026-11-23T13:00", "24 hours at least"), ("soon", "valid date")],
)
def test_a_closing_time_that_cannot_be_is_told_at_its_field(closes_at: str, said: str) -> None:
    claim = factories.claim()
    factories.point(claim.debtor)
    with clock.at(AT):
        client = signed_in(Role.CREDITOR, claim.creditor)
        sent = {**ASKED, "claim": str(claim.pk), "closes_at": closes_at}
        answer = client.post("/claims/publish/", sent)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Listing.objects.exists()


def test_a_collector_reckons_hands_in_replaces_and_takes_back() -> None:
    listing = invited()
    here = f"/hall/{listing.pk}/bid/"
    with clock.at(LOOK):
        client = signed_in(Role.COLLECTOR, agency())
        assert "Look and bid" in client.get("/hall/?mode=bid").content.decode()
        assert client.get(f"/hall/{listing.pk}/").url == here  # type: ignore[attr-defined]
        page = client.get(here).content.decode()
        assert "Lowest commission accepted" in page
        reckoned = client.post(here, {**BID, "reckon": "1"})
        assert "What 12.50% earns" in reckoned.content.decode()
        unsigned = client.post(here, {"rate": "12.5", "quality": "30"})
        assert unsigned.status_code == 422
        assert not BidEnvelope.objects.exists()
        done = client.post(here, BID, follow=True).content.decode()
        assert "Nobody can read it." in done
        assert "12.50%" in done
        client.post(here, {**BID, "rate": "11"})
        assert "11.00%" in client.get("/bids/").content.decode()
        back = client.post(f"{here}withdraw/", follow=True).content.decode()
        assert "You took your bid back" in back
    assert BidEnvelope.objects.count() == 3


def test_a_bid_below_cost_is_answered_with_its_bill() -> None:
    listing = invited()
    with clock.at(LOOK):
        client = signed_in(Role.COLLECTOR, agency())
        answer = client.post(f"/hall/{listing.pk}/bid/", {**BID, "rate": "0.01"})
        again = client.get(f"/hall/{listing.pk}/bid/").content.decode()
    assert answer.status_code == 422
    assert "minutes of work" in answer.content.decode()
    assert "Below the bare cost" in again


def test_who_wins_opens_the_case_and_who_loses_reads_why() -> None:
    listing = invited()
    here = f"/hall/{listing.pk}/bid/"
    with clock.at(LOOK):
        winner, loser = (signed_in(Role.COLLECTOR, agency()) for _ in range(2))
        winner.post(here, BID)
        loser.post(here, {**BID, "rate": "20"})
    until = Invitation.objects.get().opens_at
    open_due(at=until)
    with clock.at(until):
        won = winner.get(here).content.decode()
        lost = loser.get(here).content.decode()
        list_page = loser.get("/bids/").content.decode()
    assert f"/cases/{Mandate.objects.get().claim_id}/" in won
    for page in (lost, list_page):
        assert "Another bid stood before it" in page
    assert "12.50%" in lost


def test_a_box_taken_back_says_so() -> None:
    listing = invited()
    with clock.at(LOOK):
        client = signed_in(Role.COLLECTOR, agency())
        client.post(f"/hall/{listing.pk}/bid/", BID)
        creditor = signed_in(Role.CREDITOR, creditor_of(listing))
        creditor.post(f"/listings/{listing.pk}/withdraw/")
        assert "taken back" in client.get(f"/hall/{listing.pk}/bid/").content.decode()
        assert "was not opened" in client.get("/bids/").content.decode()
        assert "taken back" in creditor.get(f"/listings/{listing.pk}/box/").content.decode()


def test_anybody_reads_the_rule_and_its_figures(client: Client) -> None:
    client.cookies["django_language"] = "en"
    page = client.get("/bidding/").content.decode()
    assert "0.20 points" in page
    assert "registered domestic letter" in page
    assert "There were not that many yet." in page


def looks(clients: dict[str, Client], paths: list[str]) -> dict[str, tuple[object, ...]]:
    """Return status, bytes, headers and number of statements of every page for everybody."""
    moving = {"Content-Security-Policy", "Expires"}
    found: dict[str, tuple[object, ...]] = {}
    for who, client in clients.items():
        for path in paths:
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(path)
            body = b"" if answer.streaming else FRESH.sub(b"", answer.content)
            headers = {n: v for n, v in answer.headers.items() if n not in moving}
            found[f"{who} {path}"] = (answer.status_code, body, headers, len(asked))
    return found


def test_every_page_is_the_same_byte_for_byte_whether_none_or_fifty_bid() -> None:
    listing = invited()
    bidders = [licensed() for _ in range(50)]
    clients = {
        "creditor": signed_in(Role.CREDITOR, creditor_of(listing)),
        "collector": signed_in(Role.COLLECTOR, agency()),
        **{role.value: signed_in(role) for role in STAFF},
    }
    claim = Claim.objects.get()
    paths = [
        "/hall/", "/hall/?mode=bid", f"/hall/{listing.pk}/bid/", "/bids/", "/bidding/",
        "/listings/", "/listings/boxes/", f"/listings/{listing.pk}/box/", f"/claims/{claim.pk}/",
        "/claims/", "/journal/", "/jobs/", "/operator/", "/regulator/", "/figures/", "/refusals/",
        "/organisations/", "/complaints/", "/creditor/", "/quality/",
    ]  # fmt: skip
    seen, done = [], 0
    with clock.at(LOOK):
        clients["collector"].post(f"/hall/{listing.pk}/bid/", BID)
        looks(clients, paths)
        for count in (0, 1, 50):
            for bidder in bidders[done:count]:
                bid(listing, "0.20", bidder)
            done = count
            seen.append(looks(clients, paths))
    assert BidEnvelope.objects.count() == 51
    for name in seen[0]:
        assert seen[0][name] == seen[1][name] == seen[2][name], name
    statuses = {seen[0][name][0] for name in seen[0]}
    assert statuses == {200, 404}


def test_the_window_after_the_announced_hour_is_open_to_everybody_alike() -> None:
    listing = invited()
    with clock.at(CLOSES + timedelta(minutes=5)):
        client = signed_in(Role.COLLECTOR, agency())
        page = client.post(f"/hall/{listing.pk}/bid/", BID, follow=True).content.decode()
    assert "Nobody can read it." in page
    with clock.at(Invitation.objects.get().opens_at):
        late = client.get(f"/hall/{listing.pk}/bid/").content.decode()
    assert "about to be opened" in late
