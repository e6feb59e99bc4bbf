"""Sealed bids: the invitation, one's own bid and its receipt, what lay in an opened box."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from qinghe.api.auth import actor_of, writer_of
from qinghe.kernel import clock
from qinghe.market.bid_refusals import NoBid
from qinghe.market.queries.bids import (
    InvitationView,
    OwnBid,
    ResultRow,
    invitation_for,
    my_bid,
    my_bids,
    result,
)
from qinghe.market.services import hand_in, withdraw_bid

router = Router(tags=["bids"])


class CostLine(Schema):
    """One line of the bill: call, message, letter or minute; `cost` in minor units."""

    what: str
    count: int
    cost: int


class FloorOut(Schema):
    """The lowest commission accepted, and how it comes about. Amounts in minor units."""

    rate: Decimal
    lines: list[CostLine]
    cost: int
    recovered: int
    fee: Decimal
    version: str


class InvitationOut(Schema):
    """What everybody may know of a box. It is the same whether nobody has bid, or fifty."""

    listing_id: UUID
    number: str
    state: str
    quality_share: Decimal = Field(description="The least part that must hang on quality.")
    closes_at: datetime = Field(description="Until here bids count for certain.")
    opens_at: datetime
    rule_version: str
    commitment: str = Field(description="SHA-256 over the sealed reserve and the seed of the draw.")
    floor: FloorOut
    opened_at: datetime | None
    closed_at: datetime | None = Field(description="The drawn moment, once the box is open.")


class BidIn(Schema):
    """A bid, which signs the current terms. Rates are shares of one: 0.2 is a fifth."""

    rate: Decimal
    quality_share: Decimal


class BidOut(Schema):
    """Your last word. `plain`, filled with blanks to 640 bytes, hashes to `commitment`."""

    listing_id: UUID
    bid_id: UUID
    at: datetime
    rate: Decimal | None = Field(description="Null once it was taken back.")
    quality_share: Decimal | None
    commitment: str
    plain: str
    rank: int | None
    reason: str = Field(description="What became of it; empty until the box is opened.")
    detail: str


class ResultOut(Schema):
    """One bid of an opened box. Who lost is not named; of others, bidders see what was compared."""

    rank: int | None
    rate: Decimal | None
    quality_share: Decimal | None
    adjustment: Decimal | None
    effective: Decimal | None
    reason: str
    mine: bool


@router.get("/listings/{uuid:listing_id}/invitation", response=InvitationOut, url_name="invitation")
def get_invitation(request: HttpRequest, listing_id: UUID) -> InvitationView:
    """Return on which terms bids are invited for an order."""
    return invitation_for(listing_id=listing_id, actor=actor_of(request))


@router.get("/listings/{uuid:listing_id}/bid", response=BidOut, url_name="bid")
def get_bid(request: HttpRequest, listing_id: UUID) -> OwnBid:
    """Return your own bid with its receipt, and what became of it."""
    return _mine(listing_id, request)


@router.post("/listings/{uuid:listing_id}/bid", response={201: BidOut}, url_name="hand-in")
def create_bid(request: HttpRequest, listing_id: UUID, body: BidIn) -> Status[OwnBid]:
    """Hand in a sealed bid, or replace yours. Nobody else learns that it exists."""
    actor, at = writer_of(request), clock.now()
    hand_in(listing_id=listing_id, **body.dict(), actor=actor, at=at)
    return Status(201, _mine(listing_id, request))


@router.post("/listings/{uuid:listing_id}/bid/withdrawal", response=BidOut, url_name="withdraw-bid")
def create_bid_withdrawal(request: HttpRequest, listing_id: UUID) -> OwnBid:
    """Take your bid out of the box before it closes."""
    withdraw_bid(listing_id=listing_id, actor=writer_of(request), at=clock.now())
    return _mine(listing_id, request)


@router.get("/listings/{uuid:listing_id}/box", response=list[ResultOut], url_name="box")
def get_box(request: HttpRequest, listing_id: UUID) -> list[ResultRow]:
    """Return what lay in an opened box: to its creditor, to the platform, and to who bid."""
    return result(listing_id=listing_id, actor=actor_of(request))


@router.get("/bids", response=list[BidOut], url_name="bids")
def list_bids(request: HttpRequest) -> list[OwnBid]:
    """Return your own last word on each of the latest orders."""
    return my_bids(actor=actor_of(request))


def _mine(listing_id: UUID, request: HttpRequest) -> OwnBid:
    found = my_bid(listing_id=listing_id, actor=actor_of(request))
    if found is None:
        raise NoBid
    return found
