"""Set single cells of a batch's wrong rows right; the delivered file stays as it is."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import polars as pl
from django.utils.translation import gettext_lazy as _

from qinghe.claims.intake.columns import fit, parse
from qinghe.claims.intake.corrected import corrected
from qinghe.claims.intake.read import ROW, header_of
from qinghe.claims.intake.unreadable import MAX_FIELD
from qinghe.claims.models import Batch, Correction, RowError
from qinghe.claims.queries import table_of
from qinghe.claims.services.batches import adjust, judge_again, open_batch
from qinghe.claims.services.sifting import sift_table
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import new_id
from qinghe.parties.filestore import seal_file
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require

MOST_CELLS: Final = 1000
Cell = tuple[int, str, str]


class RowNotWrong(DomainError):
    code = "claims.row-not-wrong"
    text = _("Row {row} has no error. Only rows with errors can be corrected here.")


class NoSuchColumn(DomainError):
    code = "claims.no-such-column"
    text = _("The file has no column {column}.")


class CellTooLong(DomainError):
    code = "claims.cell-too-long"
    text = _("The text for row {row} is longer than {most} characters.")


class TooManyCells(DomainError):
    code = "claims.too-many-cells"
    text = _("At most {most} cells can be corrected at once. Download the rows for more.")


@verb("claims.correct_rows")
def correct_rows(*, batch_id: UUID, cells: Sequence[Cell], actor: Actor, at: datetime) -> Batch:
    """
    Put new texts into cells (row, column, text) of wrong rows and judge the batch again.

    The texts are sealed like the file; the journal says which cells, never what. Cells that stand
    so already are passed over; when nothing changes, nothing is written.

    :raises NotPermitted: the actor may not submit claims
    :raises NoSuchBatch: unknown, or another creditor's
    :raises CreditorInactive: not verified, or suspended
    :raises BatchDecided: accepted or refused before
    :raises RowNotWrong: a row without faults that was never corrected
    :raises NoSuchColumn: not a column of the file
    :raises CellTooLong, TooManyCells: beyond what a form can hold
    :raises PhonesInText: a text holds somebody's telephone number
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    batch, creditor = open_batch(batch_id, actor)
    table = table_of(batch)
    _check(batch, header_of(table), cells)
    changed = _changed(table, cells)
    if not changed:
        return batch
    _keep(batch, changed, actor, at)
    new = corrected(table, {(row, column): text for row, column, text in changed})
    _judge(batch, creditor, table, new, changed)
    record(
        kind="claims.batch-corrected",
        subject=f"batch:{batch.pk}",
        actor=actor,
        at=at,
        cells=len(changed),
        rows=len({row for row, _column, _text in changed}),
        rejected=batch.rejected,
        valid=batch.valid,
    )
    return batch


def _judge(
    batch: Batch,
    creditor: Organisation,
    old: pl.DataFrame,
    new: pl.DataFrame,
    changed: Sequence[Cell],
) -> None:
    """Judge the rows again that a change can touch; the whole file only when its currency may."""
    mapping = fit(parse(batch.mapping), header_of(new))
    rows = _touched(old, new, changed, mapping.columns.get("contract_number", ""))
    before, after = (
        sift_table(
            each.filter(pl.col(ROW).is_in(rows)), mapping, creditor=creditor, as_of=batch.as_of
        )
        for each in (old, new)
    )
    money = mapping.columns.get("currency")
    if {before.currency, after.currency} == {batch.currency} and money not in _columns(changed):
        adjust(batch, rows, before, after)
    else:
        judge_again(batch, sift_table(new, mapping, creditor=creditor, as_of=batch.as_of))


def _touched(
    old: pl.DataFrame, new: pl.DataFrame, changed: Sequence[Cell], number: str
) -> list[int]:
    """Return the changed rows, and those that share a contract number with them or did so."""
    rows = {row for row, _column, _text in changed}
    if number not in new.columns:
        return sorted(rows)
    here = pl.col(ROW).is_in(list(rows))
    numbers = {*old.filter(here)[number], *new.filter(here)[number]} - {""}
    for each in (old, new):
        rows |= set(each.filter(pl.col(number).is_in(list(numbers)))[ROW])
    return sorted(rows)


def _columns(changed: Sequence[Cell]) -> set[str]:
    return {column for _row, column, _text in changed}


def _check(batch: Batch, header: Sequence[str], cells: Sequence[Cell]) -> None:
    if len(cells) > MOST_CELLS:
        raise TooManyCells(most=MOST_CELLS)
    rows = {row for row, _column, _text in cells}
    wrong = RowError.objects.filter(batch=batch, row__in=rows).values_list("row", flat=True)
    before = Correction.objects.filter(batch=batch, row__in=rows).values_list("row", flat=True)
    for row in sorted(rows - set(wrong) - set(before)):
        raise RowNotWrong(row=row)
    for row, column, text in cells:
        if column not in header:
            raise NoSuchColumn(column=column)
        if len(text) > MAX_FIELD:
            raise CellTooLong(row=row, most=MAX_FIELD)


def _changed(table: pl.DataFrame, cells: Sequence[Cell]) -> list[Cell]:
    rows = table.filter(pl.col(ROW).is_in([row for row, _column, _text in cells]))
    there = {one[ROW]: one for one in rows.iter_rows(named=True)}
    # NUL cannot be stored, and no spreadsheet shows it.
    last = {(row, column): text.replace("\0", "").strip() for row, column, text in cells}
    return [(*cell, text) for cell, text in last.items() if there[cell[0]][cell[1]] != text]


def _keep(batch: Batch, changed: Sequence[Cell], actor: Actor, at: datetime) -> None:
    # The random word keeps short values from being found by trying their hash.
    kept = {"word": secrets.token_hex(16), "cells": changed}
    sha256 = seal_file(json.dumps(kept, ensure_ascii=False).encode())
    before = Correction.objects.filter(batch=batch).count()
    Correction.objects.bulk_create(
        Correction(
            id=new_id(),
            batch=batch,
            row=row,
            column=column,
            sha256=sha256,
            by=actor.user_id,
            at=at,
            number=number,
        )
        for number, (row, column, _text) in enumerate(changed, before + 1)
    )
