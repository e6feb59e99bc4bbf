"""Deliver a file of claims: check it, look at it, then take it or leave it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from qinghe.claims.days import day_of
from qinghe.claims.intake.columns import SHIPPED, ColumnMapping, UnknownMapping, parse, shipped
from qinghe.claims.models import Batch, Mapping, RowError
from qinghe.claims.queries import NoSuchBatch, cells_of
from qinghe.claims.services.limits import use_allowance
from qinghe.claims.services.sifting import Sifted, sift
from qinghe.claims.services.writing import write_claims
from qinghe.claims.terms import BatchState
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.parties.filestore import load_file, seal_file
from qinghe.parties.levels import Act
from qinghe.parties.models import Organisation
from qinghe.parties.queries import NoSuchOrganisation
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.assurance import check_standing
from qinghe.parties.terms import OrgKind, OrgState

CREDITORS = (OrgKind.INSTITUTION, OrgKind.PRIVATE_CREDITOR)
NAME_LENGTH = 200
# The creditor has corrected and sent again, or never will.
KEEP_ROW_ERRORS = timedelta(days=90)


class CreditorInactive(DomainError):
    code = "claims.creditor-inactive"
    text = _("Your organisation is not verified (or was suspended); it cannot post claims now.")


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
    Keep a delivered file and say what is in it; no claim is made yet.

    `mapping` is a name (shipped or saved) or a mapping itself; ageing is judged on `as_of`.

    :raises NotPermitted: the actor may not submit claims
    :raises NoSuchOrganisation: another creditor's, or no creditor
    :raises CreditorInactive: not verified, or suspended
    :raises NotAssured: the creditor's account is not proven
    :raises StandingLapsed: a licence or an authority of the creditor has ended
    :raises NotYetDay: `as_of` is a day to come
    :raises UnknownMapping: no mapping of that name
    :raises FileUnreadable: not a table
    :raises ColumnsRefused: data about other people than the debtor
    :raises ColumnsNotMapped: a column is neither mapped nor ignored
    :raises FieldsMissing: a required field has no column
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    creditor = _standing_creditor(creditor_id, actor, at)
    # Else a claim could be collected before it falls due.
    if as_of > day_of(at):
        raise NotYetDay
    chosen = _mapping(creditor_id, mapping)
    sifted = sift(content, chosen, creditor=creditor, as_of=as_of)
    digest = seal_file(content)
    same = Batch.objects.filter(creditor=creditor, sha256=digest)
    seen = same.filter(state=BatchState.ACCEPTED).exists()
    _forget_unfinished(same.filter(state=BatchState.CHECKED))
    batch = Batch(
        creditor=creditor,
        filename=filename.replace("\\", "/").rpartition("/")[2][:NAME_LENGTH],
        sha256=digest,
        mapping=chosen.as_json(),
        as_of=as_of,
        uploaded_at=at,
    )
    _count(batch, sifted)
    batch.save(force_insert=True)
    _keep_faults(batch, sifted)
    _note("checked", batch, actor, at, seen_before=seen)
    return batch


@verb("claims.accept_batch")
def accept_batch(*, batch_id: UUID, partial: bool, actor: Actor, at: datetime) -> Batch:
    """
    Make claims of a checked file: all rows or, only when chosen (`partial`), the sound ones.

    :raises NotPermitted: the actor may not submit claims
    :raises NoSuchBatch: unknown, or another creditor's
    :raises CreditorInactive: not verified, or suspended
    :raises NotAssured: the creditor's account is not proven
    :raises StandingLapsed: a licence or an authority of the creditor has ended
    :raises BatchDecided: accepted or refused before
    :raises BatchHasErrors: rows have errors and `partial` was not chosen
    :raises CoolingOff: a private creditor, one of whose claims was rejected lately
    :raises OverAllowance: more than a private creditor may submit within thirty days
    :raises AboveAllowance: more than thirty days ever allow a private creditor
    :raises OnlyYuan: a private creditor's file in another currency
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    batch = _undecided(batch_id, actor)
    creditor = _standing_creditor(batch.creditor_id, actor, at)
    # What is on the platform may have changed since the check.
    mapping = parse(batch.mapping)
    sifted = sift(
        load_file(batch.sha256),
        mapping,
        creditor=creditor,
        as_of=batch.as_of,
        cells=cells_of(batch.pk),
    )
    if sifted.faults and not partial:
        raise BatchHasErrors(rejected=sifted.rejected)
    use_allowance(
        creditor=creditor,
        amounts=[row.claimed for row in sifted.new],
        currency=sifted.currency,
        actor=actor,
        at=at,
    )
    _count(batch, sifted)
    RowError.objects.filter(batch=batch).delete()
    _keep_faults(batch, sifted)
    batch.accepted = write_claims(batch=batch, rows=sifted.new, actor=actor, at=at)
    batch.state, batch.decided_at = BatchState.ACCEPTED, at
    batch.save()
    _note("accepted", batch, actor, at, partial=partial)
    return batch


@verb("claims.refuse_batch")
def refuse_batch(*, batch_id: UUID, actor: Actor, at: datetime) -> Batch:
    """
    Leave a checked file; nothing of it becomes a claim.

    :raises NotPermitted: the actor may not submit claims
    :raises NoSuchBatch: unknown, or another creditor's
    :raises BatchDecided: accepted or refused before
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    batch = _undecided(batch_id, actor)
    batch.state, batch.decided_at = BatchState.REFUSED, at
    batch.save(update_fields=["state", "decided_at"])
    _note("refused", batch, actor, at)
    return batch


def open_batch(batch_id: UUID, actor: Actor) -> tuple[Batch, Organisation]:
    """Lock a batch that still waits for its decision, and its creditor, who must be active."""
    batch = _undecided(batch_id, actor)
    return batch, _creditor(batch.creditor_id, actor)


def judge_again(batch: Batch, sifted: Sifted) -> None:
    """Replace the counts and the faults of a batch by those of a new look at it."""
    _count(batch, sifted)
    batch.save()
    RowError.objects.filter(batch=batch).delete()
    _keep_faults(batch, sifted)


def adjust(batch: Batch, rows: Sequence[int], before: Sifted, after: Sifted) -> None:
    """Replace what some rows of a batch contributed to its counts and faults."""
    batch.valid += len(after.new) - len(before.new)
    batch.rejected += after.rejected - before.rejected
    batch.unchanged += after.unchanged - before.unchanged
    batch.amount += after.amount - before.amount
    stages = Counter(batch.stages)
    stages.update(after.stages)
    stages.subtract(before.stages)
    batch.stages = {stage: count for stage, count in sorted(stages.items()) if count > 0}
    batch.save()
    RowError.objects.filter(batch=batch, row__in=rows).delete()
    _keep_faults(batch, after)


def forget_row_errors(*, at: datetime) -> int:
    """Delete the row errors of batches decided long ago; return how many."""
    old = RowError.objects.filter(batch__decided_at__lt=at - KEEP_ROW_ERRORS)
    return old.delete()[0]


@verb("claims.save_mapping")
def save_mapping(
    *, creditor_id: UUID, name: str, mapping: Dict[str, Any], actor: Actor, at: datetime
) -> Mapping:
    """
    Keep a column mapping for a creditor's next files; the same name is replaced.

    :raises NotPermitted: the actor may not submit claims
    :raises NoSuchOrganisation: another creditor's
    :raises BadMapping: it names a field that does not exist
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    creditor = _creditor(creditor_id, actor)
    saved, _new = Mapping.objects.update_or_create(
        creditor=creditor,
        name=name[:NAME_LENGTH],
        defaults={"columns": parse(mapping).as_json()},
        create_defaults={"columns": parse(mapping).as_json(), "created_at": at},
    )
    record(
        kind="claims.mapping-saved",
        subject=f"organisation:{creditor_id}",
        actor=actor,
        at=at,
        mapping=saved.pk,
    )
    return saved


def _creditor(creditor_id: UUID, actor: Actor) -> Organisation:
    # Two files of one creditor are taken one after the other.
    rows = Organisation.objects.select_for_update(no_key=True).filter(kind__in=CREDITORS)
    creditor = rows.filter(pk=creditor_id).first()
    if creditor is None or (actor.role is not Role.SYSTEM and actor.org_id != creditor_id):
        raise NoSuchOrganisation
    if creditor.state != OrgState.ACTIVE:
        raise CreditorInactive
    return creditor


def _standing_creditor(creditor_id: UUID, actor: Actor, at: datetime) -> Organisation:
    creditor = _creditor(creditor_id, actor)
    check_standing(creditor, Act.SUBMIT, at)
    return creditor


def _mapping(creditor_id: UUID, mapping: Dict[str, Any] | str) -> ColumnMapping:
    if not isinstance(mapping, str):
        return parse(mapping)
    saved = Mapping.objects.filter(creditor_id=creditor_id, name=mapping).first()
    if saved is not None:
        return parse(saved.columns)
    if mapping not in SHIPPED:
        raise UnknownMapping(name=mapping)
    return shipped(mapping)


def _undecided(batch_id: UUID, actor: Actor) -> Batch:
    rows = Batch.objects.select_for_update(of=("self",)).filter(pk=batch_id)
    if actor.role is not Role.SYSTEM:
        rows = rows.filter(creditor_id=actor.org_id)
    batch = rows.first()
    if batch is None:
        raise NoSuchBatch
    if batch.state != BatchState.CHECKED:
        raise BatchDecided
    return batch


def _forget_unfinished(batches: QuerySet[Batch]) -> None:
    # The same file once more: the newer check replaces the older one.
    RowError.objects.filter(batch__in=batches).delete()
    batches.delete()


def _count(batch: Batch, sifted: Sifted) -> None:
    batch.read, batch.valid = sifted.read, len(sifted.new)
    batch.rejected, batch.unchanged = sifted.rejected, sifted.unchanged
    batch.amount, batch.currency, batch.stages = sifted.amount, sifted.currency, sifted.stages


def _keep_faults(batch: Batch, sifted: Sifted) -> None:
    RowError.objects.bulk_create(
        [
            RowError(
                batch=batch, row=each.row, column=each.column, code=each.code, facts=each.facts
            )
            for each in sifted.faults
        ],
        batch_size=5000,
    )


def _note(what: str, batch: Batch, actor: Actor, at: datetime, **facts: bool) -> None:
    record(
        kind=f"claims.batch-{what}",
        subject=f"batch:{batch.pk}",
        actor=actor,
        at=at,
        sha256=batch.sha256,
        read=batch.read,
        accepted=batch.accepted,
        rejected=batch.rejected,
        unchanged=batch.unchanged,
        amount=batch.amount,
        currency=batch.currency,
        about=facts,
    )
