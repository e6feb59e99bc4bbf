"""Deliver a file of claims: check it, look at it, then take it or leave it."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from datetime import date, datetime
from functools import partial as bound
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.days import day_of
from qinghe.claims.intake.columns import ColumnMapping, fit
from qinghe.claims.intake.kinds import ZIP
from qinghe.claims.intake.read import ROW, header_of
from qinghe.claims.intake.strangers import refuse_phones_in_text
from qinghe.claims.intake.stream import head_of, pieces
from qinghe.claims.models import Batch
from qinghe.claims.queries import NoSuchBatch
from qinghe.claims.services.creditors import creditor_of, standing_creditor
from qinghe.claims.services.forgetting import end_batch, forget_unfinished
from qinghe.claims.services.limits import SUBJECT_TO, use_allowance
from qinghe.claims.services.mappings import mapping_of
from qinghe.claims.services.noting import note
from qinghe.claims.services.staging import new_amounts
from qinghe.claims.services.working import JOB, Work, staged_is_sound, start_over
from qinghe.claims.terms import WORKING, BatchState
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.kernel.queue import enqueue
from qinghe.parties.filestore import seal_file, stream_file
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require

NAME_LENGTH = 200
# So much is answered at once; what is larger is worked on by a job.
AT_ONCE_ROWS: Final = 5_000
AT_ONCE_BYTES: Final = 1_500_000
AT_ONCE_BOOK_BYTES: Final = 300_000


class NotYetDay(DomainError):
    code = "claims.not-yet-day"
    text = _("The file speaks of a day to come. Choose today or an earlier day.")


class BatchHasErrors(DomainError):
    code = "claims.batch-has-errors"
    text = _(
        "{rejected} rows have errors. Correct them, or choose to take the others without them."
    )


class BatchDecided(DomainError):
    code = "claims.batch-decided"
    text = _("This batch was decided before.")


class BatchNotChecked(DomainError):
    code = "claims.batch-not-checked"
    text = _("This file is still being checked. Wait until every row was looked at.")


@verb("claims.receive_batch")
def receive_batch(
    *,
    creditor_id: UUID,
    filename: str,
    sha256: str,
    mapping: Dict[str, Any] | str,
    as_of: date,
    actor: Actor,
    at: datetime,
) -> Batch:
    """
    Take a file that lies sealed under its hash: a small one is checked at once, others by a job.

    No claim is made yet. `mapping` is a name (shipped or saved) or a mapping itself; ageing is
    judged on `as_of`.

    :raises NotPermitted: the actor may not submit claims
    :raises NoSuchOrganisation: another creditor's, or no creditor
    :raises CreditorInactive: not verified, or suspended
    :raises NotAssured: the creditor's account is not proven
    :raises StandingLapsed: a licence or an authority of the creditor has ended
    :raises NotYetDay: `as_of` is a day to come
    :raises UnknownMapping: no mapping of that name
    :raises FileUnreadable: not a table
    :raises EncodingUnsure: its encoding must be chosen
    :raises ColumnsRefused: data about other people than the debtor
    :raises ColumnsNotMapped: a column is neither mapped nor ignored
    :raises NobodyNamed: no column tells who owes
    :raises FieldsMissing: a required field has no column
    """
    batch = _received(creditor_id, filename, sha256, mapping, as_of, actor, at)
    if _is_small(sha256):
        return _checked(batch, actor, at)
    enqueue(JOB, batch_id=str(batch.pk))
    return batch


@verb("claims.check_batch")
def check_batch(
    *,
    creditor_id: UUID,
    filename: str,
    content: bytes,
    mapping: Dict[str, Any] | str,
    as_of: date,
    actor: Actor,
    at: datetime,
) -> Batch:
    """
    Keep a delivered file of moderate size and say at once what is in it; no claim is made yet.

    `mapping` is a name (shipped or saved) or a mapping itself; ageing is judged on `as_of`. What
    holds other people's data is refused before it is kept.

    :raises DomainError: as `receive_batch`
    :raises PhonesInText: telephone numbers stand where they have no business
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    _look_first(content, mapping_of(creditor_id, mapping))
    digest = seal_file(content)
    batch = _received(creditor_id, filename, digest, mapping, as_of, actor, at)
    return _checked(batch, actor, at)


@verb("claims.accept_batch")
def accept_batch(*, batch_id: UUID, partial: bool, actor: Actor, at: datetime) -> Batch:
    """
    Make claims of a checked file: all rows or, only when chosen (`partial`), the sound ones.

    A small file is taken over at once; for a large one a job begins, and the batch is `merging`.
    When what was checked must be made again before it can be counted, it is `checking`: then it
    is accepted once more.

    :raises NotPermitted: the actor may not submit claims
    :raises NoSuchBatch: unknown, or another creditor's
    :raises CreditorInactive: not verified, or suspended
    :raises NotAssured: the creditor's account is not proven
    :raises StandingLapsed: a licence or an authority of the creditor has ended
    :raises BatchNotChecked: still being checked
    :raises BatchDecided: accepted or refused before
    :raises BatchHasErrors: rows have errors and `partial` was not chosen
    :raises CoolingOff: a private creditor, one of whose claims was rejected lately
    :raises OverAllowance: more than a private creditor may submit within thirty days
    :raises AboveAllowance: more than thirty days ever allow a private creditor
    :raises OnlyYuan: a private creditor's file in another currency
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    batch = _undecided(batch_id, actor)
    creditor = standing_creditor(batch.creditor_id, actor, at)
    if creditor.kind in SUBJECT_TO and not _counted(batch, creditor, partial, actor, at):
        return batch
    if batch.rejected and not partial:
        raise BatchHasErrors(rejected=batch.rejected)
    batch.state, batch.partial, batch.merged_to = BatchState.MERGING, partial, 0
    batch.begun_at = batch.worked_at = at
    batch.done = batch.begun_done = 0
    batch.save()
    if batch.read > AT_ONCE_ROWS:
        note("merging", batch, actor, at, partial=partial)
        enqueue(JOB, batch_id=str(batch.pk))
        return batch
    Work(batch.pk, actor=actor).run(at=at)
    batch.refresh_from_db()
    if batch.state != BatchState.ACCEPTED or (batch.rejected and not partial):
        raise BatchHasErrors(rejected=batch.rejected)
    return batch


@verb("claims.refuse_batch")
def refuse_batch(*, batch_id: UUID, actor: Actor, at: datetime) -> Batch:
    """
    Leave a checked file; nothing of it becomes a claim.

    :raises NotPermitted: the actor may not submit claims
    :raises NoSuchBatch: unknown, or another creditor's
    :raises BatchNotChecked: still being checked; cancel it instead
    :raises BatchDecided: accepted or refused before
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    batch = _undecided(batch_id, actor)
    end_batch(batch, BatchState.REFUSED, at)
    note("refused", batch, actor, at)
    return batch


@verb("claims.cancel_batch")
def cancel_batch(*, batch_id: UUID, actor: Actor, at: datetime) -> Batch:
    """
    Stop the work on a file. Before anything was taken over nothing remains of it; while it is being
    taken over, the claims that were made stay, and sent again the file goes on behind them.

    :raises NotPermitted: the actor may not submit claims
    :raises NoSuchBatch: unknown, or another creditor's
    :raises BatchDecided: it has come to its end
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    batch = _mine(batch_id, actor)
    if batch.state not in (*WORKING, BatchState.CHECKED):
        raise BatchDecided
    end_batch(batch, BatchState.CANCELLED, at)
    note("cancelled", batch, actor, at)
    return batch


def open_batch(batch_id: UUID, actor: Actor) -> Batch:
    """Lock a batch that still waits for its decision, and its creditor, who must be active."""
    batch = _undecided(batch_id, actor)
    creditor_of(batch.creditor_id, actor)
    return batch


def judge_again(batch: Batch, *, actor: Actor, at: datetime) -> None:
    """Judge every row of a batch anew: at once when it is small, else by a job."""
    start_over(batch)
    batch.state = BatchState.CHECKING
    batch.save()
    if batch.rows > AT_ONCE_ROWS:
        enqueue(JOB, batch_id=str(batch.pk))
        return
    Work(batch.pk, actor=actor).run(at=at)
    batch.refresh_from_db()


def _received(
    creditor_id: UUID,
    filename: str,
    sha256: str,
    mapping: Dict[str, Any] | str,
    as_of: date,
    actor: Actor,
    at: datetime,
) -> Batch:
    require(actor, Permission.SUBMIT_CLAIMS)
    creditor = standing_creditor(creditor_id, actor, at)
    # Else a claim could be collected before it falls due.
    if as_of > day_of(at):
        raise NotYetDay
    chosen = mapping_of(creditor_id, mapping)
    # What is wrong with the columns is told at once, however long the file is.
    fit(chosen, header_of(head_of(bound(stream_file, sha256), chosen.how)))
    forget_unfinished(Batch.objects.filter(creditor=creditor, sha256=sha256), at)
    batch = Batch(
        creditor=creditor,
        filename=filename.replace("\\", "/").rpartition("/")[2][:NAME_LENGTH],
        sha256=sha256,
        mapping=chosen.as_json(),
        as_of=as_of,
        state=BatchState.RECEIVED,
        uploaded_at=at,
        begun_at=at,
        worked_at=at,
    )
    batch.save(force_insert=True)
    note("received", batch, actor, at, seen_before=_seen_before(batch))
    return batch


def _checked(batch: Batch, actor: Actor, at: datetime) -> Batch:
    Work(batch.pk, actor=actor).run(at=at)
    batch.refresh_from_db()
    return batch


def _look_first(content: bytes, chosen: ColumnMapping) -> None:
    for table in pieces(lambda: iter([content]), chosen.how):
        mapping = fit(chosen, header_of(table))
        refuse_phones_in_text(table, mapping.columns, ROW)


def _counted(
    batch: Batch, creditor: Organisation, partial: bool, actor: Actor, at: datetime
) -> bool:
    """Count a batch against its creditor's limit; False while a job makes it ready again."""
    if not batch.whole or not staged_is_sound(batch):
        judge_again(batch, actor=actor, at=at)
    if batch.state != BatchState.CHECKED:
        return False
    if batch.rejected and not partial:
        raise BatchHasErrors(rejected=batch.rejected)
    use_allowance(
        creditor=creditor,
        amounts=new_amounts(batch),
        currency=batch.currency,
        actor=actor,
        at=at,
    )
    return True


def _is_small(sha256: str) -> bool:
    size, most = 0, AT_ONCE_BYTES
    for block in stream_file(sha256):
        if not size and block.startswith(ZIP):
            most = AT_ONCE_BOOK_BYTES
        size += len(block)
        if size > most:
            return False
    return True


def _seen_before(batch: Batch) -> bool:
    same = Batch.objects.filter(creditor=batch.creditor_id, sha256=batch.sha256)
    return same.filter(state=BatchState.ACCEPTED).exists()


def _mine(batch_id: UUID, actor: Actor) -> Batch:
    rows = Batch.objects.select_for_update(of=("self",)).filter(pk=batch_id)
    if actor.role is not Role.SYSTEM:
        rows = rows.filter(creditor_id=actor.org_id)
    batch = rows.first()
    if batch is None:
        raise NoSuchBatch
    return batch


def _undecided(batch_id: UUID, actor: Actor) -> Batch:
    batch = _mine(batch_id, actor)
    if batch.state in (BatchState.RECEIVED, BatchState.CHECKING):
        raise BatchNotChecked
    if batch.state != BatchState.CHECKED:
        raise BatchDecided
    return batch
