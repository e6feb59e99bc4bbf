"""No door of the market tells more of an order's place and amount than the hall shows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.market.bid_refusals import BelowFloor
from qinghe.market.models import Capacity, Listing
from qinghe.market.queries import HallFilters, hall, listing_for
from qinghe.market.queries.bids import invitation_for, my_bid, result
from qinghe.market.queries.offers import offers_for
from qinghe.market.refusals import BadTerms
from qinghe.market.services import (
    accept_offer,
    dispatch,
    hand_in,
    make_standing_order,
    publish,
    take,
)
from qinghe.market.services.plans import write_plan
from qinghe.market.services.trying import TRIES
from qinghe.parties.models import Membership, Organisation, User
from tests import factories
from tests.factories import AT
from tests.market.bidders import HOUR, bid, invited, opens
from tests.market.conftest import TERMS, licensed, reachable_claim

pytestmark = pytest.mark.django_db
# A small claim of one city, and a large one of another.
SMALL: dict[str, Any] = {"principal": 300_000, "region": "330100"}
LARGE: dict[str, Any] = {"principal": 30_000_000, "region": "440300"}
BY_SIZE: dict[str, Any] = {
    "rows": [{"rate": "0.3", "bands": [0, 1]}, {"rate": "0.2", "bands": [2, 3]}, {"rate": "0.1"}],
    "quality": {"share": "0.2", "weights": {"complaints": "1"}},
}
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


def hidden(**fields: Any) -> Listing:
    """Offer a claim that is alone, so that neither place nor amount is shown."""
    mode = fields.pop("mode", "grab")
    claim = reachable_claim(**fields)
    creditor = factories.actor(Role.CREDITOR, claim.creditor)
    return publish(claim_id=claim.pk, mode=mode, actor=creditor, at=AT, **TERMS)


def refused(listing: Listing, actor: Actor, at: datetime = AT) -> DomainError:
    with pytest.raises(DomainError) as refusal:
        take(listing_id=listing.pk, actor=actor, at=at)
    return refusal.value


def local(**fields: Any) -> Actor:
    """Return a collector that is registered in one city."""
    agency = factories.collector(**fields)
    factories.licence(agency, region="330100")
    return factories.actor(Role.COLLECTOR, agency)


def test_place_and_amount_are_refused_in_the_same_words() -> None:
    far, large = hidden(**{**SMALL, "region": "440300"}), hidden(**{**LARGE, "region": "330100"})
    taker = local()
    Capacity.objects.filter(pk=taker.org_id).update(max_band=2)
    first, second = refused(far, taker), refused(large, taker)
    assert (first.code, first.facts) == ("market.out-of-reach", {"left": TRIES - 1})
    assert (second.code, second.facts) == ("market.out-of-reach", {"left": TRIES - 2})
    kept = Entry.objects.filter(kind="market.take-out-of-reach")
    assert [set(entry.facts) for entry in kept] == [{"listing", "left"}] * 2


def test_nobody_can_scan_and_tomorrow_is_another_day() -> None:
    far = hidden(**{**SMALL, "region": "440300"})
    near = hidden(**{**SMALL, "region": "330100"})
    taker = local()
    for _turn in range(TRIES):
        assert refused(far, taker).code == "market.out-of-reach"
    # Whether it would have fitted or not, the answer is the same.
    assert refused(far, taker).code == refused(near, taker).code == "market.tries-spent"
    assert Capacity.objects.get(pk=taker.org_id).live == 0
    tomorrow = AT + timedelta(days=1)
    assert refused(far, taker, tomorrow).facts == {"left": TRIES - 1}
    assert take(listing_id=near.pk, actor=taker, at=tomorrow).collector_id == taker.org_id


def test_who_is_registered_everywhere_takes_without_any_try_left() -> None:
    taker, listing = licensed(), hidden(**SMALL)
    Capacity.objects.filter(pk=taker.org_id).update(tried=TRIES, tried_on=date(2026, 11, 23))
    assert take(listing_id=listing.pk, actor=taker, at=AT)


def test_a_full_collector_is_told_only_that() -> None:
    far = hidden(**{**SMALL, "region": "440300"})
    taker = local(limit=0)
    assert refused(far, taker).code == "market.no-capacity"
    assert Capacity.objects.get(pk=taker.org_id).tried == 0


def test_what_the_hall_shows_is_told_and_costs_no_try() -> None:
    listing, *_alike = [hidden(**{**SMALL, "region": "440300"}) for _turn in range(5)]
    taker = local()
    assert refused(listing, taker).code == "market.no-licence"
    assert Capacity.objects.get(pk=taker.org_id).tried == 0


def test_a_bid_is_not_refused_by_what_nobody_can_see() -> None:
    taker = local()
    bid(invited(**{**SMALL, "region": "440300"}), "0.29", taker)
    bid(invited(**{**SMALL, "region": "330100"}), "0.29", taker)


def test_an_offer_shows_what_the_hall_shows_and_nothing_of_the_debtor() -> None:
    taker = licensed()
    debtors = [factories.person(), factories.person()]
    agency = Organisation.objects.get(pk=taker.org_id)
    past = factories.claim(debtor=debtors[0])
    factories.mandate(past, agency, state="ended", closed_at=AT)
    for debtor, fields in zip(debtors, (SMALL, LARGE), strict=True):
        hidden(debtor=debtor, mode="dispatch", **fields)
    dispatch(at=AT)
    first, second = (asdict(row) for row in offers_for(actor=taker, waiting=True))
    own = {"id", "number"}
    assert {k: v for k, v in first.items() if k not in own} == {
        k: v for k, v in second.items() if k not in own
    }
    assert (first["region"], first["band"], first["band_to"]) == ("", 0, 7)
    assert "known" not in first
    mandate = accept_offer(offer_id=first["id"], actor=taker, at=AT)
    (row,) = offers_for(actor=taker, waiting=False)
    assert (row.region, row.band, row.band_to) == (
        mandate.claim.region, mandate.listing.band, mandate.listing.band,
    )  # fmt: skip


def test_bidders_see_of_each_other_only_what_was_compared() -> None:
    listing = invited()
    first, second, third = licensed(), licensed(), local()
    bid(listing, "0.20", first)
    bid(listing, "0.22", second, quality_share=Decimal("0.3"))
    bid(listing, "0.19", third)
    opens(listing)
    others = [row for row in result(listing_id=listing.pk, actor=second) if not row.mine]
    assert {(row.rate, row.quality_share, row.adjustment) for row in others} == {(None, None, None)}
    assert [(row.effective, row.reason) for row in others] == [
        (Decimal("0.1900"), "not_chosen"), (Decimal("0.2000"), "won"),
    ]  # fmt: skip
    (own,) = [row for row in result(listing_id=listing.pk, actor=third) if row.mine]
    mine = my_bid(listing_id=listing.pk, actor=third)
    assert mine is not None
    assert (own.reason, mine.reason, mine.detail) == ("out_of_reach", "out_of_reach", "")
    creditor = factories.actor(Role.CREDITOR, listing.claim.creditor)
    told = result(listing_id=listing.pk, actor=creditor)
    assert [row.reason for row in told] == ["no_licence", "won", "outranked"]
    assert all(row.adjustment is not None for row in told)


def test_the_rates_of_a_plan_do_not_tell_the_band() -> None:
    taker, rows = licensed(), []
    for fields in (SMALL, LARGE):
        claim = reachable_claim(**fields)
        creditor = factories.actor(Role.CREDITOR, claim.creditor)
        plan = write_plan(name="By size", content=BY_SIZE, actor=creditor, at=AT)
        given: dict[str, Any] = {**TERMS, "plan_id": plan.pk}
        order = publish(claim_id=claim.pk, mode="grab", actor=creditor, at=AT, **given)
        row = listing_for(listing_id=order.pk, actor=taker, at=AT)
        rows.append((row.commission_rate, row.commission_to))
        own = listing_for(listing_id=order.pk, actor=creditor, at=AT)
        assert own.commission_rate == own.commission_to == order.commission_rate
    assert rows == [(Decimal("0.1"), Decimal("0.3"))] * 2
    # Neither does a filter: an order counts by the lowest rate that it may pay.
    paying = hall(actor=taker, at=AT, filters=HallFilters(min_commission=Decimal("0.2")))
    assert paying.total == 0
    mandate = take(listing_id=order.pk, actor=taker, at=AT)
    assert mandate.commission_rate == Decimal("0.1")
    over = listing_for(listing_id=order.pk, actor=licensed(), at=AT)
    assert (over.commission_rate, over.commission_to) == (Decimal("0.1"), Decimal("0.3"))


def left(actor: Actor) -> None:
    """Let the person who acts for an organisation have left it yesterday."""
    user = User.objects.create(id=actor.user_id, email=f"{actor.user_id}@example.com")
    days = {"starts_at": AT - timedelta(days=9), "ends_at": AT - timedelta(days=1)}
    Membership.objects.create(
        user=user, organisation_id=actor.org_id, role=Role.COLLECTOR.value, **days
    )


def test_a_bid_of_who_left_its_organisation_binds_nobody() -> None:
    listing, taker = invited(), licensed()
    bid(listing, "0.2", taker)
    left(taker)
    opens(listing)
    mine = my_bid(listing_id=listing.pk, actor=taker)
    assert mine is not None
    assert (mine.reason, mine.detail) == ("no_standing", "market.signer-left")


def test_a_standing_order_of_who_left_accepts_nothing() -> None:
    taker = licensed()
    given: dict[str, Any] = {"weekly_cap": 5, "ends_on": date(2027, 1, 1), "auto_accept": True}
    make_standing_order(**given, actor=taker, at=AT)
    left(taker)
    hidden(mode="dispatch", **SMALL)
    assert dispatch(at=AT) == {"lapsed": 0, "offered": 1, "accepted": 0}
    (row,) = offers_for(actor=taker, waiting=False)
    assert row.reason == "market.signer-left"


def test_a_rate_of_more_than_four_decimals_is_refused() -> None:
    claim = reachable_claim()
    creditor = factories.actor(Role.CREDITOR, claim.creditor)
    for name in ("commission_rate", "quality_share"):
        given = {**TERMS, name: Decimal("0.20001")}
        with pytest.raises(BadTerms):
            publish(claim_id=claim.pk, mode="grab", actor=creditor, at=AT, **given)
