"""The wrong rows of a batch as its creditor corrects them: what is wrong, and what stands there."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

import polars as pl
from django.db.models import Count

from qinghe.claims.intake.agreed import MONEY
from qinghe.claims.intake.columns import parse
from qinghe.claims.intake.corrected import corrected
from qinghe.claims.intake.faults import ADVICE
from qinghe.claims.intake.parse import AMOUNTS
from qinghe.claims.intake.read import ROW, header_of
from qinghe.claims.intake.stream import head_of, pieces
from qinghe.claims.intake.texts import plain
from qinghe.claims.models import Batch, Correction, RowError
from qinghe.claims.queries.access import NoSuchBatch
from qinghe.claims.queries.batches import BatchView, RowErrorView, row_errors_of
from qinghe.kernel.actor import Actor, Role
from qinghe.parties.filestore import load_file, stream_file
from qinghe.parties.models import User

AT_ONCE: Final = 20
# Faults that say that a contract number stands in more than one row.
DOUBLED: Final = ("duplicate", "duplicate-differs")
# Of rows with one number so many are shown beside each other.
MOST_TWINS: Final = 10


@dataclass(frozen=True)
class FaultKind:
    """One kind of fault in a batch, in the active language, and how many rows have it."""

    code: str
    reason: str
    fix: str
    rows: int


@dataclass(frozen=True)
class WrongCell:
    """One cell with a fault: its text as delivered or corrected, and what is wrong with it."""

    column: str
    place: int
    value: str
    errors: tuple[RowErrorView, ...]


@dataclass(frozen=True)
class Twin:
    """Another row with the same contract number, and the columns in which it differs."""

    row: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class WrongRow:
    """
    One row with faults; `contract` is its contract number.

    `twins` are the other rows of the file with this number, each with the columns that differ.
    """

    row: int
    contract: str
    cells: tuple[WrongCell, ...]
    twins: tuple[Twin, ...] = ()


@dataclass(frozen=True)
class CorrectionRow:
    """One cell that was set right, by whom and when; never the value."""

    row: int
    column: str
    by: str
    at: datetime


def cells_of(batch_id: UUID) -> dict[tuple[int, str], str]:
    """Return the corrected cells of a batch, the newest of each: for the room itself."""
    kept = Correction.objects.filter(batch_id=batch_id).order_by("number")
    cells: dict[tuple[int, str], str] = {}
    for sha256 in dict.fromkeys(kept.values_list("sha256", flat=True)):
        for row, column, value in json.loads(load_file(sha256))["cells"]:
            cells[row, column] = value
    return cells


def tables_of(batch: BatchView | Batch) -> Iterator[pl.DataFrame]:
    """Return a batch's rows as delivered, piece by piece, with what was corrected since."""
    # Asked now: whoever reads ahead in a thread of its own must open no connection there.
    cells, how = cells_of(batch.id), parse(batch.mapping).how
    blocks = partial(stream_file, batch.sha256)
    return (corrected(piece, cells) for piece in pieces(blocks, how))


def rows_of(
    batch: BatchView | Batch, rows: Collection[int], *, column: str = "", values: Iterable[str] = ()
) -> pl.DataFrame:
    """Return some rows of a batch, and those that have one of some values in a column."""
    asked = pl.col(ROW).is_in(list(rows))
    if column:
        asked = asked | pl.col(column).is_in(list(values))
    return pl.concat([table.filter(asked) for table in tables_of(batch)])


def table_header(batch: BatchView | Batch) -> list[str]:
    """Return the columns of a batch's file, as the mapping it was checked with names them."""
    mapping = parse(batch.mapping)
    return header_of(head_of(partial(stream_file, batch.sha256), mapping.how))


def fault_kinds(batch: BatchView) -> list[FaultKind]:
    """Return the kinds of faults of a batch, the most frequent first."""
    rows = RowError.objects.filter(batch_id=batch.id).values("code")
    counted = rows.annotate(rows=Count("row", distinct=True)).order_by("-rows", "code")
    return [
        FaultKind(code, *ADVICE[code].generally(), count)
        for code, count in counted.values_list("code", "rows")
    ]


def wrong_rows(
    batch: BatchView, *, actor: Actor, code: str = "", row: int | None = None, start: int = 0
) -> tuple[list[WrongRow], int]:
    """
    Return a page of the rows to correct, with their values, and how many there are in all.

    Only rows with faults, or `row` when it was corrected before.

    :raises NoSuchBatch: not a clerk of the creditor itself
    """
    if actor.role is not Role.CREDITOR or actor.org_id != batch.creditor_id:
        raise NoSuchBatch
    found = RowError.objects.filter(batch_id=batch.id)
    numbers = found.filter(code=code) if code else found
    if row is not None:
        kept = Correction.objects.filter(batch_id=batch.id, row=row).exists()
        here = [row] if kept or found.filter(row=row).exists() else []
        total = len(here)
    else:
        distinct = numbers.order_by("row").values_list("row", flat=True).distinct()
        total, here = distinct.count(), list(distinct[start : start + AT_ONCE])
    return _filled(batch, here), total


def corrections(batch: BatchView, *, limit: int = 50) -> tuple[list[CorrectionRow], int]:
    """Return what was corrected, the newest first, and how many corrections there are."""
    kept = Correction.objects.filter(batch_id=batch.id)
    newest = list(kept.order_by("-number").values_list("row", "column", "by", "at")[:limit])
    users = User.objects.filter(pk__in={by for _row, _column, by, _at in newest if by})
    names = {
        pk: name or email for pk, name, email in users.values_list("pk", "display_name", "email")
    }
    return [
        CorrectionRow(r, c, names.get(by, "") if by else "", at) for r, c, by, at in newest
    ], kept.count()


def _filled(batch: BatchView, numbers: Sequence[int]) -> list[WrongRow]:
    if not numbers:
        return []
    columns = parse(batch.mapping).columns
    contract = columns.get("contract_number", "contract_number")
    amounts = [columns.get(name, name) for name in (*AMOUNTS, *MONEY)]
    doubled = RowError.objects.filter(batch_id=batch.id, row__in=numbers, code__in=DOUBLED)
    values = doubled.values_list("row", flat=True)
    table, twins = _with_twins(batch, numbers, set(values), contract)
    header = header_of(table)
    errors: dict[int, dict[str, list[RowErrorView]]] = defaultdict(lambda: defaultdict(list))
    for error in row_errors_of(batch, numbers):
        errors[error.row][error.column].append(error)
    before = Correction.objects.filter(batch_id=batch.id, row__in=numbers)
    for row, column in before.values_list("row", "column"):
        errors[row].setdefault(column, [])
    return [
        replace(
            _wrong(one, header, contract, errors[one[ROW]]),
            twins=_differing(one, twins.get(one.get(contract, ""), ()), header, amounts),
        )
        for one in table.iter_rows(named=True)
    ]


def _with_twins(
    batch: BatchView, numbers: Sequence[int], doubled: Collection[int], contract: str
) -> tuple[pl.DataFrame, dict[str, list[dict[str, str]]]]:
    """
    Return rows of a batch, and the rows that share a number with the doubled ones, by number.

    The file is read a second time only where some are doubled and its column is known.
    """
    table = rows_of(batch, numbers)
    if not doubled or contract not in table.columns:
        return table, {}
    asked = table.filter(pl.col(ROW).is_in(list(doubled)))[contract].unique().to_list()
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows_of(batch, [], column=contract, values=asked).iter_rows(named=True):
        if len(found[row[contract]]) < MOST_TWINS:
            found[row[contract]].append(row)
    return table, found


def _differing(
    one: dict[str, str], alike: Iterable[dict[str, str]], header: list[str], amounts: list[str]
) -> tuple[Twin, ...]:
    """Return the other rows of one number with what differs: by value, however it is written."""
    others = [other for other in alike if other[ROW] != one[ROW]]
    if not others:
        return ()
    table = pl.DataFrame([one, *others])
    same = table.with_columns(plain(pl.col(c)) for c in amounts if c in table.columns)
    first, *rest = same.iter_rows(named=True)
    return tuple(
        Twin(int(other[ROW]), tuple(c for c in header if other[c] != first[c])) for other in rest
    )


def _wrong(
    one: dict[str, str], header: list[str], contract: str, errors: dict[str, list[RowErrorView]]
) -> WrongRow:
    # A fault of a field that no column gives is shown at the column that could tell instead.
    shown = {column: found for column, found in errors.items() if column in header}
    lost = [each for column, found in errors.items() if column not in header for each in found]
    if lost:
        first = next(iter(shown), contract if contract in header else header[0])
        shown[first] = [*shown.get(first, []), *lost]
    cells = tuple(
        WrongCell(column, header.index(column), one[column], tuple(shown[column]))
        for column in sorted(shown, key=header.index)
    )
    return WrongRow(int(one[ROW]), one.get(contract, ""), cells)
