"""What debtors sent with a dispute: receipts and screenshots, and who may open them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from qinghe.claims.models import Claim, DisputePaper
from qinghe.claims.queries.access import visible
from qinghe.claims.queries.decisions import dispute_for
from qinghe.claims.queries.one import claim_view
from qinghe.claims.queries.papers import RESCAN
from qinghe.claims.terms import USABLE_SCANS, Scan
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.kernel.shown import mark
from qinghe.parties.roles import Permission, may


class NoSuchPaper(DomainError):
    code = "claims.no-such-paper"
    status = 404
    text = _("There is no such paper.")


@dataclass(frozen=True)
class PaperRow:
    """One file of a debtor; its name is the debtor's own and is shown to nobody else."""

    id: UUID
    dispute_id: UUID
    sha256: str
    media_type: str
    size: int
    filename: str
    uploaded_at: datetime
    scan: str

    @property
    def usable(self) -> bool:
        """Tell whether it may be opened: no scanner is at work, or it found nothing."""
        return self.scan in USABLE_SCANS

    @property
    def waits(self) -> bool:
        """Tell whether the scanner has still to look at it."""
        return self.scan == Scan.WAITING


_ROW = ("id", "dispute_id", "sha256", "media_type", "size", "filename", "uploaded_at", "scan")


def papers_sent(*, dispute_id: UUID, actor: Actor) -> list[PaperRow]:
    """Return the files that came with a dispute and that an actor may open, oldest first."""
    rows = DisputePaper.objects.filter(_open_to(actor), dispute=dispute_id)
    return [PaperRow(*row) for row in rows.order_by("uploaded_at", "id").values_list(*_ROW)]


def dispute_mark(*, dispute_id: UUID, actor: Actor) -> str:
    """
    Return the mark of a dispute as it is read: what both sides said and sent, and what is claimed.

    :raises NoSuchDispute: unknown, or about a claim the actor may not see
    """
    row = dispute_for(dispute_id=dispute_id, actor=actor)
    claim = claim_view(row.claim_id)
    papers = [str(each.id) for each in papers_sent(dispute_id=dispute_id, actor=actor)]
    files = sorted((str(each.id), each.usable) for each in claim.evidence)
    said = (row.said, row.statement_id, row.proof_id, row.proved_at)
    return mark(row.id, row.state, *said, papers, files, claim.claimed_parts)


def paper_for(*, paper_id: UUID, actor: Actor, claim_id: UUID | None = None) -> PaperRow:
    """
    Return one file's facts, of one claim if it is named.

    :raises NoSuchPaper: unknown, not for this actor, or about another claim
    """
    rows = DisputePaper.objects.filter(_open_to(actor), pk=paper_id)
    if claim_id is not None:
        rows = rows.filter(dispute__claim=claim_id)
    found = rows.values_list(*_ROW).first()
    if found is None:
        raise NoSuchPaper
    return PaperRow(*found)


def papers_waiting(*, limit: int = RESCAN) -> list[tuple[UUID, str]]:
    """Return (paper, hash) of what debtors sent and the scanner has not seen, the oldest first."""
    rows = DisputePaper.objects.filter(scan=Scan.WAITING).order_by("uploaded_at", "id")
    return list(rows.values_list("pk", "sha256")[:limit])


def _open_to(actor: Actor) -> Q:
    """Narrow to the debtor's own, to what was shared with the creditor, or to who decides."""
    mine = Q(dispute__claim__in=Claim.objects.filter(visible(actor)))
    if actor.role is Role.DEBTOR or may(actor, Permission.DECIDE_DISPUTES):
        return mine
    return mine & Q(dispute__shared=True) if actor.role is Role.CREDITOR else Q(pk__in=[])
