"""No door of the market tells more of an order's place and amount than the hall shows."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

import pytest

from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Listing
from qinghe.market.queries.bids import invitation_for, my_bid
from qinghe.market.refusals import BelowFloor
from qinghe.market.services import hand_in
from tests import factories
from tests.factories import AT
from tests.market.bidders import HOUR, bid, invited
from tests.market.conftest import licensed

pytestmark = pytest.mark.django_db
# A small claim of one city, and a large one of another.
SMALL: dict[str, Any] = {"principal": 300_000, "region": "330100"}
LARGE: dict[str, Any] = {"principal": 30_000_000, "region": "440300"}
# What is an order's own and tells nothing of its claim.
OWN = {"listing_id", "number", "commitment", "bid_id", "plain", "at", "claim_id"}


def shown(row: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if name not in OWN}


def test_an_invitation_and_its_bid_show_what_the_hall_shows() -> None:
    taker = licensed()
    views, bids = [], []
    for fields in (SMALL, LARGE):
        listing = invited(**fields)
        bid(listing, "0.29", taker)
        views.append(shown(invitation_for(listing_id=listing.pk, actor=taker)))
        bids.append(shown(my_bid(listing_id=listing.pk, actor=taker)))
    assert views[0] == views[1]
    assert bids[0] == bids[1]
    assert (views[0]["region"], views[0]["band"], views[0]["band_to"]) == ("", 0, 7)


def test_the_floor_answers_alike_wherever_in_what_is_shown_an_order_is() -> None:
    taker = licensed()
    small, large = invited(**SMALL), invited(**LARGE)
    for rate in ("0.0001", "0.0006", "0.002", "0.01", "0.04", "0.06"):
        assert answer(small, rate, taker) == answer(large, rate, taker)
    assert answer(small, "0.0001", taker) == "market.below-floor"


def answer(listing: Listing, rate: str, taker: Actor) -> str:
    given: dict[str, Any] = {"rate": Decimal(rate), "quality_share": Decimal("0.2")}
    try:
        hand_in(listing_id=listing.pk, **given, actor=taker, at=AT + HOUR)
    except BelowFloor as refusal:
        return refusal.code
    return ""


def test_the_creditor_sees_its_own_order_as_it_is() -> None:
    listing = invited(**SMALL)
    creditor = factories.actor(Role.CREDITOR, listing.claim.creditor)
    seen = invitation_for(listing_id=listing.pk, actor=creditor)
    assert (seen.region, seen.band, seen.band_to) == ("330100", 1, 1)
