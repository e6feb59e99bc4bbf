"""Batches of claims: send a file, see what is wrong with its rows, take it or leave it."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated, Any, BinaryIO, Literal, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from qinghe.api.auth import actor_of, writer_of
from qinghe.api.paging import BadCursor, Cut, Piece, after, pack, unpack
from qinghe.claims.days import day_of
from qinghe.claims.queries import batch_for, batches, error_file, row_errors
from qinghe.claims.services import accept_batch, cancel_batch, receive_batch, refuse_batch
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.filestore import seal_stream
from qinghe.parties.roles import NotPermitted, Permission, require

router = Router(tags=["batches"])
MOST = 1000
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class BadMappingText(DomainError):
    code = "api.bad-mapping"
    status = 400
    text = _("`mapping` is the name of a mapping, or a mapping as JSON.")


class BatchIn(Schema):
    """How to read the file, and the day its ageing is judged on (today when absent)."""

    mapping: str = Field("qinghe", description="A name, or the mapping itself as JSON.")
    as_of: date | None = None


class ProgressOut(Schema):
    """Rows done of all in this phase; speed and time are null until they can be told."""

    phase: str
    done: int
    of: int
    per_second: float | None
    remaining_seconds: int | None


class BatchOut(Schema):
    """
    One delivered file. `amount` is minor units of its sound rows.

    `state` is received, checking, checked, merging, accepted, refused, cancelled or failed; while
    it is received, checking or merging `progress` tells how far it is.
    """

    id: UUID
    filename: str
    sha256: str
    as_of: date
    state: str
    read: int
    valid: int
    accepted: int
    rejected: int
    unchanged: int
    amount: int
    currency: str
    stages: dict[str, int]
    uploaded_at: datetime
    decided_at: datetime | None
    failed_because: str
    may_cancel: bool
    progress: ProgressOut | None


class RowErrorOut(Schema):
    """One thing wrong with one row, and how to fix it. Never the value itself."""

    row: int
    column: str
    code: str
    reason: str
    fix: str


class AcceptIn(Schema):
    """Whether to take the sound rows only, when others have errors."""

    partial: bool = False


CutQuery = Annotated[Cut, Query()]


@router.post("/batches", response={201: BatchOut}, url_name="batches")
def create_batch(
    request: HttpRequest, file: File[UploadedFile], body: Form[BatchIn]
) -> Status[BatchOut]:
    """
    Send a CSV or XLSX file of claims. It is checked, a large one by and by; no claim is made yet.
    """
    actor, at = writer_of(request), clock.now()
    if actor.org_id is None:
        raise NotPermitted
    require(actor, Permission.SUBMIT_CLAIMS)
    batch = receive_batch(
        creditor_id=actor.org_id,
        filename=file.name or "",
        sha256=seal_stream(cast("BinaryIO", file.file)),
        mapping=_mapping(body.mapping),
        as_of=body.as_of or day_of(at),
        actor=actor,
        at=at,
    )
    return Status(201, _out(batch.pk, actor))


@router.get("/batches", response=Piece[BatchOut], url_name="batches")
def list_batches(request: HttpRequest, cut: CutQuery) -> Piece[BatchOut]:
    """Return the files your organisation sent, the newest first."""
    rows = batches(actor=actor_of(request), limit=MOST)
    piece, more = after(rows, cut, lambda row: str(row.id))
    items = [BatchOut.model_validate(row, from_attributes=True) for row in piece]
    return Piece[BatchOut](items=items, next_cursor=more)


@router.get("/batches/{uuid:batch_id}", response=BatchOut, url_name="batch")
def get_batch(request: HttpRequest, batch_id: UUID) -> BatchOut:
    """Return one file and its counts."""
    return _out(batch_id, actor_of(request))


@router.get("/batches/{uuid:batch_id}/errors", response=Piece[RowErrorOut], url_name="errors")
def list_errors(request: HttpRequest, batch_id: UUID, cut: CutQuery) -> Piece[RowErrorOut]:
    """Return what is wrong with the rows of a file."""
    batch = batch_for(batch_id=batch_id, actor=actor_of(request))
    rows = row_errors(batch, limit=cut.limit + 1, beyond=_place(cut.cursor))
    piece = rows[: cut.limit]
    items = [RowErrorOut.model_validate(row, from_attributes=True) for row in piece]
    more = pack(piece[-1].place) if len(rows) > len(piece) else None
    return Piece[RowErrorOut](items=items, next_cursor=more)


@router.get("/batches/{uuid:batch_id}/errors.{fmt}", url_name="error-file")
def get_error_file(
    request: HttpRequest, batch_id: UUID, fmt: Literal["csv", "xlsx"]
) -> HttpResponse:
    """
    Return the faulty rows as delivered, with what is wrong; corrected, send it again.

    :raises NotPermitted: it holds names and numbers in the clear, so only its sender gets it
    """
    actor = actor_of(request)
    batch = batch_for(batch_id=batch_id, actor=actor)
    require(actor, Permission.SUBMIT_CLAIMS)
    response = HttpResponse(error_file(batch, fmt), content_type=TYPES[fmt])
    response["Content-Disposition"] = f'attachment; filename="errors.{fmt}"'
    return response


@router.post("/batches/{uuid:batch_id}/acceptance", response=BatchOut, url_name="accept")
def create_acceptance(request: HttpRequest, batch_id: UUID, body: AcceptIn) -> BatchOut:
    """
    Make claims of a checked file. Rows with errors refuse it, unless `partial` is chosen.

    A large file is then `merging`, and becomes `accepted` when all of it is taken over. A private
    creditor's file that lay too long is `checking` instead: accept it again when it is `checked`.
    """
    actor = writer_of(request)
    accept_batch(batch_id=batch_id, partial=body.partial, actor=actor, at=clock.now())
    return _out(batch_id, actor)


@router.post("/batches/{uuid:batch_id}/refusal", response=BatchOut, url_name="refuse")
def create_refusal(request: HttpRequest, batch_id: UUID) -> BatchOut:
    """Leave a checked file; nothing of it becomes a claim."""
    actor = writer_of(request)
    refuse_batch(batch_id=batch_id, actor=actor, at=clock.now())
    return _out(batch_id, actor)


@router.post("/batches/{uuid:batch_id}/cancellation", response=BatchOut, url_name="cancel")
def create_cancellation(request: HttpRequest, batch_id: UUID) -> BatchOut:
    """
    Stop the work on a file. While it is being taken over, the claims that were made stay.
    """
    actor = writer_of(request)
    cancel_batch(batch_id=batch_id, actor=actor, at=clock.now())
    return _out(batch_id, actor)


def _place(cursor: str) -> tuple[int, int] | None:
    match unpack(cursor):
        case None:
            return None
        case [int(row), int(key)]:
            return row, key
        case _:
            raise BadCursor


def _mapping(text: str) -> dict[str, Any] | str:
    if not text.lstrip().startswith("{"):
        return text.strip()
    try:
        mapping: dict[str, Any] = json.loads(text)
    except ValueError:
        raise BadMappingText from None
    return mapping


def _out(batch_id: UUID, actor: Actor) -> BatchOut:
    row = batch_for(batch_id=batch_id, actor=actor)
    return BatchOut.model_validate(row, from_attributes=True)
