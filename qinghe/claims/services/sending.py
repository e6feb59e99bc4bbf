"""A debtor sends papers with a dispute: examined and sealed like evidence, few, never lost."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.media.bared import bare
from qinghe.claims.media.kinds import MEDIA, Family
from qinghe.claims.media.refusals import FileTypeRefused, MacrosRefused
from qinghe.claims.models import Dispute, DisputePaper
from qinghe.claims.queries import NoSuchDispute, require_claim
from qinghe.claims.queries.sent import PaperRow, paper_for
from qinghe.claims.services.evidence import FileWaits
from qinghe.claims.services.examining import Examined, examine
from qinghe.claims.services.locks import locked
from qinghe.claims.terms import DisputeState, Scan
from qinghe.journal.services import answered_before, record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.filestore import seal_file
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import open_file

MOST_PAPERS: Final = 20
MAX_NAME: Final = 120
# What a telephone makes: photographs and screenshots, and what a bank sends.
TAKEN: Final = frozenset({Family.PDF, Family.PICTURE})


class PaperKind(DomainError):
    code = "claims.paper-kind"
    status = 422
    text = _("Only pictures and PDF files can be sent here. Make a photo or a screenshot of it.")


class TooManyPapers(DomainError):
    code = "claims.too-many-papers"
    text = _("You have sent {most} papers already; more are not taken. Write what is missing.")


@dataclass(frozen=True)
class _Paper:
    """A file that was examined and sealed, as an argument of a verb."""

    name: str
    sha256: str
    size: int
    examined: Examined

    def __str__(self) -> str:
        return self.sha256


def add_paper(
    *, claim_id: UUID, filename: str, content: bytes, actor: Actor, at: datetime
) -> DisputePaper:
    """
    Add a receipt, a screenshot or another paper to an open dispute; the same file is kept once.

    :raises NotPermitted: only debtors contest
    :raises NoSuchClaim: unknown, or not the debtor's own
    :raises NoSuchDispute: nothing is contested, or it was decided
    :raises PaperKind: neither a picture nor a PDF
    :raises TooManyPapers: as many are here as are taken
    :raises DomainError: the file is not taken, see `examine`
    """
    require(actor, Permission.CONTEST_CLAIM)
    require_claim(claim_id, actor)
    # All before any row is locked, for a file may be slow.
    examined = _examined(content, filename)
    # The scanner saw the whole file; what is kept tells nobody where a telephone was.
    content = bare(content, examined.media_type)
    if not answered_before(actor):
        _check_room(_open_dispute(claim_id), hashlib.sha256(content).hexdigest())
    name = PurePath(filename.replace("\\", "/")).name[:MAX_NAME]
    paper = _Paper(name, seal_file(content), len(content), examined)
    return _add(claim_id=claim_id, paper=paper, actor=actor, at=at)


def open_paper(
    *, paper_id: UUID, purpose: str, actor: Actor, at: datetime, claim_id: UUID | None = None
) -> tuple[PaperRow, bytes]:
    """
    Return one paper of a debtor with its content, and put on record who opened it.

    :raises NoSuchPaper: unknown, not for this actor, or not of the claim that is named
    :raises FileWaits: the scanner has not cleared it
    """
    row = paper_for(paper_id=paper_id, actor=actor, claim_id=claim_id)
    if not row.usable:
        raise FileWaits
    return row, open_file(sha256=row.sha256, purpose=purpose, actor=actor, at=at)


@verb("claims.add_paper")
def _add(*, claim_id: UUID, paper: _Paper, actor: Actor, at: datetime) -> DisputePaper:
    claim = locked(claim_id, actor)
    dispute = _open_dispute(claim_id)
    if known := _check_room(dispute, paper.sha256):
        return known
    found = paper.examined
    made = DisputePaper.objects.create(
        dispute=dispute,
        sha256=paper.sha256,
        media_type=found.media_type,
        size=paper.size,
        filename=paper.name,
        uploaded_at=at,
        findings=found.findings,
        report=found.report,
        scan=found.scan,
        scanned_at=at if found.scan == Scan.CLEAN else None,
    )
    record(
        kind="claims.paper-sent",
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        dispute=dispute.pk,
        paper=made.pk,
        sha256=paper.sha256,
    )
    return made


def _examined(content: bytes, filename: str) -> Examined:
    """Look at a file; whatever is no picture and no PDF is told what is taken here."""
    try:
        examined = examine(content, filename)
    except (FileTypeRefused, MacrosRefused):
        raise PaperKind from None
    if MEDIA[examined.media_type].family not in TAKEN:
        raise PaperKind
    return examined


def _open_dispute(claim_id: UUID) -> Dispute:
    dispute = Dispute.objects.filter(claim=claim_id, state=DisputeState.OPEN).first()
    if dispute is None:
        raise NoSuchDispute
    return dispute


def _check_room(dispute: Dispute, sha256: str) -> DisputePaper | None:
    """Return the paper if it is here already; else check that one more is taken."""
    sent = DisputePaper.objects.filter(dispute=dispute)
    if known := sent.filter(sha256=sha256).first():
        return known
    if sent.count() >= MOST_PAPERS:
        raise TooManyPapers(most=MOST_PAPERS)
    return None
