"""Orders: what may be taken, offering a claim, taking it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from qinghe.api.auth import actor_of, writer_of
from qinghe.api.errors import Problem, problem_of
from qinghe.api.mandates import MandateOut, mandate_out
from qinghe.api.paging import Piece, pack, page_of
from qinghe.kernel import clock
from qinghe.market.contracts.figures import USUAL, Levels
from qinghe.market.queries import HallFilters, HallRow, hall, listing_for
from qinghe.market.services import invite_bid, publish, relist, take, withdraw_listing
from qinghe.market.terms import BAND_BOUNDS, Mode

router = Router(tags=["listings"])


class Filters(Schema):
    """What to look for in the hall; an empty filter lets everything through."""

    stages: list[str] = []
    products: list[str] = []
    bands: list[int] = []
    kinds: list[str] = Field([], description="Kinds of creditors.")
    hands: list[int] = Field(
        [], description="How often placed, this time included; 4 is 4 or more."
    )
    min_commission: Decimal | None = None
    mode: str = Field("", description="grab, bid, designated; empty for all")
    currency: str = ""
    regions: list[str] = Field([], description="Codes; 0 for orders whose place is not shown.")
    order: str = Field("recent", description="recent, commission, band or expiring")
    cursor: str = ""

    def hall(self) -> HallFilters:
        """Return them as the hall is asked for them; an amount band that is none is left out."""
        return HallFilters(
            regions=tuple(self.regions),
            stages=tuple(self.stages),
            products=tuple(self.products),
            bands=tuple(band for band in self.bands if 0 <= band < len(BAND_BOUNDS)),
            kinds=tuple(self.kinds),
            hands=tuple(self.hands),
            min_commission=self.min_commission,
            mode=self.mode,
            currency=self.currency,
            order=self.order,
        )


class ListingOut(Schema):
    """One order. It never carries an identity or an exact amount."""

    id: UUID
    number: str
    mode: str
    state: str
    creditor_kind: str
    region: str = Field(description="No finer than five open orders are alike; empty: not shown.")
    product: str
    stage: str
    age_months: int = Field(description="Full months past due; full years from one year on.")
    hand: int
    currency: str
    band: int
    band_to: int = Field(
        description="The highest band it may be in: more than one if few are alike."
    )
    evidence_count: int
    commission_rate: Decimal = Field(
        description="The lowest it may pay, by what is shown. Zero in mode bid: bidders name it."
    )
    commission_to: Decimal = Field(description="The highest it may pay, by what is shown.")
    quality_share: Decimal
    period_days: int
    licence: str
    listed_at: datetime
    expires_at: datetime
    takeable: bool
    unsure: bool = Field(description="Shown too coarse to know; taking decides.")
    why_not: Problem | None = None


class ListingIn(Schema):
    """The terms an order is offered on. Rates are shares of one: 0.2 is a fifth."""

    mode: Mode = Mode.GRAB
    commission_rate: Decimal
    quality_share: Decimal
    period_days: int
    designated_to: UUID | None = None
    closes_at: AwareDatetime | None = Field(
        None,
        description="Mode bid only: until when bids count for certain. `commission_rate` is then "
        "the highest that is accepted; nobody sees it.",
    )
    plan_id: UUID | None = Field(None, description="A commission plan gives the rates instead.")
    first_action_days: int = USUAL.first_action_days
    idle_days: int = USUAL.idle_days
    report_days: int = USUAL.report_days

    def terms(self) -> dict[str, Any]:
        """Return what the market asks for, with the service levels together."""
        given = self.dict(exclude={"closes_at"})
        days = (given.pop("first_action_days"), given.pop("idle_days"), given.pop("report_days"))
        return {**given, "levels": Levels(*days)}


class AgainIn(Schema):
    """What the next hand is offered; nothing: the suggestion, or what the plan says."""

    commission_rate: Decimal | None = None


@router.get("/listings", response=Piece[ListingOut], url_name="listings")
def list_listings(request: HttpRequest, filters: Annotated[Filters, Query()]) -> Piece[ListingOut]:
    """Return the open orders your organisation may see, with why one may not be taken."""
    page = page_of(filters.cursor)
    found = hall(actor=actor_of(request), at=clock.now(), filters=filters.hall(), page=page)
    more = pack(found.page + 1) if found.page < found.pages else None
    return Piece[ListingOut](items=[_out(row) for row in found.rows], next_cursor=more)


@router.get("/listings/{uuid:listing_id}", response=ListingOut, url_name="listing")
def get_listing(request: HttpRequest, listing_id: UUID) -> ListingOut:
    """Return one order as your organisation may see it, open or not."""
    return _out(listing_for(listing_id=listing_id, actor=actor_of(request), at=clock.now()))


@router.post("/claims/{uuid:claim_id}/listing", response={201: ListingOut}, url_name="publish")
def create_listing(request: HttpRequest, claim_id: UUID, body: ListingIn) -> Status[ListingOut]:
    """Offer one of your claims in the hall, without identity."""
    actor, at = writer_of(request), clock.now()
    if body.mode == Mode.BID and body.closes_at is not None:
        listing = invite_bid(
            claim_id=claim_id,
            reserve=body.commission_rate,
            closes_at=body.closes_at,
            quality_share=body.quality_share,
            period_days=body.period_days,
            actor=actor,
            at=at,
        )
    else:
        listing = publish(claim_id=claim_id, **body.terms(), actor=actor, at=at)
    return Status(201, _out(listing_for(listing_id=listing.pk, actor=actor, at=at)))


@router.post("/claims/{uuid:claim_id}/relisting", response={201: ListingOut}, url_name="relist")
def create_relisting(request: HttpRequest, claim_id: UUID, body: AgainIn) -> Status[ListingOut]:
    """Offer a claim again that came back from a collector, as the next hand."""
    actor, at = writer_of(request), clock.now()
    rate = body.commission_rate
    listing = relist(claim_id=claim_id, commission_rate=rate, actor=actor, at=at)
    return Status(201, _out(listing_for(listing_id=listing.pk, actor=actor, at=at)))


@router.post("/listings/{uuid:listing_id}/withdrawal", response=ListingOut, url_name="unpublish")
def create_withdrawal(request: HttpRequest, listing_id: UUID) -> ListingOut:
    """Take an open order of yours out of the hall."""
    actor, at = writer_of(request), clock.now()
    withdraw_listing(listing_id=listing_id, actor=actor, at=at)
    return _out(listing_for(listing_id=listing_id, actor=actor, at=at))


@router.post("/listings/{uuid:listing_id}/mandate", response={201: MandateOut}, url_name="take")
def create_mandate(request: HttpRequest, listing_id: UUID) -> Status[MandateOut]:
    """Take an order under its terms. Exactly one taker wins; the others get 409 and the reason."""
    actor, at = writer_of(request), clock.now()
    mandate = take(listing_id=listing_id, actor=actor, at=at)
    return Status(201, mandate_out(mandate.pk, actor))


def _out(row: HallRow) -> ListingOut:
    facts = {name: getattr(row, name) for name in ListingOut.model_fields if name != "why_not"}
    return ListingOut(**facts, why_not=problem_of(row.why_not) if row.why_not else None)
