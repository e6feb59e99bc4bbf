"""Early settlement: who may offer how much less, offers, and the creditor's consent."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from qinghe.api.auth import actor_of, writer_of
from qinghe.api.claims import claim_seen_by
from qinghe.casework.queries.early import EarlyRow, authority_of, early_offers
from qinghe.casework.services import (
    Grant,
    decide_early_offer,
    make_early_offer,
    set_authority,
)
from qinghe.casework.terms import LONGEST_OFFER_DAYS, OfferRole
from qinghe.claims.terms import Stage
from qinghe.kernel import clock
from qinghe.parties.roles import NotPermitted, Permission, require

router = Router(tags=["early settlement"])


class AuthorityRow(Schema):
    """How much less a role may offer; no stage or amount: everywhere. The first fit counts."""

    role: OfferRole
    discount_pct: Decimal = Field(ge=0, le=100, max_digits=5, decimal_places=2)
    days: int = Field(ge=1, le=LONGEST_OFFER_DAYS, description="How long an offer may stand.")
    stage: Stage | None = None
    owed_to: int | None = Field(None, gt=0, description="Up to this debt, in minor units.")


class EarlyIn(Schema):
    """The sum, in minor units, that settles the whole claim when paid by a day."""

    amount: int = Field(gt=0)
    last_day: date
    waives: int = Field(
        0, ge=0, description="What is waived; needed below a tenth of what is owed."
    )


class EarlyOut(Schema):
    """One offer. Amounts in minor units; `waived` is what was waived when it was paid."""

    id: UUID
    claim_id: UUID
    currency: str
    amount: int
    owed: int
    last_day: date
    state: str
    made_by: str
    made_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    waived: int


class ConsentIn(Schema):
    """Whether the creditor consents."""

    agreed: bool


@router.get("/offer-authority", response=list[AuthorityRow], url_name="offer-authority")
def get_authority(request: HttpRequest) -> list[dict[str, object]]:
    """Return what your organisation lets each role offer."""
    actor = actor_of(request)
    require(actor, Permission.DECIDE_PLANS)
    if actor.org_id is None:
        raise NotPermitted
    rows = authority_of(creditor_id=actor.org_id)
    return [{**vars(row), "stage": row.stage or None} for row in rows]


@router.post("/offer-authority", response=list[AuthorityRow], url_name="offer-authority")
def write_authority(request: HttpRequest, body: list[AuthorityRow]) -> list[AuthorityRow]:
    """Say anew what each role may offer; offers that were made stand."""
    actor = writer_of(request)
    if actor.org_id is None:
        raise NotPermitted
    rows = [
        Grant(row.role.value, row.discount_pct, row.days, row.stage or "", row.owed_to)
        for row in body
    ]
    set_authority(creditor_id=actor.org_id, rows=rows, actor=actor, at=clock.now())
    return body


@router.get(
    "/claims/{uuid:claim_id}/early-offers", response=list[EarlyOut], url_name="early-offers"
)
def list_early_offers(request: HttpRequest, claim_id: UUID) -> list[EarlyRow]:
    """Return the offers on a claim, the newest first."""
    actor = actor_of(request)
    claim_seen_by(claim_id, actor)
    return early_offers(actor=actor, claim_id=claim_id)


@router.post(
    "/claims/{uuid:claim_id}/early-offers", response={201: EarlyOut}, url_name="early-offers"
)
def create_early_offer(request: HttpRequest, claim_id: UUID, body: EarlyIn) -> Status[EarlyRow]:
    """Offer less for an early settlement; beyond your authority it waits for the creditor."""
    actor = writer_of(request)
    made = make_early_offer(
        claim_id=claim_id,
        amount=body.amount,
        last_day=body.last_day,
        waives=body.waives,
        actor=actor,
        at=clock.now(),
    )
    rows = early_offers(actor=actor, claim_id=claim_id)
    return Status(201, next(row for row in rows if row.id == made.pk))


@router.post(
    "/early-offers/{uuid:offer_id}/consent", response={204: None}, url_name="early-consent"
)
def consent(request: HttpRequest, offer_id: UUID, body: ConsentIn) -> Status[None]:
    """Consent to an offer that waits for you, or not."""
    actor = writer_of(request)
    decide_early_offer(offer_id=offer_id, agreed=body.agreed, actor=actor, at=clock.now())
    return Status(204, None)
