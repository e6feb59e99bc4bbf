"""Files that prove a claim: added, replaced with a reason, opened on record, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.completeness import BUYERS
from qinghe.claims.models import Claim, Evidence
from qinghe.claims.queries import EvidenceRow, NoSuchEvidence, evidence_for, require_claim
from qinghe.claims.services.examining import Examined, examine
from qinghe.claims.services.locks import locked
from qinghe.claims.services.unseen import changed
from qinghe.claims.terms import MOST_ASSIGNMENTS, USABLE_SCANS, ClaimState, EvidenceKind, Scan
from qinghe.journal.services import answered_before, record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.filestore import seal_file
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import open_file

MAX_NAME: Final = 120
SHORTEST_REASON: Final = 3


class NoSuchKind(DomainError):
    code = "claims.no-such-evidence-kind"
    text = _("Choose from the list what the file proves.")


class FileKnown(DomainError):
    code = "claims.file-known"
    text = _("This very file is on record for this claim already. Add a different one.")


class FileCounted(DomainError):
    code = "claims.file-counted"
    text = _(
        "This very file is here already, as “{kind}”, and counts once. If it holds several papers, "
        "save the pages of each as a file of its own."
    )


class AlreadyReplaced(DomainError):
    code = "claims.evidence-replaced"
    text = _("This file was replaced before. Replace the newest version instead.")


class ReplacedWithoutReason(DomainError):
    code = "claims.replaced-without-reason"
    text = _("Say in a few words why the file is replaced; the reviewer and the debtor read it.")


class FileWaits(DomainError):
    code = "claims.file-waits"
    text = _("The file waits for the scanner and cannot be opened yet. Try again in some minutes.")


class TooManyAssignments(DomainError):
    code = "claims.too-many-assignments"
    text = _("Say how often the claim was assigned: a number from 0 to {most}.")


class BoughtOnce(DomainError):
    code = "claims.bought-once"
    text = _(
        "Who trades in claims does not lend: every claim was assigned to you at least once. Write "
        "1 or more, or have your kind of lender corrected by the platform."
    )


class AssignmentsFixed(DomainError):
    code = "claims.assignments-fixed"
    text = _("The claim was verified; its chain of assignments cannot be changed any more.")


def add_evidence(
    *, claim_id: UUID, kind: str, filename: str, content: bytes, actor: Actor, at: datetime
) -> Evidence:
    """
    Add a file to a claim; the same content is kept once per claim, and counts for one kind.

    :raises NotPermitted: only the creditor's side adds evidence
    :raises NoSuchClaim: unknown, or another creditor's
    :raises NoSuchKind: no kind of evidence
    :raises DomainError: the file is not taken, see `examine`
    :raises FileKnown: this content was replaced before
    :raises FileCounted: this content is here as another kind
    """
    require(actor, Permission.MANAGE_CLAIMS)
    if kind not in EvidenceKind.values:
        raise NoSuchKind
    require_claim(claim_id, actor)
    file = received_file(filename, content)
    return add_received(claim_id=claim_id, kind=kind, file=file, actor=actor, at=at)


def replace_evidence(
    *,
    evidence_id: UUID,
    reason: str,
    filename: str,
    content: bytes,
    actor: Actor,
    at: datetime,
) -> Evidence:
    """
    Add a better version of a file; the old one stays on record, marked with the reason.

    :raises NotPermitted: only the creditor's side
    :raises NoSuchEvidence: unknown, or of a claim the actor may not see
    :raises ReplacedWithoutReason: no reason given
    :raises AlreadyReplaced: there is a newer version
    :raises FileKnown: the content is on record already
    :raises DomainError: the file is not taken, see `examine`
    """
    require(actor, Permission.MANAGE_CLAIMS)
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReplacedWithoutReason
    evidence_for(evidence_id=evidence_id, actor=actor)
    if not answered_before(actor):
        _check_newest(Evidence.objects.get(pk=evidence_id))
    file = received_file(filename, content)
    reason = reason.strip()
    return _replace(evidence_id=evidence_id, reason=reason, file=file, actor=actor, at=at)


def open_evidence(
    *, evidence_id: UUID, purpose: str, actor: Actor, at: datetime
) -> tuple[EvidenceRow, bytes]:
    """
    Return one file's facts and content, and put on record who opened it.

    :raises NoSuchEvidence: unknown, or of a claim the actor may not see
    :raises FileWaits: the scanner has not cleared it
    """
    row = evidence_for(evidence_id=evidence_id, actor=actor)
    if row.scan == Scan.INFECTED:
        raise NoSuchEvidence
    if row.scan not in USABLE_SCANS:
        raise FileWaits
    return row, open_file(
        sha256=row.sha256, purpose=purpose, actor=actor, at=at, claim_id=row.claim_id
    )


@verb("claims.set_assignments")
def set_assignments(*, claim_id: UUID, count: int, actor: Actor, at: datetime) -> Claim:
    """
    Say how often a claim was assigned before it came to its creditor; each link needs its paper.

    :raises NotPermitted: only the creditor's side
    :raises NoSuchClaim: unknown, or another creditor's
    :raises TooManyAssignments: below zero or above nine
    :raises BoughtOnce: zero, for a creditor that trades in claims
    :raises AssignmentsFixed: no longer being verified
    """
    require(actor, Permission.MANAGE_CLAIMS)
    if not 0 <= count <= MOST_ASSIGNMENTS:
        raise TooManyAssignments(most=MOST_ASSIGNMENTS)
    claim = locked(claim_id, actor)
    if claim.state != ClaimState.SUBMITTED:
        raise AssignmentsFixed
    if not count and claim.creditor.lender_kind in BUYERS:
        raise BoughtOnce
    if claim.assignments != count:
        claim.assignments = count
        claim.save(update_fields=["assignments"])
        changed([claim.pk])
        _recorded("claims.assignments-told", claim, actor, at, count=count)
    return claim


@dataclass(frozen=True)
class ReceivedFile:
    """A file that was examined and sealed, as an argument of a verb."""

    name: str
    sha256: str
    size: int
    examined: Examined

    def __str__(self) -> str:
        # What makes a repeated request the same one; a scanner may answer differently each time.
        return f"{self.sha256} {self.name}"

    def fields(self, at: datetime) -> dict[str, Any]:
        """Return what the row says of the file."""
        found = self.examined
        return {
            "sha256": self.sha256,
            "media_type": found.media_type,
            "size": self.size,
            "filename": self.name,
            "uploaded_at": at,
            "findings": found.findings,
            "report": found.report,
            "scan": found.scan,
            "scanned_at": at if found.scan == Scan.CLEAN else None,
        }


def received_file(filename: str, content: bytes) -> ReceivedFile:
    """
    Examine a file and seal it; both before any row is locked, for a file may be slow.

    :raises DomainError: the file is not taken, see `examine`
    """
    return kept_file(filename, content, examine(content, filename))


def kept_file(filename: str, content: bytes, examined: Examined) -> ReceivedFile:
    """Seal a file that was examined; nothing may be left that would refuse it for sure."""
    name = PurePath(filename.replace("\\", "/")).name[:MAX_NAME]
    return ReceivedFile(name, seal_file(content), len(content), examined)


@verb("claims.add_evidence")
def add_received(
    *, claim_id: UUID, kind: str, file: ReceivedFile, actor: Actor, at: datetime
) -> Evidence:
    """
    Add a file that was examined; for services that write it together with something else.

    :raises NoSuchClaim: unknown, or another creditor's
    :raises FileKnown: this content was replaced before
    :raises FileCounted: this content is here as another kind
    """
    claim = locked(claim_id, actor)
    known = Evidence.objects.filter(claim=claim, sha256=file.sha256).first()
    if known is not None:
        if known.superseded_at is not None:
            raise FileKnown
        if known.kind != kind:
            raise FileCounted(kind=EvidenceKind(known.kind).label)
        return known
    made = Evidence.objects.create(claim=claim, kind=kind, **file.fields(at))
    _added(made, claim, actor, at)
    return made


@verb("claims.replace_evidence")
def _replace(
    *, evidence_id: UUID, reason: str, file: ReceivedFile, actor: Actor, at: datetime
) -> Evidence:
    old = Evidence.objects.get(pk=evidence_id)
    claim = locked(old.claim_id, actor)
    old.refresh_from_db()
    _check_newest(old)
    if Evidence.objects.filter(claim=claim, sha256=file.sha256).exists():
        raise FileKnown
    old.superseded_at, old.superseded_because = at, reason
    old.save(update_fields=["superseded_at", "superseded_because"])
    made = Evidence.objects.create(claim=claim, kind=old.kind, replaces=old, **file.fields(at))
    _added(made, claim, actor, at, replaces=old.pk, reason=reason)
    return made


def _check_newest(old: Evidence) -> None:
    if old.superseded_at is not None:
        raise AlreadyReplaced


def _added(made: Evidence, claim: Claim, actor: Actor, at: datetime, **more: object) -> None:
    changed([claim.pk])
    _recorded(
        "claims.evidence-added",
        claim,
        actor,
        at,
        evidence=made.pk,
        evidence_kind=made.kind,
        sha256=made.sha256,
        **more,
    )


def _recorded(kind: str, claim: Claim, actor: Actor, at: datetime, **facts: Any) -> None:
    subject = f"claim:{claim.pk}"
    record(kind=kind, subject=subject, actor=actor, at=at, person_id=claim.debtor_id, **facts)
