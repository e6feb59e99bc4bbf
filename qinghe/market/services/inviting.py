"""Invite sealed bids (竞价): the order, its closing hour, and a reserve that nobody sees."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.journal.services import record_many, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.market import bidding
from qinghe.market.bid_refusals import BadClosing
from qinghe.market.costs import Floor
from qinghe.market.envelopes import commitment, packed
from qinghe.market.models import Invitation, Listing
from qinghe.market.placing import Wish
from qinghe.market.queries.costs import figures_at, floor_of_listing
from qinghe.market.queries.wished import refusals
from qinghe.market.refusals import BadTerms
from qinghe.market.sealing import shut
from qinghe.market.services.listings import (
    Offer,
    Published,
    check_offer,
    claim_to_place,
    claims_to_place,
    list_claims,
    not_placed,
)
from qinghe.market.terms import Mode

SEED_BYTES = 32


@dataclass(frozen=True)
class _Asked:
    """What a creditor asks for: rates as shares of one."""

    reserve: Decimal
    closes_at: datetime
    offer: Offer


@verb("market.invite-bid")
def invite_bid(
    *,
    claim_id: UUID,
    reserve: Decimal,
    closes_at: datetime,
    quality_share: Decimal,
    period_days: int,
    actor: Actor,
    at: datetime,
) -> Listing:
    """
    Offer one claim to sealed bids; `reserve` is the highest commission that is accepted.

    :raises NotYourClaim: unknown, or another creditor's
    :raises BadTerms: a figure is out of range
    :raises BadClosing: the order would stand open too short or too long
    :raises ReserveBelowFloor: nobody could work it at that price
    :raises NotReady: the claim is in another state (or on hold, not due, unreachable, not proven)
    """
    asked = _asked(reserve, closes_at, quality_share, period_days, actor, at)
    claim = claim_to_place(claim_id, actor)
    listed, refused = _invite([claim], asked, actor, at)
    if claim.pk in refused:
        raise refused[claim.pk]
    return listed[0]


@verb("market.invite-bids")
def invite_bids(
    *,
    claim_ids: Sequence[UUID],
    reserve: Decimal,
    closes_at: datetime,
    quality_share: Decimal,
    period_days: int,
    actor: Actor,
    at: datetime,
) -> Published:
    """
    Offer many claims to sealed bids, each by itself; what cannot be offered is counted by reason.

    :raises BadTerms: a figure is out of range
    :raises BadClosing: the orders would stand open too short or too long
    """
    asked = _asked(reserve, closes_at, quality_share, period_days, actor, at)
    locked = claims_to_place(claim_ids, actor)
    listed, refused = _invite(locked, asked, actor, at)
    return Published(listed=len(listed), passed=not_placed(claim_ids, locked, refused))


def _asked(
    reserve: Decimal,
    closes_at: datetime,
    quality_share: Decimal,
    period_days: int,
    actor: Actor,
    at: datetime,
) -> _Asked:
    reserve = Decimal(reserve)
    offer = Offer(
        mode=Mode.BID,
        # No column of an order holds a rate before the box is open.
        commission_rate=Decimal(0),
        quality_share=Decimal(quality_share),
        period_days=period_days,
        until=bidding.opening(closes_at),
    )
    check_offer(offer, actor)
    if not (reserve.is_finite() and 0 < reserve < 1):
        raise BadTerms
    if not bidding.SHORTEST_DWELL <= closes_at - at <= bidding.LONGEST_DWELL:
        hours = int(bidding.SHORTEST_DWELL.total_seconds()) // 3600
        raise BadClosing(hours=hours, days=bidding.LONGEST_DWELL.days)
    return _Asked(reserve, closes_at, offer)


def _invite(
    claims: Sequence[Claim], asked: _Asked, actor: Actor, at: datetime
) -> tuple[list[Listing], dict[UUID, DomainError]]:
    """List locked claims; return the listings, and why others were not listed."""
    refused = refusals(claims, Wish(Mode.BID, asked.reserve), at)
    figures = figures_at(at)
    fit = [claim for claim in claims if claim.pk not in refused]
    listings = list_claims(fit, asked.offer, actor, at)
    made = [_invitation(listing, asked, floor_of_listing(listing, figures)) for listing in listings]
    Invitation.objects.bulk_create(made, batch_size=1_000)
    rows = [
        (f"claim:{listing.claim_id}", None, _facts(listing, invitation))
        for listing, invitation in zip(listings, made, strict=True)
    ]
    record_many(kind="market.bids-invited", rows=rows, actor=actor, at=at)
    return listings, refused


def _invitation(listing: Listing, asked: _Asked, floor: Floor) -> Invitation:
    secret = packed({"reserve": asked.reserve, "seed": secrets.token_hex(SEED_BYTES)})
    key_id, sealed = shut(listing.pk, secret)
    return Invitation(
        listing=listing,
        closes_at=asked.closes_at,
        opens_at=bidding.opening(asked.closes_at),
        rule_version=bidding.VERSION,
        costs_version=floor.version,
        floor_rate=floor.rate,
        key_id=key_id,
        sealed=sealed,
        commitment=commitment(secret),
    )


def _facts(listing: Listing, invitation: Invitation) -> dict[str, Any]:
    return {
        "listing": listing.number,
        "closes_at": invitation.closes_at,
        "opens_at": invitation.opens_at,
        "floor": invitation.floor_rate,
        "costs": invitation.costs_version,
        "rule": invitation.rule_version,
        "commitment": invitation.commitment,
    }
