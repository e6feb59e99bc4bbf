"""Evidence on pages of the staff: files in words, and one file side by side with its claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from qinghe.claims.findings import Signed, signatures_of, warnings_of
from qinghe.claims.media.kinds import MEDIA, Family, Media
from qinghe.claims.queries import ClaimView, EvidenceRow, claim_for, evidence_for
from qinghe.claims.services import open_evidence, signers_of
from qinghe.claims.terms import Scan
from qinghe.kernel.actor import Role
from qinghe.parties.roles import Permission
from qinghe.parties.terms import Purpose
from qinghe.web.claimparts import equation
from qinghe.web.creditor.evidence import ReplaceForm
from qinghe.web.doors import StaffRequest, page
from qinghe.web.formats import as_day

# Nothing in a file may run, load or be framed by strangers. A browser shows no PDF in a sandbox, so
# a PDF gets the same policy without that word; its viewer is a process of its own.
SHUT: Final = "default-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
POLICY: Final[dict[Family, str]] = {
    Family.PDF: SHUT + "; object-src 'self'; style-src 'unsafe-inline'",
    Family.PICTURE: SHUT + "; sandbox; img-src 'self'; style-src 'unsafe-inline'",
    Family.SOUND: SHUT + "; sandbox; media-src 'self'; style-src 'unsafe-inline'",
}


@dataclass(frozen=True)
class Item:
    """One file on a page: its facts, and what was found in it, in words."""

    row: EvidenceRow
    media: Media
    warnings: list[str]
    signatures: list[Signed]

    @property
    def family(self) -> str:
        return self.media.family

    @property
    def scan_words(self) -> str:
        return str(Scan(self.row.scan).label)


def item_of(row: EvidenceRow) -> Item:
    """Return a file with its findings in words; names of signers stay sealed."""
    media = MEDIA.get(row.media_type, MEDIA["application/pdf"])
    return Item(row, media, warnings_of(row.findings), signatures_of(row.findings))


def items_of(view: ClaimView) -> list[Item]:
    """Return the files of a claim: what counts first, then what was replaced."""
    rows = sorted(view.evidence, key=lambda row: row.superseded_at is not None)
    return [item_of(row) for row in rows]


@page(Permission.MANAGE_CLAIMS, Permission.VERIFY_CLAIMS)
def evidence_look(request: StaffRequest, evidence_id: UUID) -> HttpResponse:
    """Show a file beside what the creditor claims; J and K lead through the files of the claim."""
    row = evidence_for(evidence_id=evidence_id, actor=request.actor)
    view = claim_for(claim_id=row.claim_id, actor=request.actor)
    items = items_of(view)
    place = next(n for n, each in enumerate(items) if each.row.id == row.id)
    mine = request.actor.role is Role.CREDITOR
    item = items[place]
    context = {
        "claim": view,
        "terms": equation(view, as_day(request.at)),
        "item": item,
        "items": items,
        "place": place + 1,
        "previous": items[place - 1] if place else None,
        "next": items[place + 1] if place + 1 < len(items) else None,
        "signers": signers_of(
            evidence_id=evidence_id,
            purpose=Purpose.VERIFY_IDENTITY,
            actor=request.actor,
            at=request.at,
        ),
        "anyway": "show" in request.GET,
        "mine": mine,
        "replace_form": ReplaceForm() if mine and row.superseded_at is None else None,
    }
    return render(request, "web/parts/evidence_look.html", context)


@page(Permission.MANAGE_CLAIMS, Permission.VERIFY_CLAIMS)
def evidence_view(request: StaffRequest, evidence_id: UUID) -> HttpResponse:
    """Give a file to the frame of its own page, and to no other; who looked is recorded."""
    row, content = _opened(request, evidence_id)
    family = MEDIA[row.media_type].family
    response = HttpResponse(content, content_type=row.media_type)
    response["Content-Disposition"] = f'inline; filename="{_name(row)}"'
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Content-Security-Policy"] = POLICY.get(family, SHUT + "; sandbox")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@page(Permission.MANAGE_CLAIMS, Permission.VERIFY_CLAIMS)
def evidence_file(request: StaffRequest, evidence_id: UUID) -> HttpResponse:
    """Give a file to keep, as it was sent; who took it is recorded."""
    row, content = _opened(request, evidence_id)
    return attached(row, content, _name(row))


def attached(row: EvidenceRow, content: bytes, name: str) -> HttpResponse:
    """Return a file that a browser saves and never opens by itself."""
    return _shut(row.media_type, content, name)


def shut_file(media_type: str, content: bytes, stem: str) -> HttpResponse:
    """Return a file of any kind to keep, under a name of our own with the ending of its kind."""
    return _shut(media_type, content, f"{stem}{MEDIA[media_type].endings[0]}")


def _shut(media_type: str, content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SHUT + "; sandbox"
    return response


def _opened(request: StaffRequest, evidence_id: UUID) -> tuple[EvidenceRow, bytes]:
    return open_evidence(
        evidence_id=evidence_id,
        purpose=Purpose.VERIFY_IDENTITY,
        actor=request.actor,
        at=request.at,
    )


def _name(row: EvidenceRow) -> str:
    """Return a name of our own: the creditor's file name may hold anything."""
    return f"{row.kind}-{row.sha256[:8]}{MEDIA[row.media_type].endings[0]}"
