"""
The work on a batch, step by step: read the whole, check piece by piece, merge chunk by chunk.

Every step is one transaction that also moves the batch on. After a crash the next worker goes on
where the batch says; what was staged and lost is made again from the sealed file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import polars as pl
from django.db import transaction
from django.utils import translation

from qinghe.claims.intake.check import Checked, whole_of
from qinghe.claims.intake.columns import fit, parse
from qinghe.claims.intake.read import ROW
from qinghe.claims.models import Batch, RowError, Staged
from qinghe.claims.queries import table_header, tables_of
from qinghe.claims.services.creditors import active_creditor
from qinghe.claims.services.noting import note
from qinghe.claims.services.staging import Reading, forget_staged, judged, stage
from qinghe.claims.services.unseen import look_soon
from qinghe.claims.services.writing import write_claims
from qinghe.claims.terms import WORKING, BatchState
from qinghe.kernel.actor import Actor
from qinghe.kernel.ahead import ahead
from qinghe.kernel.errors import DomainError
from qinghe.kernel.laps import lap
from qinghe.parties.vault import ring

# Rows that one transaction takes over: two or three seconds. So long a cancellation may wait, and
# whoever else delivers claims.
CHUNK_ROWS: Final = 10_000
LANGUAGES: Final = ("zh-hans", "en")
# The job that does it.
JOB: Final = "claims.intake"


@dataclass(frozen=True)
class Judged:
    """A piece of a file after its rows were looked at, and the number of its last row."""

    checked: Checked
    last_row: int


class Work:
    """One worker on one batch. It keeps what is costly to find again, and nothing that counts."""

    def __init__(
        self,
        batch_id: UUID,
        *,
        actor: Actor,
        chunk_rows: int = CHUNK_ROWS,
        read_ahead: bool = False,
    ) -> None:
        self.batch_id, self.actor, self.chunk_rows = batch_id, actor, chunk_rows
        self.read_ahead = read_ahead
        self._reading: Reading | None = None
        self._pieces: Iterator[Judged] | None = None
        self._passed, self._begun = 0, False

    def run(self, *, at: datetime) -> None:
        """Do all that is left, inside the caller's transaction."""
        while self.step(at=at):
            pass

    def step(self, *, at: datetime) -> bool:
        """
        Do the next piece in a transaction of its own; False when there is nothing to do.

        :raises FileUnreadable: and the other refusals of a file as `receive_batch` tells them
        """
        batch = Batch.objects.filter(pk=self.batch_id, state__in=WORKING).first()
        if batch is None:
            return False
        if self._reading is None and not batch.whole:
            self._open(batch, at)
        if batch.whole:
            return self._merge(at)
        with lap("wait for rows"):
            piece = self._next()
        with transaction.atomic():
            return self._check(piece, at)

    def _open(self, batch: Batch, at: datetime) -> None:
        """Read the file once as a whole, and make sure that nothing is missing that was staged."""
        with lap("survey"):
            mapping = fit(parse(batch.mapping), table_header(batch))
            whole = whole_of(tables_of(batch), mapping)
        lender = batch.creditor.lender_kind
        self._reading = Reading(mapping, whole, batch.as_of, lender)
        with transaction.atomic():
            batch = locked_batch(self.batch_id)
            if not batch.checked_to or not staged_is_sound(batch):
                start_over(batch)
            batch.rows = whole.rows
            if batch.state == BatchState.RECEIVED:
                batch.state = BatchState.CHECKING
            _begin(batch, done=batch.read, at=at)
            batch.save()
        self._passed = batch.checked_to
        found = _judged_pieces(tables_of(batch), self._reading, after=self._passed)
        self._pieces = ahead(found) if self.read_ahead else found

    def _next(self) -> Judged | None:
        assert self._pieces is not None
        return next(self._pieces, None)

    def _check(self, piece: Judged | None, at: datetime) -> bool:
        assert self._reading is not None
        batch = locked_batch(self.batch_id)
        if batch.state not in WORKING or batch.checked_to != self._passed:
            # Cancelled, or another worker went on from here.
            return False
        if piece is None:
            return self._all_checked(batch, at)
        stage(batch, piece.checked, self._reading)
        self._passed = batch.checked_to = piece.last_row
        batch.done, batch.worked_at = batch.read, at
        batch.save()
        return True

    def _all_checked(self, batch: Batch, at: datetime) -> bool:
        batch.whole = True
        taking = batch.state == BatchState.MERGING
        if taking and batch.rejected and not batch.partial and not batch.merged_to:
            # Accepted as a whole; meanwhile rows turned out to be wrong: the creditor looks again.
            taking = False
        batch.state = BatchState.MERGING if taking else BatchState.CHECKED
        _begin(batch, done=0, at=at)
        batch.save()
        if not taking:
            note("checked", batch, self.actor, at)
        return taking

    def _merge(self, at: datetime) -> bool:
        with transaction.atomic():
            batch = locked_batch(self.batch_id)
            if batch.state != BatchState.MERGING:
                return False
            if not self._begun and not staged_is_sound(batch):
                start_over(batch)
                batch.save()
                self._reading = None
                return True
            if not self._begun:
                self._begun = True
                done = Staged.objects.filter(batch_id=batch.pk, row__lte=batch.merged_to)
                _begin(batch, done=done.count(), at=at)
            return self._merge_next(batch, at)

    def _merge_next(self, batch: Batch, at: datetime) -> bool:
        active_creditor(batch.creditor_id)
        column = parse(batch.mapping).columns.get("contract_number", "contract_number")
        merged = write_claims(batch, size=self.chunk_rows, column=column, actor=self.actor, at=at)
        batch.accepted += merged.new
        batch.unchanged += merged.unchanged
        batch.rejected += merged.changed
        batch.amount -= merged.lost_amount
        stages = {key: n - merged.lost_stages[key] for key, n in batch.stages.items()}
        batch.stages = {key: n for key, n in stages.items() if n}
        batch.merged_to, batch.worked_at = merged.to_row or batch.merged_to, at
        rows = merged.new + merged.unchanged + merged.changed
        batch.done += rows
        if rows < self.chunk_rows:
            finish(batch, self.actor, at)
            return False
        batch.save()
        return True


def _judged_pieces(
    tables: Iterator[pl.DataFrame], reading: Reading, *, after: int
) -> Iterator[Judged]:
    while True:
        with lap("parse"):
            table = next(tables, None)
        if table is None:
            return
        left = table.filter(pl.col(ROW) > after)
        if left.height:
            with lap("check"):
                checked = judged(left, reading)
            yield Judged(checked, int(left[-1, ROW]))


def locked_batch(batch_id: UUID) -> Batch:
    """Return a batch with its row locked."""
    return Batch.objects.select_for_update(of=("self",)).select_related("creditor").get(pk=batch_id)


def staged_is_sound(batch: Batch) -> bool:
    """Tell whether all that was staged is there, under the key that is in use."""
    staged = Staged.objects.filter(batch_id=batch.pk, key_id=ring().active)
    return staged.count() == batch.valid


def start_over(batch: Batch) -> None:
    """Forget what was checked, so that it is checked again; what was merged stays merged."""
    forget_staged([batch.pk])
    RowError.objects.filter(batch=batch).delete()
    batch.checked_to = batch.read = batch.valid = 0
    batch.unchanged = batch.rejected = batch.amount = 0
    batch.stages, batch.whole = {}, False


def _begin(batch: Batch, *, done: int, at: datetime) -> None:
    batch.begun_at, batch.worked_at = at, at
    batch.done = batch.begun_done = done


def finish(batch: Batch, actor: Actor, at: datetime) -> None:
    """End a batch whose every row has become a claim, an error or nothing new."""
    forget_staged([batch.pk])
    batch.valid = batch.accepted
    batch.state, batch.decided_at, batch.worked_at = BatchState.ACCEPTED, at, at
    batch.failure = {}
    batch.save()
    note("accepted", batch, actor, at, partial=batch.partial)
    if batch.accepted:
        look_soon()


@transaction.atomic
def give_up(batch_id: UUID, refusal: DomainError, *, actor: Actor, at: datetime) -> None:
    """End a batch that cannot be worked on, with the reason; claims that were made stay."""
    batch = locked_batch(batch_id)
    if batch.state not in WORKING:
        return
    forget_staged([batch_id])
    batch.failure = {"code": refusal.code, "text": in_every_language(refusal)}
    batch.state, batch.decided_at = BatchState.FAILED, at
    batch.save()
    note("failed", batch, actor, at, code=refusal.code)


def in_every_language(refusal: DomainError) -> dict[str, str]:
    """Return a refusal's sentence by language."""
    told = {}
    for language in LANGUAGES:
        with translation.override(language):
            told[language] = refusal.user_message
    return told
