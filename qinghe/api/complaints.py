"""Complaints: open one about a claim, see where it stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from qinghe.api.auth import actor_of, writer_of
from qinghe.api.paging import Cut, Piece, after
from qinghe.kernel import clock
from qinghe.quality.queries import ComplaintRow, complaint_for, complaints
from qinghe.quality.services import open_complaint
from qinghe.quality.terms import ComplaintKind, ComplaintState

router = Router(tags=["complaints"])


class Filters(Cut):
    """Which complaints to list."""

    state: ComplaintState | None = None
    claim_id: UUID | None = None


class ComplaintIn(Schema):
    """What is wrong. The words are kept encrypted and are never given out here."""

    kind: ComplaintKind
    statement: str = Field(max_length=4000)
    claim_id: UUID
    # When it happened, with its offset; nothing where nobody knows.
    happened_at: AwareDatetime | None = None


class ComplaintOut(Schema):
    """One complaint and where it stands."""

    id: UUID
    number: str
    kind: str
    state: str
    opened_at: datetime
    due_on: date
    decided_at: datetime | None
    decision_text: str
    claim_id: UUID | None
    claim_number: str
    collector_name: str
    suspended: bool


@router.get("/complaints", response=Piece[ComplaintOut], url_name="complaints")
def list_complaints(
    request: HttpRequest, filters: Annotated[Filters, Query()]
) -> Piece[ComplaintOut]:
    """Return the complaints your organisation may see: open ones first, by the day of answer."""
    rows = complaints(actor=actor_of(request), state=filters.state, claim_id=filters.claim_id)
    piece, more = after(rows, filters, lambda row: str(row.id))
    return Piece[ComplaintOut](items=[_out(row) for row in piece], next_cursor=more)


@router.post("/complaints", response={201: ComplaintOut}, url_name="complain")
def create_complaint(request: HttpRequest, body: ComplaintIn) -> Status[ComplaintOut]:
    """Open a complaint; contact about the claim stops at once."""
    actor = writer_of(request)
    made = open_complaint(
        kind=body.kind,
        statement=body.statement,
        claim_id=body.claim_id,
        person_id=None,
        happened_at=body.happened_at,
        actor=actor,
        at=clock.now(),
    )
    return Status(201, _out(complaint_for(complaint_id=made.pk, actor=actor)))


@router.get("/complaints/{uuid:complaint_id}", response=ComplaintOut, url_name="complaint")
def get_complaint(request: HttpRequest, complaint_id: UUID) -> ComplaintOut:
    """Return one complaint and where it stands."""
    return _out(complaint_for(complaint_id=complaint_id, actor=actor_of(request)))


def _out(row: ComplaintRow) -> ComplaintOut:
    return ComplaintOut.model_validate(row, from_attributes=True)
