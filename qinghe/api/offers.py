"""Offers of the dispatch: what waits for an answer, accepting it, declining it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from qinghe.api.auth import actor_of, writer_of
from qinghe.api.mandates import MandateOut, mandate_out
from qinghe.kernel import clock
from qinghe.market.queries.offers import OfferRow, offers_for
from qinghe.market.services import accept_offer, decline_offer
from qinghe.market.terms import DeclineReason

router = Router(tags=["offers"])


class OfferOut(Schema):
    """One offered order, as the hall would show it: no identity, no exact amount."""

    id: UUID
    number: str
    product: str
    stage: str
    region: str = Field(description="No finer than five open orders are alike; empty: not shown.")
    band: int
    band_to: int = Field(description="The highest band it may be in.")
    currency: str
    commission_rate: Decimal = Field(description="The lowest it may pay, by what is shown.")
    commission_to: Decimal = Field(description="The highest it may pay, by what is shown.")
    quality_share: Decimal
    period_days: int
    offered_at: datetime
    expires_at: datetime
    fit_pct: int = Field(description="Your results with this product, per cent of the average.")
    wished: bool = Field(description="A standing order of yours asks for it.")


class DeclineIn(Schema):
    """Why it is not wanted."""

    reason: DeclineReason


@router.get("/offers", response=list[OfferOut], url_name="offers")
def list_offers(request: HttpRequest) -> list[OfferRow]:
    """Return the offers that wait for your answer, soonest over first."""
    return offers_for(actor=actor_of(request), waiting=True)


@router.post("/offers/{uuid:offer_id}/accept", response={201: MandateOut}, url_name="accept-offer")
def accept(request: HttpRequest, offer_id: UUID) -> Status[MandateOut]:
    """Accept an offer under the current terms."""
    actor = writer_of(request)
    mandate = accept_offer(offer_id=offer_id, actor=actor, at=clock.now())
    return Status(201, mandate_out(mandate.pk, actor))


@router.post("/offers/{uuid:offer_id}/decline", response={204: None}, url_name="decline-offer")
def decline(request: HttpRequest, offer_id: UUID, body: DeclineIn) -> Status[None]:
    """Decline an offer with a reason; it goes to somebody else."""
    actor = writer_of(request)
    decline_offer(offer_id=offer_id, reason=body.reason.value, actor=actor, at=clock.now())
    return Status(204, None)
