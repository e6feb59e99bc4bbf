"""The rows of a statement that is a table: whole, under the head that its mapping knows."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from qinghe.claims.intake import book
from qinghe.claims.intake.encodings import decode
from qinghe.claims.intake.kinds import ZIP, not_a_table
from qinghe.claims.intake.read import ADDED, ROW, TOTALS, FileUnreadable
from qinghe.claims.intake.unreadable import NO_ROWS, EncodingUnsure
from qinghe.settlement.bank.refusals import BadStatement, RaggedRow, StatementColumns, StatementCut

DELIMITERS: Final = (",", "\t", ";", "|")
# Titles, the account and the days stand above the head; so many rows are looked at for it.
LOOKED_AT: Final = 40
UNIT: Final = re.compile(r"[(\[][^)\]]*[)\]]|\s")
TOTAL: Final = re.compile(TOTALS)
# What banks write below the entries.
BELOW: Final = ("合计", "总计", "小计", "共计", "总笔数", "总金额", "借方合计", "贷方合计", "total")
# A character of Chinese takes up to four bytes; where the last one is cut, fewer are left.
LONGEST_CHARACTER: Final = 4
Rows = list[tuple[int, list[str]]]


def table_of(content: bytes, mapping: Mapping[str, Any]) -> pl.DataFrame:
    """
    Return the entries of a table as text with their row numbers, in columns as the mapping names
    them.

    :raises FileUnreadable: it is no table, or damaged
    :raises StatementCut: it ends within a character or a cell
    :raises StatementColumns: no row of it names the columns
    :raises RaggedRow: a row has fewer or more cells than the head
    """
    refused = not_a_table(content)
    if refused:
        raise FileUnreadable(reason=refused)
    if content.startswith(ZIP):
        table, _head, _above = book.load(content)
        return _framed([*_numbered(table)], mapping)
    text = _decoded(content)
    return _framed(_parted(text, mapping), mapping)


def _parted(text: str, mapping: Mapping[str, Any]) -> Rows:
    """Return the rows of a text, parted by the sign under which its head is known."""
    first: Rows = []
    fault: Exception | None = None
    for sign in DELIMITERS:
        try:
            rows = _cells(text, sign)
        except (BadStatement, StatementCut) as found:
            fault = fault or found
            continue
        if _head_of(rows, mapping) is not None:
            return rows
        first = first or rows
    if fault is not None:
        raise fault
    return first


def named(cell: str) -> str:
    """Return the name of a column as mappings spell it: without its unit, blanks and capitals."""
    return UNIT.sub("", unicodedata.normalize("NFKC", cell)).casefold()


def _numbered(table: pl.DataFrame) -> Iterator[tuple[int, list[str]]]:
    for row, cells in enumerate(table.iter_rows(), start=1):
        yield row, [str(cell or "").strip() for cell in cells]


def _decoded(content: bytes) -> str:
    if _cut(content):
        raise StatementCut(row=content.count(b"\n") + 1)
    try:
        return decode(content)
    except EncodingUnsure:
        # Numbers, days and amounts read the same; words that read badly find no claim.
        return decode(content, "gb18030")


def _cut(content: bytes) -> bool:
    """Tell whether a text in UTF-8 or GB18030 ends within a character."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as fault:
        near = len(content) - fault.start < LONGEST_CHARACTER
        return near and fault.end == len(content) and not content[: fault.start].isascii()
    return False


def _cells(text: str, delimiter: str) -> Rows:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: Rows = []
    try:
        for cells in reader:
            rows.append((reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error as fault:
        if "unexpected end" in str(fault):
            raise StatementCut(row=reader.line_num) from None
        raise BadStatement(row=reader.line_num + 1, field="?") from None
    return rows


def _head_of(rows: Rows, mapping: Mapping[str, Any]) -> int | None:
    found = (
        place
        for place, (_row, cells) in enumerate(rows[:LOOKED_AT])
        if not missing_in(columns_of(cells, mapping))
    )
    return next(found, None)


def columns_of(head: Sequence[str], mapping: Mapping[str, Any]) -> dict[str, str]:
    """Return which column of a head is what, by the mapping's names, the first of them first."""
    spelt = {named(cell): cell for cell in reversed(head) if cell}
    found = {}
    for name, wanted in mapping["columns"].items():
        here = [spelt[named(each)] for each in wanted if named(each) in spelt]
        if here:
            found[name] = here[0]
    return found


def words_of(head: Sequence[str], mapping: Mapping[str, Any]) -> list[str]:
    """Return every column of a head that holds words of the payer, in the mapping's order."""
    spelt = {named(cell): cell for cell in reversed(head) if cell}
    return list(
        dict.fromkeys(
            spelt[named(each)] for each in mapping["columns"]["text"] if named(each) in spelt
        )
    )


def missing_in(columns: Mapping[str, str]) -> str:
    """Return which column is missing that a statement cannot do without, or nothing."""
    if "booked_on" not in columns:
        return "booked_on"
    return "" if "amount" in columns or {"credit", "debit"} <= columns.keys() else "amount"


def _framed(rows: Rows, mapping: Mapping[str, Any]) -> pl.DataFrame:
    place = _head_of(rows, mapping)
    if place is None:
        heads = [columns_of(cells, mapping) for _row, cells in rows[:LOOKED_AT]]
        raise StatementColumns.of(missing_in(max(heads, key=len, default={})), mapping)
    head = _trimmed(rows[place][1])
    kept = [(n, cells) for n, cells in rows[place + 1 :] if any(cells) and not _is_sum(cells)]
    if not kept:
        raise FileUnreadable(reason=NO_ROWS)
    for row, cells in kept:
        # What is too much at the right edge may be empty; what is missing there was cut off.
        if len(cells) < len(head) or any(cells[len(head) :]):
            raise RaggedRow(row=row, cells=len(cells), head=len(head))
    return _frame(head, kept)


def _frame(head: list[str], kept: Rows) -> pl.DataFrame:
    names = [
        name if name and name not in head[:place] else f"{ADDED}{place}"
        for place, name in enumerate(head)
    ]
    data = {name: [cells[n] for _row, cells in kept] for n, name in enumerate(names)}
    numbers = pl.Series(ROW, [row for row, _told in kept])
    return pl.DataFrame(data, schema=dict.fromkeys(names, pl.String)).insert_column(0, numbers)


def _trimmed(cells: Sequence[str]) -> list[str]:
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    return kept


def _is_sum(cells: Sequence[str]) -> bool:
    """Tell whether a row stands below the entries: sums, or words that fill a single cell."""
    first = next(cell for cell in cells if cell)
    if TOTAL.match(first) or first.casefold().startswith(BELOW):
        return True
    return sum(map(bool, cells)) == 1 and not first[:1].isdigit()
