"""What goes again: row errors of long ago, rows that lie ready of files nobody decided on."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from qinghe.claims.models import Batch, BundleFile, RowError
from qinghe.claims.services.staging import forget_staged
from qinghe.claims.services.working import locked_batch
from qinghe.claims.terms import BatchState

# The creditor has corrected and sent again, or never will.
KEEP_ROW_ERRORS = timedelta(days=90)
# Rows that lie ready and are not decided on are made again from the file when they are.
KEEP_STAGED = timedelta(days=7)


def forget_row_errors(*, at: datetime) -> int:
    """Delete the row errors of batches decided long ago; return how many."""
    old = RowError.objects.filter(batch__decided_at__lt=at - KEEP_ROW_ERRORS)
    return old.delete()[0]


def forget_bundle_files(*, at: datetime) -> int:
    """Delete the names of files of papers that came to their end long ago; return how many."""
    old = BundleFile.objects.filter(bundle__decided_at__lt=at - KEEP_ROW_ERRORS)
    return old.delete()[0]


def forget_undecided(*, at: datetime) -> int:
    """Delete what lies ready of batches that nobody decided on for days; return how many."""
    waiting = Batch.objects.filter(state=BatchState.CHECKED, whole=True)
    old = list(waiting.filter(worked_at__lt=at - KEEP_STAGED).values_list("pk", flat=True))
    for batch_id in old:
        _forget_one(batch_id)
    return len(old)


def end_batch(batch: Batch, state: BatchState, at: datetime) -> None:
    """End a batch that never became claims; what lay ready of it goes."""
    forget_staged([batch.pk])
    batch.state, batch.decided_at, batch.whole = state, at, False
    batch.save()


def forget_unfinished(same: QuerySet[Batch], at: datetime) -> None:
    """End what is unfinished of the same file sent before: the newer check replaces the older."""
    checked = same.filter(state=BatchState.CHECKED)
    forget_staged(list(checked.values_list("pk", flat=True)))
    RowError.objects.filter(batch__in=checked).delete()
    checked.delete()
    for batch in same.filter(
        state__in=(BatchState.RECEIVED, BatchState.CHECKING)
    ).select_for_update():
        end_batch(batch, BatchState.CANCELLED, at)


def _forget_one(batch_id: UUID) -> None:
    with transaction.atomic():
        batch = locked_batch(batch_id)
        if batch.state == BatchState.CHECKED:
            forget_staged([batch_id])
            batch.whole = False
            batch.save(update_fields=["whole"])
