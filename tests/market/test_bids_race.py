"""Bids and closers at the same instant, on the real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

import pytest

from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.errors import DomainError
from qinghe.market.bid_refusals import BidsClosed
from qinghe.market.models import Bid, BidBox, BidEnvelope, Capacity, Invitation, Listing, Mandate
from qinghe.market.queries.bid_audit import audit
from qinghe.market.services import open_bids, open_due, withdraw_listing
from qinghe.parties.models import Organisation
from tests import factories
from tests.factories import AT
from tests.market.bidders import HOUR, bid, invited
from tests.market.conftest import licensed
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)
JUST = timedelta(microseconds=1)


def test_eight_closers_make_one_mandate() -> None:
    listing = invited()
    for rate in ("0.2", "0.15", "0.1"):
        bid(listing, rate)
    until = Invitation.objects.get().opens_at
    race(
        range(8),
        lambda _: open_bids(listing_id=listing.pk, actor=system("tests"), at=until),
    )
    assert Mandate.objects.get().commission_rate == Decimal("0.1")
    assert Bid.objects.filter(reason="won").count() == 1
    assert Bid.objects.count() == 3
    assert audit(listing_id=listing.pk) == []


def test_a_bid_at_the_instant_of_opening_is_either_opened_or_refused() -> None:
    listing = invited()
    until = Invitation.objects.get().opens_at
    bidders: list[Actor | None] = [licensed() for _ in range(7)]

    def act(bidder: Actor | None) -> bool:
        if bidder is None:
            return open_due(at=until) == 0
        try:
            return bool(bid(listing, "0.2", bidder, at=until - JUST))
        except BidsClosed:
            return False

    accepted = sum(race([*bidders, None], act))
    # Whatever was accepted lay in the box when it was opened; nothing slipped in behind.
    assert BidEnvelope.objects.count() == accepted == Bid.objects.count()
    assert not BidEnvelope.objects.filter(box__isnull=True).exists()
    assert audit(listing_id=listing.pk) == []


def test_bids_never_wait_for_each_other() -> None:
    listing = invited()
    bidders = [licensed() for _ in range(16)]
    assert all(race(bidders, lambda one: bool(bid(listing, "0.2", one))))
    assert BidEnvelope.objects.count() == len(bidders)


def test_one_place_and_four_boxes_opened_at_once_make_one_mandate() -> None:
    taker = licensed(limit=1)
    orders = [invited() for _ in range(4)]
    for listing in orders:
        bid(listing, "0.2", taker)
    until = Invitation.objects.latest("opens_at").opens_at

    def close(listing: Listing) -> Invitation:
        return open_bids(listing_id=listing.pk, actor=system("tests"), at=until)

    race(orders, close)
    assert Mandate.objects.count() == 1
    assert Capacity.objects.get(pk=taker.org_id).live == 1
    reasons = sorted(Bid.objects.values_list("reason", flat=True))
    assert reasons == ["no_capacity", "no_capacity", "no_capacity", "won"]


def test_a_box_is_opened_or_taken_back_never_both() -> None:
    listing = invited()
    bid(listing, "0.2")
    until = Invitation.objects.get().opens_at
    creditor = factories.actor(
        Role.CREDITOR, Organisation.objects.get(pk=listing.claim.creditor_id)
    )

    def act(opens: bool) -> bool:
        try:
            if opens:
                return (
                    open_bids(listing_id=listing.pk, actor=system("tests"), at=until).opened_at
                    is not None
                )
            return bool(withdraw_listing(listing_id=listing.pk, actor=creditor, at=until))
        except DomainError:
            return False

    assert sum(race([True, False], act)) == 1
    listing.refresh_from_db()
    assert Mandate.objects.count() == (listing.state == "taken")


def test_a_crash_between_award_and_record_leaves_everything_as_it_was() -> None:
    listing = invited()
    bid(listing, "0.2")
    until = Invitation.objects.get().opens_at
    with (
        patch("qinghe.market.services.opening.record", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        open_due(at=until)
    assert not Mandate.objects.exists()
    assert not Bid.objects.exists()
    assert open_due(at=until) == 1
    assert Mandate.objects.count() == 1


def test_an_envelope_that_was_altered_or_taken_away_is_noticed() -> None:
    listing = invited()
    for rate in ("0.2", "0.1"):
        bid(listing, rate)
    open_due(at=AT + HOUR)
    until = Invitation.objects.get().opens_at
    open_due(at=until)
    assert audit(listing_id=listing.pk) == []
    loser = Bid.objects.exclude(reason="won").get()
    Bid.objects.filter(pk=loser.pk).delete()
    BidEnvelope.objects.filter(pk=loser.envelope_id).delete()
    assert any("box" in fault for fault in audit(listing_id=listing.pk))
    assert BidBox.objects.count() == 3


def test_one_bidders_own_hand_ins_come_one_after_the_other() -> None:
    listing, bidder = invited(), licensed()
    rates = [f"0.{number}" for number in range(10, 18)]
    race(rates, lambda rate: bid(listing, rate, bidder))
    turns = BidEnvelope.objects.order_by("turn").values_list("turn", flat=True)
    assert list(turns) == list(range(1, len(rates) + 1))
