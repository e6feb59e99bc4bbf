"""Delivered files: their counts, what is wrong with their rows, and the file to correct."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import polars as pl
import xlsxwriter
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qinghe.claims.intake.columns import SHIPPED, Suggestion, date_format, suggest
from qinghe.claims.intake.faults import ADVICE
from qinghe.claims.intake.read import ADDED, ROW, header_of, read_table
from qinghe.claims.intake.stream import head_of, is_short, pieces
from qinghe.claims.models import Batch, Mapping, RowError
from qinghe.claims.queries.access import NoSuchBatch
from qinghe.claims.queries.progress import Progress, may_cancel, progress
from qinghe.claims.terms import BatchState
from qinghe.kernel.actor import Actor, Role
from qinghe.parties.filestore import stream_file
from qinghe.parties.roles import OVERSIGHT

RECENT: Final = 50
SAMPLE_ROWS: Final = 5
# A cell that a spreadsheet would run.
FORMULA: Final = re.compile(r"^[=+\-@＝＋－＠\t\r\n]")
NUMBER: Final = re.compile(r"^[+-]?[\d.,]+%?$")
FORMATS: Final = ("csv", "xlsx")


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


@dataclass(frozen=True)
class Preview:
    """The head of a file before it is mapped."""

    header: list[str]
    sample: list[list[str]]
    # None when the file is so long that only its beginning was read.
    rows: int | None
    suggestion: Suggestion


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


def mappings(*, creditor_id: UUID) -> list[str]:
    """Return the names of the mappings a creditor may choose: saved ones, then shipped ones."""
    saved = Mapping.objects.filter(creditor_id=creditor_id).order_by("name")
    names = list(saved.values_list("name", flat=True))
    return names + [name for name in SHIPPED if name not in names]


def preview(content: bytes) -> Preview:
    """
    Return the head of a file, with a suggestion of what its columns are.

    :raises FileUnreadable: not a table
    """
    return _preview(read_table(content))


def _preview(table: pl.DataFrame) -> Preview:
    header = header_of(table)
    sample = [list(row) for row in table.select(header).head(SAMPLE_ROWS).iter_rows()]
    return Preview(header, sample, table.height, suggest_mapping(header, sample))


def preview_kept(sha256: str) -> Preview:
    """
    Return the head of a file that lies sealed; only its first rows are read, and counted.

    :raises NoSuchFile: no file with this hash
    :raises FileUnreadable: not a table
    """
    blocks = partial(stream_file, sha256)
    head = _preview(head_of(blocks))
    return head if is_short(blocks) else replace(head, rows=None)


def suggest_mapping(header: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> Suggestion:
    """Return what the columns most likely are, and how the dates of the sample are written."""
    suggestion = suggest(header)
    columns = [
        list(header).index(suggestion.columns[name])
        for name in ("contract_date", "due_date")
        if name in suggestion.columns
    ]
    written = [row[place] for row in sample for place in columns if len(row) > place]
    return replace(suggestion, date_format=date_format(written))


def error_file(batch: BatchView | Batch, fmt: str) -> bytes:
    """
    Return the faulty rows as delivered, with three columns: column, reason, how to fix.

    `fmt` is csv or xlsx. Corrected, it can be sent again as it is: the three columns are passed
    over. Cells that a spreadsheet would run as formulas are made harmless.

    :raises ValueError: another format
    """
    if fmt not in FORMATS:
        raise ValueError(fmt)
    rows = _faulty_rows(batch)
    return _as_csv(rows) if fmt == "csv" else _as_workbook(rows)


def _mine(actor: Actor) -> Q:
    if actor.role in OVERSIGHT:
        return Q()
    own = actor.role is Role.CREDITOR and actor.org_id is not None
    return Q(creditor_id=actor.org_id) if own else Q(pk__in=[])


def _told(row: int, key: int, column: str, code: str, facts: dict[str, int | str]) -> RowErrorView:
    return RowErrorView(row, column, code, *ADVICE[code].told(facts), (row, key))


def _faulty_rows(batch: BatchView | Batch) -> list[list[str]]:
    errors: dict[int, list[RowErrorView]] = {}
    for error in row_errors(batch):
        errors.setdefault(error.row, []).append(error)
    rows = sorted(errors)
    found = [
        table.filter(table[ROW].is_in(rows)) for table in pieces(partial(stream_file, batch.sha256))
    ]
    faulty = pl.concat(found)
    header = header_of(faulty)
    added = [f"{ADDED}{word}" for word in (_("Column"), _("Reason"), _("How to fix"))]
    return [header + added] + [
        [*row[1:], *_joined(errors[row[0]])] for row in faulty.select(ROW, *header).iter_rows()
    ]


def _joined(errors: list[RowErrorView]) -> list[str]:
    pairs = [(error.column, error.reason, error.fix) for error in errors]
    return [" / ".join(words) for words in zip(*pairs, strict=True)]


def _harmless(cell: str) -> str:
    risky = FORMULA.match(cell) and not NUMBER.match(cell)
    return f"'{cell}" if risky else cell


def _as_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([_harmless(cell) for cell in row] for row in rows)
    # The mark tells spreadsheets that the file is UTF-8.
    return text.getvalue().encode("utf-8-sig")


def _as_workbook(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write_string(place, column, _harmless(cell))
    book.close()
    return out.getvalue()
