"""Read a CSV or XLSX file into a table of text. Limits come before parsing; no formula is run."""

from __future__ import annotations

import csv
import io
from typing import Final

import polars as pl

from qinghe.claims.intake import book
from qinghe.claims.intake.dialect import dialect, one_line_end
from qinghe.claims.intake.encodings import decode, encoding_of
from qinghe.claims.intake.how import AS_IT_IS, How
from qinghe.claims.intake.kinds import ZIP, not_a_table
from qinghe.claims.intake.unreadable import (
    BROKEN_QUOTES,
    LOOSE_QUOTES,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_FIELD,
    MAX_HEADER,
    MAX_MB,
    MEGABYTE,
    NAME_TOO_LONG,
    NAMED_TWICE,
    NAMELESS,
    NO_HEADER,
    NO_ROWS,
    NOTHING_IN_IT,
    TOO_LARGE,
    TOO_LONG,
    TOO_MANY,
    TOO_WIDE,
    UNEVEN,
    FileUnreadable,
    unreadable,
)

__all__ = [
    "ADDED",
    "AS_IT_IS",
    "ROW",
    "FileUnreadable",
    "How",
    "header_of",
    "how_read",
    "names_of",
    "read_part",
    "read_table",
]

# A row of sums under the table, as its first cell that is not empty calls it.
TOTALS: Final = r"^(?i:合\s*计|总\s*计|小\s*计|共\s*计|total|sum|subtotal)\s*[:：]?\s*$"
SUMS_WITHIN: Final = 3
# Columns that our own error file adds begin with this sign, and are left out when it comes back.
ADDED: Final = "※"
ROW: Final = "※row"
UTF8_ONE_BYTE: Final = "\x7f"


def read_table(content: bytes, how: How = AS_IT_IS) -> pl.DataFrame:
    """
    Return the rows of a file as text with their row numbers; what is missing is empty text.

    :raises FileUnreadable: with the reason and what to do
    :raises EncodingUnsure: its encoding must be chosen
    """
    if len(content) > MAX_MB * MEGABYTE:
        raise unreadable(TOO_LARGE, mb=MAX_MB)
    refused = not_a_table(content)
    if refused:
        raise FileUnreadable(reason=refused)
    table, above = _workbook(content, how) if _is_book(content) else _text_file(content, how)
    return _numbered(table, above)


def read_part(text: str, delimiter: str, header: list[str], above: int) -> pl.DataFrame:
    """
    Return the rows of a part of a text file that begins with the row of names, as `read_table`.

    `above` is how many rows of the file stand above the first one of the part, less the names.

    :raises FileUnreadable: with the reason and what to do
    """
    names = names_of(header)
    table = _parsed(text, delimiter, names, above)
    _check_lengths(table, above)
    return _numbered(table.slice(1), above)


def _numbered(table: pl.DataFrame, above: int) -> pl.DataFrame:
    kept = [column for column in table.columns if not column.startswith(ADDED)]
    if not kept:
        raise FileUnreadable(reason=NOTHING_IN_IT)
    if table.height == 0:
        raise FileUnreadable(reason=NO_ROWS)
    table = table.select(pl.col(kept).fill_null("").str.strip_chars())
    # Rows count as the clerk sees them: titles and names too; empty ones and sums are passed over.
    numbered = table.with_row_index(ROW, offset=above + 2)
    near = [pl.when(pl.col(each) != "").then(pl.col(each)) for each in kept[:SUMS_WITHIN]]
    sums = pl.coalesce(near).str.contains(TOTALS).fill_null(False)
    rows = numbered.filter(pl.any_horizontal(pl.col(kept) != "") & ~sums)
    if rows.height == 0:
        raise FileUnreadable(reason=NO_ROWS)
    return rows


def header_of(table: pl.DataFrame) -> list[str]:
    """Return the file's own columns."""
    return [column for column in table.columns if not column.startswith(ADDED)]


def how_read(content: bytes, asked: How = AS_IT_IS) -> tuple[How, list[str]]:
    """
    Return how a readable file is read, and the names of all its sheets.

    :raises FileUnreadable: as `read_table`
    :raises EncodingUnsure: as `read_table`
    """
    if _is_book(content):
        sheet, names = book.sheets(content, asked.sheet)
        return How(sheet=sheet), names
    encoding = asked.encoding or encoding_of(content)
    text = one_line_end(decode(content, encoding))
    return How(encoding, dialect(text, asked.delimiter).delimiter), []


def _is_book(content: bytes) -> bool:
    return content.startswith(ZIP)


def _workbook(content: bytes, how: How) -> tuple[pl.DataFrame, int]:
    table, head, above = book.load(content, how.sheet)
    names = names_of(head[above])
    table = table.slice(above + 1).rename(dict(zip(table.columns, names, strict=True)))
    _check_lengths(table, above)
    return table, above


def _text_file(content: bytes, how: How) -> tuple[pl.DataFrame, int]:
    text = one_line_end(decode(content, how.encoding))
    found = dialect(text, how.delimiter)
    names, above = names_of(found.header), found.lines_above
    if text.count("\n") * len(names) > MAX_CELLS:
        raise FileUnreadable(reason=TOO_MANY)
    below = text.split("\n", above)[above] if above else text
    del text
    table = _parsed(below, found.delimiter, names, above)
    _check_lengths(table, above)
    return table.slice(1), above


def _parsed(below: str, delimiter: str, names: list[str], above: int) -> pl.DataFrame:
    # The parser wants a delimiter of one byte.
    if delimiter > UTF8_ONE_BYTE:
        return _carefully(below, delimiter, names, above)
    try:
        table = _frame(below, delimiter, names)
    except pl.exceptions.PolarsError:
        return _carefully(below, delimiter, names, above)
    careful = '"' in below and _swallowed(table)
    return _carefully(below, delimiter, names, above) if careful else table


def _swallowed(table: pl.DataFrame) -> bool:
    """Tell whether a loose quotation mark may have drawn the next rows into one cell."""
    lines = pl.all().str.contains("\n", literal=True)
    return bool(table.select(pl.any_horizontal(lines).any()).item())


def _frame(text: str, delimiter: str, names: list[str]) -> pl.DataFrame:
    return pl.read_csv(
        text.encode(),
        separator=delimiter,
        has_header=False,
        new_columns=names,
        infer_schema=False,
    )


def _carefully(text: str, delimiter: str, names: list[str], above: int) -> pl.DataFrame:
    """Read row by row what the fast parser cannot, or say in which row it cannot be read."""
    out, row = io.StringIO(), 0
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    try:
        for cells in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True):
            row += 1
            if len(cells) > len(names):
                raise unreadable(UNEVEN, row=row + above)
            writer.writerow(cells + [""] * (len(names) - len(cells)))
    except csv.Error as fault:
        raise _why(str(fault), row + 1 + above) from None
    return _frame(out.getvalue(), ",", names)


def _why(fault: str, row: int) -> FileUnreadable:
    if "field larger" in fault:
        return unreadable(TOO_LONG, row=row, most=MAX_FIELD)
    return unreadable(LOOSE_QUOTES if "expected after" in fault else BROKEN_QUOTES, row=row)


def _check_lengths(table: pl.DataFrame, above: int) -> None:
    longest = table.select(pl.all().str.len_bytes().max()).row(0) if table.height else ()
    if max((each or 0 for each in longest), default=0) <= MAX_FIELD:
        return
    lengths = table.select(pl.max_horizontal(pl.all().str.len_chars())).to_series()
    if (lengths.max() or 0) > MAX_FIELD:  # type: ignore[operator]
        raise unreadable(TOO_LONG, row=(lengths.arg_max() or 0) + above + 1, most=MAX_FIELD)


def names_of(header: list[str]) -> list[str]:
    """
    Return the names of the columns; what has none at the right edge is marked as added.

    :raises FileUnreadable: no names, the same twice, or too many
    """
    if len(header) > MAX_COLUMNS:
        raise unreadable(TOO_WIDE, columns=MAX_COLUMNS)
    names = [name.strip().lstrip("\ufeff") for name in header]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise FileUnreadable(reason=NO_HEADER)
    _check_names(names)
    # Empty columns at the right edge, as spreadsheets leave them.
    return names + [f"{ADDED}{place}" for place in range(len(names), len(header))]


def _check_names(names: list[str]) -> None:
    """Name the column, and never what stands in it: without a row of names that may be a person."""
    first: dict[str, int] = {}
    for place, name in enumerate(names):
        column = letters_of(place)
        if not name:
            raise unreadable(NAMELESS, column=column)
        if len(name) > MAX_HEADER:
            raise unreadable(NAME_TOO_LONG, column=column, most=MAX_HEADER)
        if name in first:
            raise unreadable(NAMED_TWICE, first=letters_of(first[name]), column=column)
        first[name] = place


def letters_of(place: int) -> str:
    """Return the letters by which a spreadsheet calls a column, counted from nought."""
    letters, rest = "", place + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
