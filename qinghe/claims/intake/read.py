"""Read a CSV or XLSX file into a table of text. Limits come before parsing; no formula is run."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from itertools import islice
from typing import Final

import fastexcel
import polars as pl
from django.utils.translation import gettext_lazy as _

from qinghe.claims.intake.heading import LOOKED_AT, heading
from qinghe.claims.intake.workbook import measure
from qinghe.kernel.errors import DomainError

MAX_MB: Final = 200
MAX_UNPACKED_MB: Final = 1000
MAX_COLUMNS: Final = 200
# Every row a sheet can have, at twenty columns: somewhat below one gigabyte while it is read.
MAX_CELLS: Final = 21_000_000
MAX_HEADER: Final = 200
MEGABYTE: Final = 1024 * 1024
DELIMITERS: Final = (",", ";", "\t", "|")
ZIP: Final = b"PK\x03\x04"
OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# A row of sums under the table, as its first cell that is not empty calls it.
TOTALS: Final = r"^(?i:合\s*计|总\s*计|小\s*计|共\s*计|total|sum|subtotal)\s*[:：]?\s*$"
SUMS_WITHIN: Final = 3
# Columns that our own error file adds begin with this sign, and are left out when it comes back.
ADDED: Final = "※"
ROW: Final = "※row"


class FileUnreadable(DomainError):
    code = "claims.file-unreadable"
    text = _("The file cannot be read: {reason}.")


NOTHING_IN_IT = _("there is nothing in it")
TOO_LARGE = _("it is larger than {mb} MB; split it")
TOO_MANY = _("it has more cells than can be read at once; split it")
TOO_WIDE = _("it has more than {columns} columns; delete those that are not needed")
NO_HEADER = _("its first row must hold the names of the columns, each once")
NOT_TEXT = _("its letters are in no known encoding; save it as UTF-8 or GB18030")
OLD_FORMAT = _(
    "it is protected or in the old XLS format; save it as XLSX or CSV without a password"
)
BROKEN_BOOK = _("the workbook is damaged; open and save it again")
UNEVEN = _("row {row} has more cells than the header has names; check quotes and delimiters")
BROKEN_QUOTES = _("a quotation mark is opened and never closed")


def read_table(content: bytes) -> pl.DataFrame:
    """
    Return the rows of a file as text with their row numbers; what is missing is empty text.

    :raises FileUnreadable: with the reason and what to do
    """
    if not content.strip():
        raise FileUnreadable(reason=NOTHING_IN_IT)
    if len(content) > MAX_MB * MEGABYTE:
        raise _unreadable(TOO_LARGE, mb=MAX_MB)
    if content.startswith(OLD_OFFICE):
        raise FileUnreadable(reason=OLD_FORMAT)
    reader = _workbook if content.startswith(ZIP) else _text_file
    table, above = reader(content)
    kept = [column for column in table.columns if not column.startswith(ADDED)]
    if not kept or table.height == 0:
        raise FileUnreadable(reason=NOTHING_IN_IT)
    table = table.select(pl.col(kept).fill_null("").str.strip_chars())
    # Rows count as the clerk sees them: titles and names too; empty ones and sums are passed over.
    numbered = table.with_row_index(ROW, offset=above + 2)
    near = [pl.when(pl.col(each) != "").then(pl.col(each)) for each in kept[:SUMS_WITHIN]]
    sums = pl.coalesce(near).str.contains(TOTALS).fill_null(False)
    return numbered.filter(pl.any_horizontal(pl.col(kept) != "") & ~sums)


def header_of(table: pl.DataFrame) -> list[str]:
    """Return the file's own columns."""
    return [column for column in table.columns if not column.startswith(ADDED)]


def _workbook(content: bytes) -> tuple[pl.DataFrame, int]:
    _check_room(content)
    try:
        sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, dtypes="string")
        table: pl.DataFrame = sheet.to_polars()
    except fastexcel.FastExcelError:
        raise FileUnreadable(reason=BROKEN_BOOK) from None
    if table.height == 0:
        raise FileUnreadable(reason=NOTHING_IN_IT)
    head = [[str(cell or "") for cell in row] for row in table.head(LOOKED_AT).iter_rows()]
    above = heading(head)
    names = _names(head[above])
    return table.slice(above + 1).rename(dict(zip(table.columns, names, strict=True))), above


def _check_room(content: bytes) -> None:
    try:
        room = measure(content, most=MAX_UNPACKED_MB * MEGABYTE)
    except zipfile.BadZipFile:
        raise FileUnreadable(reason=BROKEN_BOOK) from None
    if room.size > MAX_UNPACKED_MB * MEGABYTE:
        raise _unreadable(TOO_LARGE, mb=MAX_UNPACKED_MB)
    if room.columns > MAX_COLUMNS:
        raise _unreadable(TOO_WIDE, columns=MAX_COLUMNS)
    if room.rows * room.columns > MAX_CELLS:
        raise FileUnreadable(reason=TOO_MANY)


def _text_file(content: bytes) -> tuple[pl.DataFrame, int]:
    text = decode(content)
    delimiter = _delimiter(text)
    names, above = _first_rows(text, delimiter)
    below = text.split("\n", above)[above]
    try:
        table = pl.read_csv(
            io.BytesIO(below.encode()),
            separator=delimiter,
            has_header=False,
            new_columns=names,
            infer_schema=False,
        )
    except pl.exceptions.PolarsError:
        raise _why(below, delimiter, len(names), above) from None
    return table.slice(1), above


def _first_rows(text: str, delimiter: str) -> tuple[list[str], int]:
    """Return the names of the columns and how many lines stand above them."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        head = [(reader.line_num, row) for row in islice(reader, LOOKED_AT)]
    except csv.Error:
        # A cell without end, or line ends of another age.
        raise FileUnreadable(reason=BROKEN_QUOTES) from None
    place = heading([row for _line, row in head]) if head else 0
    above = head[place - 1][0] if place else 0
    return _names(head[place][1] if head else []), above


def decode(content: bytes) -> str:
    """
    Return the text of a file in UTF-8, UTF-16 with a mark, or GB18030.

    :raises FileUnreadable: none of them
    """
    marked = next((name for mark, name in BOMS if content.startswith(mark)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileUnreadable(reason=NOT_TEXT)


def _delimiter(text: str) -> str:
    head = next((line for line in text.splitlines()[:LOOKED_AT] if set(line) & set(DELIMITERS)), "")
    counts = Counter(sign for sign in head if sign in DELIMITERS)
    return max(DELIMITERS, key=lambda sign: counts[sign])


def _names(header: list[str]) -> list[str]:
    names = [name.strip().lstrip("\ufeff") for name in header]
    while names and not names[-1]:
        names.pop()
    if len(header) > MAX_COLUMNS:
        raise _unreadable(TOO_WIDE, columns=MAX_COLUMNS)
    too_long = any(len(name) > MAX_HEADER for name in names)
    if not names or not all(names) or len(set(names)) < len(names) or too_long:
        raise FileUnreadable(reason=NO_HEADER)
    # Empty columns at the right edge, as spreadsheets leave them.
    return names + [f"{ADDED}{place}" for place in range(len(names), len(header))]


def _why(text: str, delimiter: str, width: int, above: int) -> FileUnreadable:
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        uneven = next((number for number, row in enumerate(rows, 1) if len(row) > width), None)
    except csv.Error:
        uneven = None
    if uneven is None:
        return FileUnreadable(reason=BROKEN_QUOTES)
    return _unreadable(UNEVEN, row=uneven + above)


def _unreadable(reason: object, **facts: int) -> FileUnreadable:
    return FileUnreadable(reason=str(reason).format(**facts))
