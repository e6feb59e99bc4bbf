"""Read one sheet of a workbook, after its parts were looked at and its room was measured."""

from __future__ import annotations

import zipfile
from typing import Final

import fastexcel
import polars as pl

from qinghe.claims.intake.heading import LOOKED_AT, heading
from qinghe.claims.intake.parts import inspect
from qinghe.claims.intake.unreadable import (
    BROKEN_BOOK,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_UNPACKED_MB,
    MEGABYTE,
    NO_SUCH_SHEET,
    NOTHING_IN_IT,
    TOO_LARGE,
    TOO_MANY,
    TOO_WIDE,
    FileUnreadable,
    unreadable,
)
from qinghe.claims.intake.workbook import measure

# Names and one row: less is a cover sheet.
LEAST_ROWS: Final = 2
SHEETS_TOLD: Final = 10


def load(content: bytes, sheet: str = "") -> tuple[pl.DataFrame, list[list[str]], int]:
    """
    Return a sheet's cells as text, its first rows, and how many rows stand above the names.

    Without a name: the first sheet that holds a table.

    :raises FileUnreadable: damaged, dangerous, too large, empty, or without such a sheet
    """
    reader = _opened(content)
    table = _cells(reader, _chosen(reader, sheet))
    if table.height == 0:
        raise FileUnreadable(reason=NOTHING_IN_IT)
    head = [[str(cell or "") for cell in row] for row in table.head(LOOKED_AT).iter_rows()]
    return table, head, heading(head)


def sheets(content: bytes, sheet: str = "") -> tuple[str, list[str]]:
    """
    Return which sheet is read and the names of all.

    :raises FileUnreadable: as `load`
    """
    reader = _opened(content)
    return _chosen(reader, sheet), list(reader.sheet_names)


def _opened(content: bytes) -> fastexcel.ExcelReader:
    try:
        inspect(content)
        _check_room(content)
        return fastexcel.read_excel(content)
    except (zipfile.BadZipFile, fastexcel.FastExcelError, NotImplementedError):
        raise FileUnreadable(reason=BROKEN_BOOK) from None


def _chosen(reader: fastexcel.ExcelReader, asked: str) -> str:
    names = list(reader.sheet_names)
    if asked and asked not in names:
        told = ", ".join(names[:SHEETS_TOLD])
        raise unreadable(NO_SUCH_SHEET, sheet=asked, sheets=told)
    if asked or len(names) == 1:
        return asked or names[0]
    if not names:
        raise FileUnreadable(reason=NOTHING_IN_IT)
    return next((name for name in names if _holds_table(reader, name)), names[0])


def _holds_table(reader: fastexcel.ExcelReader, name: str) -> bool:
    try:
        sheet = reader.load_sheet(name, header_row=None, n_rows=LEAST_ROWS, dtypes="string")
    except fastexcel.FastExcelError:
        return False
    return bool(sheet.height >= LEAST_ROWS and sheet.width > 0)


def _cells(reader: fastexcel.ExcelReader, name: str) -> pl.DataFrame:
    try:
        sheet = reader.load_sheet(name, header_row=None, dtypes="string")
        table: pl.DataFrame = sheet.to_polars()
    except fastexcel.FastExcelError:
        raise FileUnreadable(reason=BROKEN_BOOK) from None
    return table


def _check_room(content: bytes) -> None:
    room = measure(content, most=MAX_UNPACKED_MB * MEGABYTE)
    if room.size > MAX_UNPACKED_MB * MEGABYTE:
        raise unreadable(TOO_LARGE, mb=MAX_UNPACKED_MB)
    if room.columns > MAX_COLUMNS:
        raise unreadable(TOO_WIDE, columns=MAX_COLUMNS)
    if room.rows * room.columns > MAX_CELLS:
        raise FileUnreadable(reason=TOO_MANY)
