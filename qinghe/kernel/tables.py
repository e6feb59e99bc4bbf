"""Tables as files that people open in a spreadsheet. Nothing in them may run there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

import xlsxwriter

# A cell that a spreadsheet would run; blanks before it do not stop every spreadsheet.
FORMULA: Final = re.compile(r"^[\s\x00]*[=+\-@＝＋－＠]|^[\t\r\n]")
NUMBER: Final = re.compile(r"^-?[\d.,]+%?$")


def harmless(cell: object) -> str:
    """Return a cell as text that no spreadsheet takes for a formula; plain numbers stay."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if FORMULA.match(text) and not NUMBER.match(text) else text


def as_csv(rows: Iterable[Sequence[object]], *, line_end: str = "\r\n") -> bytes:
    """Return rows as CSV in UTF-8; the mark at its head tells spreadsheets so."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_workbook(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as a workbook in which every cell is text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write_string(place, column, harmless(cell))
    book.close()
    return out.getvalue()


def as_sheet(rows: Iterable[Sequence[object]], *, title: str, at: datetime) -> bytes:
    """Return rows as a workbook to compute with: decimals are numbers, all else is text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    # The moment it says it was made is given, so that equal rows give equal bytes.
    book.set_properties({"title": title, "created": at.replace(tzinfo=None)})
    number = book.add_format({"num_format": "#,##0.00"})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 6, 18)
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal):
                # A workbook knows no other numbers: exact to the cent up to ten billions.
                sheet.write_number(place, column, float(cell), number)
            else:
                sheet.write_string(place, column, harmless(cell))
    book.close()
    return out.getvalue()
