"""
How the cells of a text file are parted, told from a bounded head: delimiter and line ends. Pure.

A delimiter is what cuts the first rows into the same number of cells, the row of names among them.
Counting signs is not enough: dates, amounts and addresses hold more of them than a narrow table has
delimiters.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from qinghe.claims.intake.heading import LOOKED_AT, heading
from qinghe.claims.intake.unreadable import (
    BROKEN_QUOTES,
    MAX_COLUMNS,
    MAX_FIELD,
    TOO_LONG,
    TOO_WIDE,
    unreadable,
)

HEAD: Final = 256 * 1024
ROWS: Final = 50
# In the order in which equals are preferred.
USUAL: Final = (",", "\t", ";", "|", "^", "~", "\x1f", "\x01", "，", "；", "｜")
UNUSUAL: Final = tuple("\x1e\x02\x07§¦¬#!$&*@=/:：、")
# So much of the first rows must agree.
AGREED: Final = 0.8


@dataclass(frozen=True)
class Dialect:
    """The delimiter, and the first rows with the line on which each ends, counted from 1."""

    delimiter: str
    rows: tuple[tuple[int, list[str]], ...]
    above: int

    @property
    def header(self) -> list[str]:
        """Return the row that names the columns."""
        return self.rows[self.above][1] if self.rows else []

    @property
    def lines_above(self) -> int:
        """Return how many lines stand above the header."""
        return self.rows[self.above - 1][0] if self.above else 0


def one_line_end(text: str) -> str:
    """Return a text whose lines end as they do today, when they all end as in another age."""
    return text if "\n" in text or "\r" not in text else text.replace("\r", "\n")


def dialect(text: str, chosen: str = "") -> Dialect:
    """
    Return how a text is parted.

    :raises FileUnreadable: a cell without end, or more columns than can be
    """
    head, whole = text[:HEAD], len(text) <= HEAD
    delimiter = chosen or _delimiter(head, whole)
    rows = tuple(islice(_rows(head, delimiter, whole), LOOKED_AT))
    _check_first(head, delimiter, rows)
    above = heading([row for _line, row in rows]) if rows else 0
    return Dialect(delimiter, rows, above)


def _check_first(head: str, delimiter: str, rows: Sequence[tuple[int, list[str]]]) -> None:
    first = head.split("\n", 1)[0]
    if first.count(delimiter) > MAX_COLUMNS and not rows:
        raise unreadable(TOO_WIDE, columns=MAX_COLUMNS)
    if not rows:
        reason = TOO_LONG if head.count('"') % 2 == 0 else BROKEN_QUOTES
        raise unreadable(reason, row=1, most=MAX_FIELD)


def _delimiter(head: str, whole: bool) -> str:
    marks = {sign: _agreement(head, sign, whole) for sign in (*USUAL, *UNUSUAL) if sign in head}
    best = max(marks, key=lambda sign: (marks[sign][0], sign in USUAL, marks[sign][1]), default="")
    if best and marks[best][0]:
        return best
    # Rows that do not agree are told to the clerk by row, so some delimiter must be taken.
    counts = Counter(sign for sign in head if sign in USUAL)
    return max(USUAL, key=lambda sign: counts[sign])


def _agreement(head: str, sign: str, whole: bool) -> tuple[int, int]:
    """Return how many rows are as wide as the header, and its width; 0 when too few of them are."""
    rows = [row for _line, row in islice(_rows(head, sign, whole), ROWS) if any(row)]
    below = rows[heading(rows) :]
    if not below or len(below[0]) < 2 or not all(_plain(cell) for cell in below[0]):
        return 0, 0
    alike = sum(len(row) == len(below[0]) for row in below)
    # One row alone agrees with itself, which says nothing unless there is no other.
    lonely = alike == 1 and len(rows) > 1
    if lonely or alike < AGREED * len(below):
        return 0, 0
    return alike, min(len(below[0]), MAX_COLUMNS)


def _plain(name: str) -> bool:
    # What another delimiter would cut is no name of a column.
    return not any(sign in name for sign in ("\t", "|", "^", "~", "\x1f", "\x01"))


def _rows(head: str, delimiter: str, whole: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield the complete rows of a head; one that its end cuts is left out."""
    reader = csv.reader(io.StringIO(head), delimiter=delimiter)
    lines = head.count("\n") + 1
    try:
        for row in reader:
            if not whole and reader.line_num >= lines:
                return
            yield reader.line_num, row
    except csv.Error:
        return
