"""Mandates: who works which claim, giving back, calling back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qinghe.api.auth import actor_of, writer_of
from qinghe.api.paging import Cut, Piece, after
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.market.queries import MandateRow, mandate_by_id, mandates
from qinghe.market.services import give_back, recall
from qinghe.market.terms import LIVE, GiveBackCause, MandateState

router = Router(tags=["mandates"])


class MandateOut(Schema):
    """A mandate as its two parties see it. Amounts are minor units; the debtor is masked."""

    id: UUID
    claim_id: UUID
    claim_number: str
    debtor_masked: str
    creditor_id: UUID
    creditor_name: str
    collector_id: UUID
    collector_name: str
    mode: str
    state: str
    product: str
    stage: str
    region: str
    currency: str
    owed_minor: int
    paid_minor: int
    commission_rate: Decimal
    quality_share: Decimal
    terms_version: str
    terms_sha256: str
    starts_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    reason: str


class ReasonIn(Schema):
    """Why, in a few words about the work and never about the person."""

    reason: str = Field(min_length=1, max_length=200)


class ReturnIn(ReasonIn):
    """Why an order goes back; a cause of your own counts towards a pause in taking."""

    cause: GiveBackCause = GiveBackCause.OTHER


class Which(Cut):
    """Which mandates, and which piece of the list."""

    state: list[MandateState] = Field([], description="Only these states; else the live ones.")


@router.get("/mandates", response=Piece[MandateOut], url_name="mandates")
def list_mandates(request: HttpRequest, which: Annotated[Which, Query()]) -> Piece[MandateOut]:
    """Return the mandates your organisation gave or holds, those that end first, first."""
    rows = mandates(actor=actor_of(request), limit=10_000, states=which.state or LIVE)
    piece, more = after(rows, which, lambda row: str(row.id))
    return Piece[MandateOut](items=[_out(row) for row in piece], next_cursor=more)


@router.post("/mandates/{uuid:mandate_id}/return", response=MandateOut, url_name="give-back")
def create_return(request: HttpRequest, mandate_id: UUID, body: ReturnIn) -> MandateOut:
    """Give an order back; the claim may be placed with somebody else."""
    actor = writer_of(request)
    give_back(
        mandate_id=mandate_id, reason=body.reason, cause=body.cause, actor=actor, at=clock.now()
    )
    return mandate_out(mandate_id, actor)


@router.post("/mandates/{uuid:mandate_id}/recall", response=MandateOut, url_name="recall")
def create_recall(request: HttpRequest, mandate_id: UUID, body: ReasonIn) -> MandateOut:
    """Call a claim of yours back; its collector stops at once."""
    actor = writer_of(request)
    recall(mandate_id=mandate_id, reason=body.reason, actor=actor, at=clock.now())
    return mandate_out(mandate_id, actor)


def mandate_out(mandate_id: UUID, actor: Actor) -> MandateOut:
    """
    Return one mandate as a party sees it.

    :raises NoSuchMandate: unknown, or another party's
    """
    mandate = mandate_by_id(mandate_id=mandate_id, actor=actor)
    rows = mandates(actor=actor, states=list(MandateState), claim_id=mandate.claim_id)
    return _out(next(row for row in rows if row.id == mandate_id))


def _out(row: MandateRow) -> MandateOut:
    names = set(MandateOut.model_fields) - {"owed_minor", "paid_minor"}
    facts = {name: getattr(row, name) for name in names}
    return MandateOut(**facts, owed_minor=row.owed, paid_minor=row.paid)
