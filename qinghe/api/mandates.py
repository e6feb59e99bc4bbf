"""Mandates: who works which claim, giving back, calling back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from qinghe.api.auth import actor_of, writer_of
from qinghe.api.paging import Cut, Piece, after
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.market.queries import MandateRow, mandate_by_id, mandates
from qinghe.market.queries.signed import signed_document
from qinghe.market.refusals import NoSuchMandate
from qinghe.market.services import confirm_return, give_back, recall, refuse_return, report
from qinghe.market.terms import LIVE, MandateState, NextStep, Outlook, ReturnReason

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
    hand: int
    agreed_ends_at: datetime | None = Field(
        description="The end that was signed; what the debtor did may have moved `ends_at`."
    )
    last_action_at: datetime | None
    reported_at: datetime | None
    warned_for: str = Field(description="The service level that was missed, if one was.")
    return_code: str
    document_sha256: str | None = Field(description="Of the exact text that both sides signed.")
    excuse: str = Field(
        description="Whether the reason of a return holds: waiting, proven, confirmed or refused."
    )
    excuse_words: str = Field(description="Why it was not confirmed.")
    reinstated_at: datetime | None = Field(
        description="In force again since, for the payment that had completed it was undone."
    )


class SignatureOut(Schema):
    """One side under a document."""

    name: str
    role: str
    at: datetime


class DocumentOut(Schema):
    """What both sides signed: the exact text in Chinese and English, and its SHA-256."""

    sha256: str
    version: str
    text_zh: str
    text_en: str
    creditor: SignatureOut
    collector: SignatureOut


class ReturnIn(Schema):
    """Why an order goes back; reasons of your own count towards a pause in taking."""

    reason: str = Field(min_length=1, max_length=200)
    code: ReturnReason = ReturnReason.OTHER


class RefusalIn(Schema):
    """Why the reason of a return does not hold; the collector reads it."""

    words: str = Field(min_length=1, max_length=300)


class ReportIn(Schema):
    """How a case stands, in codes."""

    outlook: Outlook
    next_step: NextStep


class ReasonIn(Schema):
    """Why, in a few words about the work and never about the person."""

    reason: str = Field(min_length=1, max_length=200)


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
    give_back(mandate_id=mandate_id, **body.dict(), actor=actor, at=clock.now())
    return mandate_out(mandate_id, actor)


@router.post(
    "/mandates/{uuid:mandate_id}/return/confirm", response=MandateOut, url_name="confirm-return"
)
def create_confirmation(request: HttpRequest, mandate_id: UUID) -> MandateOut:
    """Confirm the reason of a return: it no longer counts against the collector."""
    actor = writer_of(request)
    confirm_return(mandate_id=mandate_id, actor=actor, at=clock.now())
    return mandate_out(mandate_id, actor)


@router.post(
    "/mandates/{uuid:mandate_id}/return/refuse", response=MandateOut, url_name="refuse-return"
)
def create_objection(request: HttpRequest, mandate_id: UUID, body: RefusalIn) -> MandateOut:
    """Say that the reason of a return does not hold, and why."""
    actor = writer_of(request)
    refuse_return(mandate_id=mandate_id, words=body.words, actor=actor, at=clock.now())
    return mandate_out(mandate_id, actor)


@router.get(
    "/mandates/{uuid:mandate_id}/document", response=DocumentOut, url_name="mandate-document"
)
def get_document(request: HttpRequest, mandate_id: UUID) -> DocumentOut:
    """Return what both sides signed; 404 where there was one text for the collector alone."""
    signed = signed_document(mandate_id=mandate_id, actor=actor_of(request))
    if signed is None:
        raise NoSuchMandate
    return DocumentOut(
        sha256=signed.sha256,
        version=signed.version,
        text_zh=signed.texts["zh"],
        text_en=signed.texts["en"],
        creditor=SignatureOut(**vars(signed.creditor)),
        collector=SignatureOut(**vars(signed.collector)),
    )


@router.post(
    "/mandates/{uuid:mandate_id}/reports", response={201: MandateOut}, url_name="mandate-reports"
)
def create_report(request: HttpRequest, mandate_id: UUID, body: ReportIn) -> Status[MandateOut]:
    """Tell the creditor how a case of yours stands."""
    actor = writer_of(request)
    report(mandate_id=mandate_id, **body.dict(), actor=actor, at=clock.now())
    return Status(201, mandate_out(mandate_id, actor))


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
