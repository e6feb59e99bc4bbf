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

from qinghe.claims.intake.columns import ColumnMapping, fit, parse
from qinghe.claims.intake.corrected import corrected
from qinghe.claims.intake.read import ROW
from qinghe.claims.intake.strangers import refuse_phones_in_text
from qinghe.claims.intake.unreadable import MAX_FIELD
from qinghe.claims.models import Batch, Correction, RowError
from qinghe.claims.queries import rows_of, table_header
from qinghe.claims.services.batches import judge_again, open_batch
from qinghe.claims.services.staging import restage
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import new_id
from qinghe.parties.filestore import seal_file
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
    batch = open_batch(batch_id, actor)
    mapping = fit(parse(batch.mapping), table_header(batch))
    _check(batch, table_header(batch), cells)
    table = rows_of(batch, {row for row, _column, _text in cells})
    changed = _changed(table, cells)
    if not changed:
        return batch
    old = _touched(batch, table, changed, mapping.columns.get("contract_number", ""))
    _keep(batch, changed, actor, at)
    _judge(batch, mapping, old, changed, actor, at)
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
    mapping: ColumnMapping,
    old: pl.DataFrame,
    changed: Sequence[Cell],
    actor: Actor,
    at: datetime,
) -> None:
    """Judge the rows again that a change can touch; the whole file only when its currency may."""
    new = _set_right(old, changed)
    # A column that means nothing may still hold a number that must not be kept.
    refuse_phones_in_text(new, mapping.columns, ROW)
    money = mapping.columns.get("currency") in _columns(changed)
    if money or not batch.whole or not restage(batch, old, new, mapping):
        judge_again(batch, actor=actor, at=at)
    else:
        batch.save()


def _set_right(table: pl.DataFrame, changed: Sequence[Cell]) -> pl.DataFrame:
    return corrected(table, {(row, column): text for row, column, text in changed})


def _touched(
    batch: Batch, table: pl.DataFrame, changed: Sequence[Cell], number: str
) -> pl.DataFrame:
    """Return the changed rows, and those that share a contract number with them or will do so."""
    rows = {row for row, _column, _text in changed}
    if number not in table.columns:
        return table.filter(pl.col(ROW).is_in(list(rows)))
    numbers = {*table[number], *_set_right(table, changed)[number]} - {""}
    return rows_of(batch, rows, column=number, values=numbers)


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
