"""Send papers for many claims at once: look first, then take them over or leave them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.models import Batch, Bundle
from qinghe.claims.queries import NoSuchBatch
from qinghe.claims.queries.bundles import NoSuchBundle
from qinghe.claims.services.creditors import creditor_of
from qinghe.claims.services.evidence import NoSuchKind
from qinghe.claims.services.packing import Sent, sealed
from qinghe.claims.terms import BUNDLE_WORKING, BundleState, EvidenceKind, Verdict
from qinghe.journal.services import answered_before, record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.kernel.queue import enqueue
from qinghe.parties.roles import Permission, require

# The job that looks through a ZIP and takes it over.
JOB: Final = "claims.bundle"
# Each may be half a gigabyte that somebody has to look at.
MOST_WAITING: Final = 5
BUNDLE_UNDECIDED: Final = (BundleState.RECEIVED, BundleState.CHECKING, BundleState.CHECKED)


class BundleDecided(DomainError):
    code = "claims.bundle-decided"
    text = _("These papers were decided on before.")


class BundleNotChecked(DomainError):
    code = "claims.bundle-not-checked"
    text = _("The papers are still being looked through. Wait until every file was looked at.")


class TooManyWaiting(DomainError):
    code = "claims.too-many-bundles"
    text = _(
        "{most} sends of papers wait for your decision already. Take them over or leave them, then "
        "send more."
    )


class NothingToTake(DomainError):
    code = "claims.nothing-to-take"
    text = _("No file fits a claim. Read the report, name the files anew and send them again.")


def send_papers(
    *,
    creditor_id: UUID,
    files: Sequence[Sent],
    otherwise: str = "",
    batch_id: UUID | None = None,
    actor: Actor,
    at: datetime,
) -> Bundle:
    """
    Keep one ZIP, or several files as one, and have it looked through; no claim changes yet.

    `otherwise` is the kind of files whose name tells none; `batch_id` narrows the claims.

    :raises NotPermitted: only the creditor's side adds evidence
    :raises NoSuchKind: no kind of evidence
    :raises NoSuchBatch: unknown, or another creditor's
    :raises TooManyWaiting: as many sends as may wait are undecided
    :raises DomainError: the ZIP is not taken, see `sealed`
    """
    require(actor, Permission.MANAGE_CLAIMS)
    if otherwise and otherwise not in EvidenceKind.values:
        raise NoSuchKind
    # Again inside; what is refused for sure is not kept in the first place.
    if creditor_id == actor.org_id and not answered_before(actor):
        _check_may_send(creditor_id, batch_id)
    name, sha256, count = sealed(files)
    return _receive(
        creditor_id=creditor_id,
        batch_id=batch_id,
        otherwise=otherwise,
        filename=name,
        sha256=sha256,
        files=count,
        actor=actor,
        at=at,
    )


@verb("claims.accept_bundle")
def accept_bundle(*, bundle_id: UUID, actor: Actor, at: datetime) -> Bundle:
    """
    Add every file that fits a claim; a job does it. The others are left out.

    :raises NotPermitted: only the creditor's side
    :raises NoSuchBundle: unknown, or another creditor's
    :raises BundleNotChecked: still being looked through
    :raises BundleDecided: taken over or stopped before
    :raises NothingToTake: no file fits a claim
    """
    require(actor, Permission.MANAGE_CLAIMS)
    bundle = _mine(bundle_id, actor)
    if bundle.state in (BundleState.RECEIVED, BundleState.CHECKING):
        raise BundleNotChecked
    if bundle.state != BundleState.CHECKED:
        raise BundleDecided
    if not bundle.counts.get(Verdict.MATCHED):
        raise NothingToTake
    bundle.state, bundle.by = BundleState.TAKING, actor.user_id
    bundle.begun_at = bundle.worked_at = at
    bundle.done = bundle.begun_done = 0
    bundle.save()
    note_bundle("accepted", bundle, actor, at)
    enqueue(JOB, bundle_id=str(bundle.pk))
    return bundle


@verb("claims.cancel_bundle")
def cancel_bundle(*, bundle_id: UUID, actor: Actor, at: datetime) -> Bundle:
    """
    Stop the work on papers, or leave them; files that were added already stay.

    :raises NotPermitted: only the creditor's side
    :raises NoSuchBundle: unknown, or another creditor's
    :raises BundleDecided: it has come to its end
    """
    require(actor, Permission.MANAGE_CLAIMS)
    bundle = _mine(bundle_id, actor)
    if bundle.state not in (*BUNDLE_WORKING, BundleState.CHECKED):
        raise BundleDecided
    end_bundle(bundle, BundleState.CANCELLED, at)
    note_bundle("cancelled", bundle, actor, at)
    return bundle


def end_bundle(bundle: Bundle, state: BundleState, at: datetime) -> None:
    """Bring a locked bundle to its end."""
    bundle.state, bundle.decided_at, bundle.worked_at = state, at, at
    bundle.save()


def note_bundle(what: str, bundle: Bundle, actor: Actor, at: datetime, **facts: str) -> None:
    """Write one row about a bundle into the journal: its hash and its counts, no name of a file."""
    record(
        kind=f"claims.bundle-{what}",
        subject=f"bundle:{bundle.pk}",
        actor=actor,
        at=at,
        sha256=bundle.sha256,
        files=bundle.files,
        counts=bundle.counts,
        about=facts,
    )


@verb("claims.receive_bundle")
def _receive(
    *,
    creditor_id: UUID,
    batch_id: UUID | None,
    otherwise: str,
    filename: str,
    sha256: str,
    files: int,
    actor: Actor,
    at: datetime,
) -> Bundle:
    creditor = creditor_of(creditor_id, actor)
    _check_may_send(creditor.pk, batch_id)
    bundle = Bundle.objects.create(
        creditor=creditor,
        batch_id=batch_id,
        by=actor.user_id,
        filename=filename,
        sha256=sha256,
        otherwise=otherwise,
        files=files,
        uploaded_at=at,
        begun_at=at,
        worked_at=at,
    )
    note_bundle("received", bundle, actor, at)
    enqueue(JOB, bundle_id=str(bundle.pk))
    return bundle


def _check_may_send(creditor_id: UUID, batch_id: UUID | None) -> None:
    if batch_id and not Batch.objects.filter(pk=batch_id, creditor=creditor_id).exists():
        raise NoSuchBatch
    waiting = Bundle.objects.filter(creditor=creditor_id, state__in=BUNDLE_UNDECIDED)
    if waiting.count() >= MOST_WAITING:
        raise TooManyWaiting(most=MOST_WAITING)


def _mine(bundle_id: UUID, actor: Actor) -> Bundle:
    rows = Bundle.objects.select_for_update(of=("self",)).filter(pk=bundle_id)
    if actor.role is not Role.SYSTEM:
        rows = rows.filter(creditor_id=actor.org_id)
    bundle = rows.first()
    if bundle is None:
        raise NoSuchBundle
    return bundle
