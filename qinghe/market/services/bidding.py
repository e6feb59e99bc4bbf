"""
Hand in a bid, improve it, take it back. Nothing here reads or locks what others handed in.

An envelope is inserted and nothing else is touched: no counter, no row of the order, no job, no
journal row of its own (its minute's box has one). So nothing can tell that it was there.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import new_id
from qinghe.kernel.money import to_major
from qinghe.market import bidding
from qinghe.market.bid_refusals import (
    BadBid,
    BelowFloor,
    BidsClosed,
    NoBid,
    NotByBid,
    TooManyHandIns,
)
from qinghe.market.contracts import terms
from qinghe.market.costs import Floor
from qinghe.market.envelopes import Content, commitment, written
from qinghe.market.models import BidEnvelope, BidRefusal, Invitation
from qinghe.market.queries.bids import last_word
from qinghe.market.queries.costs import figures_of, floor_of_listing
from qinghe.market.queries.seen import shown_places
from qinghe.market.reasons import reason_of
from qinghe.market.refusals import NotACollector
from qinghe.market.sealing import shut
from qinghe.market.services.trying import check_bidder
from qinghe.market.terms import ListingState
from qinghe.parties.roles import Permission, require

# Two hand-ins of one bidder come one after the other; nobody else waits for them.
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
# Bids lock the order against its opening, and never against each other.
STANDS = "SELECT state, expires_at FROM market_listing WHERE id = %s FOR SHARE"


def hand_in(
    *, listing_id: UUID, rate: Decimal, quality_share: Decimal, actor: Actor, at: datetime
) -> BidEnvelope:
    """
    Hand in a sealed bid under the current terms; it replaces an earlier one of the same bidder.

    Rates are shares of one. A refusal is kept for the bidder and for the published counts.

    :raises NotByBid: unknown, or no bids are asked for it
    :raises BidsClosed: too late, or the order was taken back
    :raises BadBid: a rate is out of range, or less hangs on quality than the creditor asks
    :raises BelowFloor: it does not cover the bare cost of the work at any amount that the hall
        shows it may have; told line by line
    :raises TooManyHandIns: the bidder has improved it too often
    :raises DomainError: conflict, certificate or standing, as in `take`; licence or band as far as
        what the hall shows tells them, the opening looks at the rest
    """
    try:
        return _hand_in(
            listing_id=listing_id,
            rate=_step(rate),
            quality_share=_step(quality_share),
            actor=actor,
            at=at,
        )
    except DomainError as refusal:
        _keep_refusal(listing_id, refusal, actor, at)
        raise


@verb("market.hand-in-bid")
def _hand_in(
    *, listing_id: UUID, rate: Decimal, quality_share: Decimal, actor: Actor, at: datetime
) -> BidEnvelope:
    require(actor, Permission.TAKE_ORDERS)
    invitation = _invitation(listing_id)
    listing = invitation.listing
    if not (0 < rate < 1 and listing.quality_share <= quality_share <= 1):
        raise BadBid(quality_share=_percent(listing.quality_share))
    place = shown_places([listing.pk])[listing.pk]
    check_bidder(listing, place, actor, at)
    least = floor_of_listing(listing, figures_of(invitation.costs_version), place)
    if rate < least.rate:
        raise below_floor(rate, least)
    return _put(listing_id, rate, quality_share, actor, at)


@verb("market.withdraw-bid")
def withdraw_bid(*, listing_id: UUID, actor: Actor, at: datetime) -> BidEnvelope:
    """
    Take a bid back before the box closes; a new one may follow.

    :raises NotByBid: unknown, or no bids are asked for it
    :raises NoBid: the organisation has none
    :raises BidsClosed: too late
    :raises TooManyHandIns: the bidder has changed its mind too often
    """
    require(actor, Permission.TAKE_ORDERS)
    _invitation(listing_id)
    if actor.org_id is None:
        raise NotACollector
    last = last_word(listing_id, actor.org_id)
    if last is None or last[1].withdrawn:
        raise NoBid
    return _put(listing_id, None, None, actor, at)


def _invitation(listing_id: UUID) -> Invitation:
    found = Invitation.objects.select_related("listing__claim").filter(pk=listing_id).first()
    if found is None:
        raise NotByBid
    return found


def _put(
    listing_id: UUID,
    rate: Decimal | None,
    quality_share: Decimal | None,
    actor: Actor,
    at: datetime,
) -> BidEnvelope:
    """Insert one envelope while the order cannot be opened; all are alike from outside."""
    assert actor.org_id is not None
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [f"{listing_id}:{actor.org_id}"])
        cursor.execute(STANDS, [listing_id])
        state, until = cursor.fetchone()
    if state != ListingState.OPEN or at >= until:
        raise BidsClosed
    mine = BidEnvelope.objects.filter(listing=listing_id, collector=actor.org_id)
    turn = mine.count() + 1
    if turn > bidding.HAND_INS:
        raise TooManyHandIns(limit=bidding.HAND_INS)
    signer = actor.user_id or actor.org_id
    content = Content(listing_id, actor.org_id, signer, at, rate, quality_share, terms().sha256)
    plain, row_id = written(content), new_id()
    key_id, sealed = shut(row_id, plain)
    return BidEnvelope.objects.create(
        id=row_id,
        listing_id=listing_id,
        collector_id=actor.org_id,
        turn=turn,
        at=at,
        key_id=key_id,
        sealed=sealed,
        commitment=commitment(plain),
    )


def _keep_refusal(listing_id: UUID, refusal: DomainError, actor: Actor, at: datetime) -> None:
    """Keep why a bid was not accepted; the bid itself was undone with its transaction."""
    reason = reason_of(refusal)
    if reason is None or actor.org_id is None:
        return
    BidRefusal.objects.get_or_create(
        listing_id=listing_id, collector_id=actor.org_id, reason=reason, defaults={"at": at}
    )


def below_floor(rate: Decimal, floor: Floor) -> BelowFloor:
    """Return the refusal of a bid below cost, with its bill."""
    counts = {line.what: line.count for line in floor.lines}
    told = {f"{line.what}_cost": f"{to_major(line.cost, floor.currency):,}" for line in floor.lines}
    return BelowFloor(
        rate=_percent(rate),
        floor=_percent(floor.rate),
        calls=counts["call"],
        messages=counts["message"],
        letters=counts["letter"],
        minutes=counts["minute"],
        cost=f"{to_major(floor.cost, floor.currency):,}",
        recovered=f"{to_major(floor.recovered, floor.currency):,}",
        fee=_percent(floor.fee),
        currency=floor.currency,
        **told,
    )


def _step(share: Decimal) -> Decimal:
    """Return a rate in the steps in which commissions are written; nonsense is out of range."""
    exact = Decimal(share)
    in_range = exact.is_finite() and -1 < exact < 2
    return exact.quantize(bidding.STEP) if in_range else Decimal(-1)


def _percent(share: Decimal) -> str:
    return f"{share * 100:.2f} %"
