"""
Remove sealed files that were refused: infected evidence, and claim files nobody accepted.

A file that ever served as evidence or became claims stays as long as its claims. The row and the
journal keep the hash of what is gone, so that it can still be said which file it was.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.apps import apps
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, TextField

from qinghe.claims.models import Batch, Bundle, Correction, Evidence, RemovedFile
from qinghe.claims.services.bundles import end_bundle, note_bundle
from qinghe.claims.services.forgetting import end_batch
from qinghe.claims.services.working import locked_batch
from qinghe.claims.terms import BUNDLE_ENDED, BatchState, BundleState, Scan
from qinghe.journal.services import record
from qinghe.kernel.actor import system
from qinghe.parties.filestore import remove_file

REMOVER: Final = system("claims.remove-files")
# Long enough to ask why, to send it again, or to contest a scanner's word.
KEEP_REFUSED: Final = timedelta(days=30)
# Nobody decided on it: it is refused for its creditor, who can send it again at any time.
UNDECIDED: Final = timedelta(days=90)
REFUSED: Final = (BatchState.REFUSED, BatchState.CANCELLED, BatchState.FAILED)
# Columns of any table of the house that name a sealed file by its hash.
NAMES: Final = ("sha256", "file_sha256", "report", "paper", "scan", "pdf", "csv", "xlsx")
NEVER_CLAIMS: Final = Batch.objects.filter(state__in=REFUSED, accepted=0, decided_at__isnull=False)
INFECTED: Final = Q(scan=Scan.INFECTED)
NOTHING: Final = Q(pk__in=[])
UNTOUCHED: Final = timedelta(days=1)
AT_MOST: Final = 500


def remove_refused(*, at: datetime) -> int:
    """Remove the content of files refused long ago that nothing else names; return how many."""
    _refuse_undecided(at)
    return sum(_remove(sha256, at) for sha256 in sorted(_refused(at)))


def _refuse_undecided(at: datetime) -> None:
    waiting = Batch.objects.filter(state=BatchState.CHECKED, worked_at__lt=at - UNDECIDED)
    for batch_id in list(waiting.values_list("pk", flat=True)[:AT_MOST]):
        with transaction.atomic():
            batch = locked_batch(batch_id)
            if batch.state == BatchState.CHECKED:
                end_batch(batch, BatchState.CANCELLED, at)
    papers = Bundle.objects.filter(state=BundleState.CHECKED, worked_at__lt=at - UNDECIDED)
    for bundle in list(papers[:AT_MOST]):
        _leave(bundle, at)


@transaction.atomic
def _leave(seen: Bundle, at: datetime) -> None:
    bundle = Bundle.objects.select_for_update(of=("self",)).get(pk=seen.pk)
    if bundle.state == BundleState.CHECKED:
        end_bundle(bundle, BundleState.CANCELLED, at)
        note_bundle("cancelled", bundle, REMOVER, at)


def _refused(at: datetime) -> set[str]:
    """Return the hashes of files refused long ago whose content was not removed since."""
    old, gone = at - KEEP_REFUSED, RemovedFile.objects.filter(sha256=OuterRef("sha256"))
    batches = NEVER_CLAIMS.filter(~Exists(gone.filter(at__gt=OuterRef("decided_at"))))
    files = Evidence.objects.filter(INFECTED, ~Exists(gone.filter(at__gt=OuterRef("uploaded_at"))))
    due = batches.filter(decided_at__lt=old)
    # What was taken of a ZIP of papers lies by itself; the rest belongs to nobody here.
    papers = Bundle.objects.filter(
        ~Exists(gone.filter(at__gt=OuterRef("decided_at"))), decided_at__lt=old
    )
    set_right = Correction.objects.filter(batch__in=due.values("pk")).exclude(
        sha256__in=RemovedFile.objects.values("sha256")
    )
    return {
        *due.order_by("decided_at").values_list("sha256", flat=True)[:AT_MOST],
        *files.filter(uploaded_at__lt=old).values_list("sha256", flat=True)[:AT_MOST],
        *papers.order_by("decided_at").values_list("sha256", flat=True)[:AT_MOST],
        *set_right.values_list("sha256", flat=True)[:AT_MOST],
    }


@transaction.atomic
def _remove(sha256: str, at: datetime) -> bool:
    """Remove one file unless something that was not refused names it; the hash stays on record."""
    if _named(sha256):
        return False
    # Sent again a moment ago, it is in use although no row may say so yet.
    if not remove_file(sha256, unused_since=at - UNTOUCHED):
        return False
    RemovedFile.objects.update_or_create(sha256=sha256, defaults={"at": at})
    record(kind="claims.file-removed", subject=f"file:{sha256}", actor=REMOVER, at=at)
    return True


def _named(sha256: str) -> bool:
    """Tell whether a row of any table of the house still needs a file."""
    refused: dict[type[Model], Q] = {
        Batch: Q(pk__in=NEVER_CLAIMS.filter(sha256=sha256).values("pk")),
        Bundle: Q(state__in=BUNDLE_ENDED),
        Evidence: INFECTED,
        Correction: Q(batch__in=NEVER_CLAIMS.values("pk")),
    }
    return any(
        model._default_manager.filter(**{name: sha256})
        .exclude(refused.get(model, NOTHING))
        .exists()
        for model, name in hash_columns()
    )


def hash_columns() -> list[tuple[type[Model], str]]:
    """Return every column of the house that may name a sealed file; none may be forgotten."""
    return [
        (model, field.name)
        for model in apps.get_models()
        if model.__module__.startswith("qinghe.") and model is not RemovedFile
        for field in model._meta.concrete_fields
        if field.name in NAMES and isinstance(field, TextField)
    ]
