"""Delivered files: their counts, what is wrong with their rows, and the file to correct."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language

from qinghe.claims.intake.faults import ADVICE
from qinghe.claims.models import Batch, RowError
from qinghe.claims.queries.access import NoSuchBatch
from qinghe.claims.queries.progress import Progress, may_cancel, progress
from qinghe.claims.terms import BatchState
from qinghe.kernel.actor import Actor, Role
from qinghe.parties.roles import OVERSIGHT

RECENT: Final = 50
UNDECIDED: Final = (BatchState.RECEIVED, BatchState.CHECKING, BatchState.CHECKED)


@dataclass(frozen=True)
class BatchView:
    """One delivered file; `amount` in minor units and `stages` are of its sound rows."""

    id: UUID
    creditor_id: UUID
    creditor_name: str
    filename: str
    sha256: str
    mapping: dict[str, Any]
    as_of: date
    state: str
    read: int
    valid: int
    accepted: int
    rejected: int
    unchanged: int
    amount: int
    currency: str
    stages: dict[str, int]
    uploaded_at: datetime
    decided_at: datetime | None
    failure: dict[str, Any]
    whole: bool
    rows: int
    done: int
    begun_done: int
    begun_at: datetime | None
    worked_at: datetime | None

    @property
    def progress(self) -> Progress | None:
        """Return how far the work is; None when nobody works on it."""
        return progress(
            state=self.state,
            whole=self.whole,
            counts=(self.rows, self.valid, self.done, self.begun_done),
            begun_at=self.begun_at,
            worked_at=self.worked_at,
        )

    @property
    def left_out(self) -> int:
        """Return how many sound rows were not taken over, of a file that is decided."""
        return max(self.read - self.accepted - self.unchanged - self.rejected, 0)

    @property
    def to_correct(self) -> int:
        """Return how many rows wait for a correction; of a decided file none do."""
        return self.rejected if self.state in UNDECIDED else 0

    @property
    def stayed_out(self) -> int:
        """Return how many rows of a decided file were left out for their faults."""
        return 0 if self.state in UNDECIDED else self.rejected

    @property
    def may_cancel(self) -> bool:
        """Tell whether there is anything left to stop."""
        return may_cancel(self.state)

    @property
    def failed_because(self) -> str:
        """Return in the active language why the file could not be worked on; empty if it could."""
        told = self.failure.get("text", {})
        return str(told.get(get_language() or "") or told.get("en", ""))


@dataclass(frozen=True)
class RowErrorView:
    """One thing wrong with one row, in the active language."""

    row: int
    column: str
    code: str
    reason: str
    fix: str
    # Where it stands among the others, for lists that are read piece by piece.
    place: tuple[int, int]


_FIELDS = (
    "id", "creditor_id", "creditor__name", "filename", "sha256", "mapping", "as_of", "state",
    "read", "valid", "accepted", "rejected", "unchanged", "amount", "currency", "stages",
    "uploaded_at", "decided_at", "failure", "whole", "rows", "done", "begun_done",
    "begun_at", "worked_at",
)  # fmt: skip


def batch_for(*, batch_id: UUID, actor: Actor) -> BatchView:
    """
    Return one delivered file.

    :raises NoSuchBatch: unknown, or another creditor's
    """
    found = Batch.objects.filter(_mine(actor), pk=batch_id).values_list(*_FIELDS).first()
    if found is None:
        raise NoSuchBatch
    return BatchView(*found)


def batches(*, actor: Actor, limit: int = RECENT) -> list[BatchView]:
    """Return the files an actor may see, the newest first."""
    rows = Batch.objects.filter(_mine(actor)).order_by("-uploaded_at", "-id")
    return [BatchView(*row) for row in rows.values_list(*_FIELDS)[:limit]]


def taken_before(batch: BatchView) -> datetime | None:
    """Return when this very file was taken over before, if it was."""
    same = Batch.objects.filter(
        creditor=batch.creditor_id, sha256=batch.sha256, state=BatchState.ACCEPTED
    )
    earlier = same.exclude(pk=batch.id).filter(uploaded_at__lte=batch.uploaded_at)
    return earlier.order_by("-decided_at").values_list("decided_at", flat=True).first()


def row_errors(
    batch: BatchView | Batch, *, limit: int | None = None, beyond: tuple[int, int] | None = None
) -> list[RowErrorView]:
    """Return what is wrong with a file's rows, in their order; `beyond` is a `place` to go on."""
    rows = RowError.objects.filter(batch_id=batch.id).order_by("row", "id")
    if beyond is not None:
        row, key = beyond
        rows = rows.filter(Q(row=row, id__gt=key) | Q(row__gt=row)).filter(row__gte=row)
    found = rows.values_list("row", "id", "column", "code", "facts")
    return [_told(*row) for row in (found[:limit] if limit else found)]


def row_errors_of(batch: BatchView | Batch, rows: Sequence[int]) -> list[RowErrorView]:
    """Return what is wrong with some rows of a file."""
    found = RowError.objects.filter(batch_id=batch.id, row__in=rows).order_by("row", "id")
    return [_told(*row) for row in found.values_list("row", "id", "column", "code", "facts")]


def _mine(actor: Actor) -> Q:
    if actor.role in OVERSIGHT:
        return Q()
    own = actor.role is Role.CREDITOR and actor.org_id is not None
    return Q(creditor_id=actor.org_id) if own else Q(pk__in=[])


def _told(row: int, key: int, column: str, code: str, facts: dict[str, int | str]) -> RowErrorView:
    return RowErrorView(row, column, code, *ADVICE[code].told(facts), (row, key))
