"""Show files that waited for the scanner to it again."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from django.conf import settings

from qinghe.claims.gateways import scanner
from qinghe.claims.models import DisputePaper, Evidence
from qinghe.claims.queries import waiting_for_scan
from qinghe.claims.queries.sent import papers_waiting
from qinghe.claims.services.locks import locked
from qinghe.claims.services.unseen import changed
from qinghe.claims.terms import Scan
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.parties.filestore import load_file

RESCANNER = system("claims.rescan")


def rescan(*, at: datetime) -> int:
    """
    Ask the scanner again about every file that waits for it; return how many got an answer.

    Papers that debtors sent come first: they cannot send them again as easily as a creditor. A
    scanner that is still away ends the run. When the setting was taken away meanwhile, the files
    count as not scanned. Safe to run twice.
    """
    answered = 0
    waiting = [
        *((sha256, partial(_paper_scanned, paper_id=pk)) for pk, sha256 in papers_waiting()),
        *((sha256, partial(_scanned, evidence_id=pk)) for pk, sha256 in waiting_for_scan()),
    ]
    for sha256, scanned in waiting:
        verdict = scanner.scan(load_file(sha256), address=settings.CLAMD)
        if verdict.scan is Scan.WAITING:
            break
        scanned(scan=verdict.scan, actor=RESCANNER, at=at)
        answered += 1
    return answered


@verb("claims.paper_scanned")
def _paper_scanned(*, paper_id: UUID, scan: Scan, actor: Actor, at: datetime) -> None:
    row = DisputePaper.objects.select_related("dispute").get(pk=paper_id)
    claim = locked(row.dispute.claim_id)
    row.refresh_from_db(fields=["scan"])
    if row.scan != Scan.WAITING:
        return
    row.scan, row.scanned_at = scan, at
    row.save(update_fields=["scan", "scanned_at"])
    record(
        kind="claims.paper-scanned",
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        paper=row.pk,
        scan=scan,
    )


@verb("claims.scanned")
def _scanned(*, evidence_id: UUID, scan: Scan, actor: Actor, at: datetime) -> None:
    row = Evidence.objects.get(pk=evidence_id)
    claim = locked(row.claim_id)
    row.refresh_from_db()
    if row.scan != Scan.WAITING:
        return
    row.scan, row.scanned_at = scan, at
    row.save(update_fields=["scan", "scanned_at"])
    changed([claim.pk])
    record(
        kind="claims.evidence-scanned",
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        evidence=row.pk,
        scan=scan,
    )
