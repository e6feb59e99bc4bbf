"""The wrong rows of a batch as a file: to be corrected at the desk and sent again as it is."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from qinghe.claims.intake.read import ADDED, ROW, header_of
from qinghe.claims.models import Batch
from qinghe.claims.queries.batches import BatchView, RowErrorView, row_errors
from qinghe.claims.queries.corrections import rows_of
from qinghe.kernel.tables import as_csv, as_workbook

FORMATS: Final = ("csv", "xlsx")


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
    return as_csv(rows) if fmt == "csv" else as_workbook(rows)


def _faulty_rows(batch: BatchView | Batch) -> list[list[str]]:
    errors: dict[int, list[RowErrorView]] = {}
    for error in row_errors(batch):
        errors.setdefault(error.row, []).append(error)
    faulty = rows_of(batch, errors)
    header = header_of(faulty)
    added = [f"{ADDED}{word}" for word in (_("Column"), _("Reason"), _("How to fix"))]
    return [header + added] + [
        [*row[1:], *_joined(errors[row[0]])] for row in faulty.select(ROW, *header).iter_rows()
    ]


def _joined(errors: list[RowErrorView]) -> list[str]:
    pairs = [(error.column, error.reason, error.fix) for error in errors]
    return [" / ".join(words) for words in zip(*pairs, strict=True)]
