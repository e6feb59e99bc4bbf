"""
A file as pieces, each a table of its own: the rows of a country never lie in memory at once.

Text is cut where a row ends, and every piece goes through the one reader under the file's own
header, so that what `read_table` understands is understood here, row numbers included. A workbook
cannot be cut; it is read whole, within the limits of the reader.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

import polars as pl

from qinghe.claims.intake import read
from qinghe.claims.intake.heading import LOOKED_AT, heading
from qinghe.claims.intake.read import BOMS, BROKEN_QUOTES, NOT_TEXT, ROW, ZIP, FileUnreadable

Blocks = Callable[[], Iterator[bytes]]

MAX_STREAM_MB: Final = 2000
PIECE_LETTERS: Final = 6_000_000
HEAD_BYTES: Final = 256 * 1024
SHEET_ROWS: Final = 25_000
# Stands in every cell of a row of our own under each piece, and tells how many rows went before.
END: Final = "※end"


@dataclass(frozen=True)
class Head:
    """How a text file begins: its delimiter, the letters of its header, what lies before and how
    many rows of it there are with the header."""

    delimiter: str
    names: str
    letters: int
    rows: int


def pieces(blocks: Blocks, *, size: int = PIECE_LETTERS) -> Iterator[pl.DataFrame]:
    """
    Yield a file's rows piece by piece, as `read_table` returns them; `size` is letters of text.

    `blocks` opens the file anew and yields its bytes.

    :raises FileUnreadable: with the reason and what to do; perhaps only at a later piece
    """
    first = next(blocks(), b"")
    if first.startswith(ZIP) or not first.strip() or first.startswith(read.OLD_OFFICE):
        table = read.read_table(b"".join(blocks()))
        yield from table.iter_slices(SHEET_ROWS)
        return
    yield from _texts(blocks, size)


def head_of(blocks: Blocks) -> pl.DataFrame:
    """
    Return the first rows of a file; a workbook and a short file are read whole for it.

    :raises FileUnreadable: with the reason and what to do
    """
    if is_short(blocks):
        return read.read_table(b"".join(blocks()))
    return next(_texts(blocks, HEAD_BYTES))


def is_short(blocks: Blocks) -> bool:
    """Tell whether `head_of` reads the whole of a file."""
    first = next(blocks(), b"")
    return first.startswith(ZIP) or len(b"".join(_some(blocks(), HEAD_BYTES))) < HEAD_BYTES


def _texts(blocks: Blocks, size: int) -> Iterator[pl.DataFrame]:
    encoding = _encoding(blocks())
    texts = _decoded(blocks(), encoding)
    begun = "".join(_until(texts, HEAD_BYTES))
    head = _head(begun)
    passed = head.rows
    for piece in _cut(chain([begun[head.letters :]], texts), size):
        table, rows = _table(piece, head, passed)
        passed += rows
        yield table
    if passed == head.rows:
        raise FileUnreadable(reason=read.NOTHING_IN_IT)


def _table(piece: str, head: Head, passed: int) -> tuple[pl.DataFrame, int]:
    """Return the rows of a piece, and how many rows it has with those that are passed over."""
    end = "" if piece.endswith("\n") else "\n"
    width = len(next(csv.reader(io.StringIO(head.names), delimiter=head.delimiter)))
    last = head.delimiter.join([END] * width)
    try:
        table = read.read_table(f"{head.names}{piece}{end}{last}\n".encode())
    except FileUnreadable:
        raise _told(piece, head.delimiter, width, passed) from None
    marked = table.row(-1, named=True)
    if END not in marked.values():
        raise FileUnreadable(reason=BROKEN_QUOTES)
    rows = marked[ROW] - 2
    moved = table.head(-1).with_columns((pl.col(ROW) + (passed - 1)).cast(pl.UInt32))
    return moved, rows


def _told(piece: str, delimiter: str, width: int, passed: int) -> FileUnreadable:
    rows = csv.reader(io.StringIO(piece), delimiter=delimiter)
    try:
        uneven = next((number for number, row in enumerate(rows, 1) if len(row) > width), None)
    except csv.Error:
        uneven = None
    if uneven is None:
        return FileUnreadable(reason=BROKEN_QUOTES)
    return FileUnreadable(reason=str(read.UNEVEN).format(row=passed + uneven))


def _head(text: str) -> Head:
    delimiter = read._delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [(reader.line_num, row) for row in islice(reader, LOOKED_AT)]
    except csv.Error:
        raise FileUnreadable(reason=BROKEN_QUOTES) from None
    if not rows:
        raise FileUnreadable(reason=read.NOTHING_IN_IT)
    place = heading([row for _line, row in rows])
    lines = io.StringIO(text, newline="").readlines()
    above = "".join(lines[: rows[place - 1][0] if place else 0])
    names = "".join(lines[: rows[place][0]])[len(above) :]
    if not names.endswith("\n"):
        names += "\n"
    # The words and limits of the reader about a header are its own.
    read._names(rows[place][1])
    return Head(delimiter, names, len(above) + len(names), above.count("\n") + 1)


def _cut(texts: Iterator[str], size: int) -> Iterator[str]:
    held = ""
    for text in texts:
        held += text
        while len(held) >= size and (end := _row_end(held, size)):
            yield held[:end]
            held = held[end:]
    if held:
        yield held


def _row_end(text: str, size: int) -> int:
    """Return where the last row that ends within `size` letters ends; 0 when none does."""
    end = text.rfind("\n", 0, size)
    inside = text.count('"', 0, max(end, 0)) % 2
    while end >= 0 and inside:
        # Inside a cell: the row that ended before that cell began.
        before = text.rfind("\n", 0, end)
        inside = (inside + text.count('"', max(before, 0), end)) % 2
        end = before
    return end + 1


def _encoding(blocks: Iterator[bytes]) -> str:
    """Return what the whole file can be decoded by, looking at every byte once."""
    first = next(blocks, b"")
    marked = next((name for mark, name in BOMS if first.startswith(mark)), None)
    names = [marked] if marked else ["utf-8", "gb18030"]
    decoders = {name: codecs.getincrementaldecoder(name)() for name in names}
    for block in chain([first], blocks):
        decoders = {
            name: decoder
            for name, decoder in decoders.items()
            if _fits(decoder, block, final=False)
        }
    for name, decoder in decoders.items():
        if _fits(decoder, b"", final=True):
            return name
    raise FileUnreadable(reason=NOT_TEXT)


def _fits(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool) -> bool:
    try:
        return "\0" not in decoder.decode(block, final)
    except UnicodeDecodeError:
        return False


def _decoded(blocks: Iterator[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    read_bytes = 0
    for block in blocks:
        read_bytes += len(block)
        if read_bytes > MAX_STREAM_MB * read.MEGABYTE:
            raise FileUnreadable(reason=str(read.TOO_LARGE).format(mb=MAX_STREAM_MB))
        yield decoder.decode(block)
    yield decoder.decode(b"", True)


def _until(texts: Iterator[str], letters: int) -> Iterator[str]:
    count = 0
    for text in texts:
        yield text
        count += len(text)
        if count >= letters:
            return


def _some(blocks: Iterator[bytes], most: int) -> Iterator[bytes]:
    for block in blocks:
        yield block[:most]
        most -= len(block)
        if most <= 0:
            return
