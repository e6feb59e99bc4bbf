"""Papers for many claims: send one ZIP or several files, look, add them or leave them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, BinaryIO, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from qinghe.api.auth import actor_of, writer_of
from qinghe.api.batches import ProgressOut
from qinghe.api.paging import BadCursor, Cut, Piece, after, pack, unpack
from qinghe.claims.queries.bundles import BundleView, bundle_for, bundles, files_of, report
from qinghe.claims.services import Sent, accept_bundle, cancel_bundle, send_papers
from qinghe.claims.terms import Verdict
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import NotPermitted, Permission, require

router = Router(tags=["papers"])
MOST = 1000


class PapersIn(Schema):
    """What files count as whose name tells no kind, and to which batch the claims belong."""

    otherwise: str = Field("", description="A kind of evidence; empty: such files are left out.")
    batch_id: UUID | None = Field(None, description="Only claims of this batch; absent: all yours.")


class PapersOut(Schema):
    """
    One ZIP of papers. `counts` are files by verdict: matched, added, here, unknown, ambiguous,
    refused.

    `state` is received, checking, checked, taking, taken, cancelled or failed; `progress` tells how
    far it is while it is received, checking or taking.
    """

    id: UUID
    filename: str
    sha256: str
    batch_id: UUID | None
    otherwise: str
    state: str
    files: int
    counts: dict[str, int]
    uploaded_at: datetime
    decided_at: datetime | None
    failed_because: str
    progress: ProgressOut | None


class PaperOut(Schema):
    """One file of a ZIP: whose it is and what it proves, or why it is not taken and what helps."""

    place: int
    name: str
    size: int
    verdict: str
    kind: str
    claim_id: UUID | None
    claim_number: str
    contract_number: str
    code: str
    reason: str


CutQuery = Annotated[Cut, Query()]


@router.post("/papers", response={201: PapersOut}, url_name="papers")
def create_papers(
    request: HttpRequest, files: File[list[UploadedFile]], body: Form[PapersIn]
) -> Status[PapersOut]:
    """
    Send one ZIP, or several files. Each is looked at by and by; nothing is added to a claim yet.

    Names of files or folders hold the contract number, and a word that tells the kind.
    """
    actor = writer_of(request)
    if actor.org_id is None:
        raise NotPermitted
    require(actor, Permission.MANAGE_CLAIMS)
    made = send_papers(
        creditor_id=actor.org_id,
        files=[Sent(each.name or "", cast("BinaryIO", each.file)) for each in files],
        otherwise=body.otherwise,
        batch_id=body.batch_id,
        actor=actor,
        at=clock.now(),
    )
    return Status(201, _out(bundle_for(bundle_id=made.pk, actor=actor)))


@router.get("/papers", response=Piece[PapersOut], url_name="papers")
def list_papers(
    request: HttpRequest, cut: CutQuery, batch_id: UUID | None = None
) -> Piece[PapersOut]:
    """Return the papers your organisation sent, the newest first."""
    rows = bundles(actor=actor_of(request), batch_id=batch_id, limit=MOST)
    piece, more = after(rows, cut, lambda row: str(row.id))
    return Piece[PapersOut](items=[_out(row) for row in piece], next_cursor=more)


@router.get("/papers/{uuid:bundle_id}", response=PapersOut, url_name="bundle")
def get_papers(request: HttpRequest, bundle_id: UUID) -> PapersOut:
    """Return one ZIP of papers and its counts."""
    return _out(bundle_for(bundle_id=bundle_id, actor=actor_of(request)))


@router.get("/papers/{uuid:bundle_id}/files", response=Piece[PaperOut], url_name="bundle-files")
def list_files(
    request: HttpRequest, bundle_id: UUID, cut: CutQuery, verdict: Verdict | None = None
) -> Piece[PaperOut]:
    """Return what becomes of each file, of one verdict only if so asked."""
    found = bundle_for(bundle_id=bundle_id, actor=actor_of(request))
    beyond, limit = _place(cut.cursor), cut.limit
    rows = files_of(found, verdict=verdict or "", beyond=beyond, limit=limit + 1)
    items = [PaperOut.model_validate(row, from_attributes=True) for row in rows[:limit]]
    more = pack([items[-1].place]) if len(rows) > limit else None
    return Piece[PaperOut](items=items, next_cursor=more)


@router.get("/papers/{uuid:bundle_id}/report.csv", url_name="bundle-report")
def get_report(request: HttpRequest, bundle_id: UUID) -> HttpResponse:
    """Return every file with its claim and kind, or why it is not taken and what helps."""
    found = bundle_for(bundle_id=bundle_id, actor=actor_of(request))
    response = HttpResponse(report(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="papers.csv"'
    return response


@router.post("/papers/{uuid:bundle_id}/acceptance", response=PapersOut, url_name="bundle-accept")
def create_acceptance(request: HttpRequest, bundle_id: UUID) -> PapersOut:
    """Add every file that fits a claim; it is `taking`, and `taken` when all are added."""
    actor = writer_of(request)
    accept_bundle(bundle_id=bundle_id, actor=actor, at=clock.now())
    return _of(bundle_id, actor)


@router.post("/papers/{uuid:bundle_id}/cancellation", response=PapersOut, url_name="bundle-cancel")
def create_cancellation(request: HttpRequest, bundle_id: UUID) -> PapersOut:
    """Leave the papers, or stop adding them; what was added stays."""
    actor = writer_of(request)
    cancel_bundle(bundle_id=bundle_id, actor=actor, at=clock.now())
    return _of(bundle_id, actor)


def _place(cursor: str) -> int:
    match unpack(cursor):
        case None:
            return -1
        case [int(place)]:
            return place
        case _:
            raise BadCursor


def _of(bundle_id: UUID, actor: Actor) -> PapersOut:
    return _out(bundle_for(bundle_id=bundle_id, actor=actor))


def _out(row: BundleView) -> PapersOut:
    return PapersOut.model_validate(row, from_attributes=True)
