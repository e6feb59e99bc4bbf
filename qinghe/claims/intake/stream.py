"""
A file as pieces, each a table of its own: the rows of a country never lie in memory at once.

Text is cut where a row ends, and every piece goes through the one reader under the file's own
header, so that what `read_table` understands is understood here, row numbers included. A workbook
cannot be cut; it is read whole, within the limits of the reader.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

import polars as pl

from qinghe.claims.intake import read
from qinghe.claims.intake.dialect import dialect
from qinghe.claims.intake.encodings import BOMS, CODECS, encoding_of
from qinghe.claims.intake.how import AS_IT_IS, How
from qinghe.claims.intake.kinds import ZIP, not_a_table
from qinghe.claims.intake.read import ROW, FileUnreadable
from qinghe.claims.intake.unreadable import (
    BROKEN_QUOTES,
    MEGABYTE,
    NO_ROWS,
    NOT_THIS_ENCODING,
    NULS,
    TOO_LARGE,
    unreadable,
)

Blocks = Callable[[], Iterator[bytes]]

MAX_STREAM_MB: Final = 2000
PIECE_LETTERS: Final = 6_000_000
HEAD_BYTES: Final = 256 * 1024
SHEET_ROWS: Final = 25_000
# Stands in every cell of a row of our own under each piece, and tells how many rows went before.
END: Final = "※end"


@dataclass(frozen=True)
class Head:
    """How a text file begins: its delimiter, its header as cells and as text, how many letters it
    takes with what lies before, and how many rows."""

    delimiter: str
    header: list[str]
    names: str
    letters: int
    rows: int


def pieces(
    blocks: Blocks, how: How = AS_IT_IS, *, size: int = PIECE_LETTERS
) -> Iterator[pl.DataFrame]:
    """
    Yield a file's rows piece by piece, as `read_table` returns them; `size` is letters of text.

    `blocks` opens the file anew and yields its bytes.

    :raises FileUnreadable: with the reason and what to do; perhaps only at a later piece
    :raises EncodingUnsure: its encoding must be chosen
    """
    begun = b"".join(_some(blocks(), HEAD_BYTES))
    if begun.startswith(ZIP) or not_a_table(begun):
        table = read.read_table(b"".join(blocks()), how)
        yield from table.iter_slices(SHEET_ROWS)
        return
    yield from _texts(blocks, how, begun, size)


def head_of(blocks: Blocks, how: How = AS_IT_IS) -> pl.DataFrame:
    """
    Return the first rows of a file; a workbook and a short file are read whole for it.

    :raises FileUnreadable: with the reason and what to do
    :raises EncodingUnsure: its encoding must be chosen
    """
    if is_short(blocks):
        return read.read_table(b"".join(blocks()), how)
    return next(pieces(blocks, how, size=HEAD_BYTES))


def beginning(blocks: Blocks) -> bytes:
    """Return the bytes that `head_of` looks at, whole lines; all of a file that is read whole."""
    if is_short(blocks):
        return b"".join(blocks())
    return _whole_lines(b"".join(_some(blocks(), HEAD_BYTES)))


def is_short(blocks: Blocks) -> bool:
    """Tell whether `head_of` reads the whole of a file."""
    first = next(blocks(), b"")
    return first.startswith(ZIP) or len(b"".join(_some(blocks(), HEAD_BYTES))) < HEAD_BYTES


def _texts(blocks: Blocks, how: How, start: bytes, size: int) -> Iterator[pl.DataFrame]:
    encoding = how.encoding or _encoding(blocks, start)
    texts = _lines_ended(_decoded(blocks(), encoding))
    begun = "".join(_until(texts, HEAD_BYTES))
    head = _head(begun, how.delimiter)
    passed, height = head.rows, 0
    for piece in _cut(chain([begun[head.letters :]], texts), size):
        table, rows = _table(piece, head, passed)
        passed, height = passed + rows, height + table.height
        yield table
    if not height:
        raise FileUnreadable(reason=NO_ROWS)


def _table(piece: str, head: Head, passed: int) -> tuple[pl.DataFrame, int]:
    """Return the rows of a piece, and how many rows it has with those that are passed over."""
    end = "" if piece.endswith("\n") else "\n"
    last = head.delimiter.join([END] * len(head.header))
    text = f"{head.names}{piece}{end}{last}\n"
    table = read.read_part(text, head.delimiter, head.header, passed - 1)
    marked = table.row(-1, named=True)
    if END not in marked.values():
        raise FileUnreadable(reason=BROKEN_QUOTES)
    return table.head(-1), marked[ROW] - passed - 1


def _head(text: str, delimiter: str) -> Head:
    found = dialect(text, delimiter)
    # The words and limits of the reader about a header are its own.
    read.names_of(found.header)
    lines, above = text.split("\n"), found.lines_above
    until = found.rows[found.above][0]
    names = "\n".join(lines[above:until]) + "\n"
    letters = sum(len(line) + 1 for line in lines[:until])
    return Head(found.delimiter, found.header, names, min(letters, len(text)), above + 1)


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


def _encoding(blocks: Blocks, start: bytes) -> str:
    """Return what the whole file can be decoded by: judged by its head, proven by every byte."""
    whole = len(start) < HEAD_BYTES
    found = encoding_of(start if whole else _whole_lines(start))
    if whole or _decodes(blocks(), found):
        return found
    # The first letters beyond ASCII stand far down: they decide.
    return encoding_of(_whole_lines(start) + _telling(blocks()))


def _decodes(blocks: Iterator[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(CODECS[encoding])()
    try:
        for block in blocks:
            decoder.decode(block)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _telling(blocks: Iterator[bytes]) -> bytes:
    """Return the first lines with letters beyond ASCII, as many as a head holds."""
    found, held = b"", b""
    for block in blocks:
        *lines, held = (held + block).split(b"\n")
        found += b"".join(line + b"\n" for line in lines if not line.isascii())
        if len(found) >= HEAD_BYTES:
            return found
    return found + held


def _whole_lines(content: bytes) -> bytes:
    """Return the bytes up to the last end of a line; a letter may take more than one byte."""
    end = content.rfind(b"\n")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content:
        return content[: len(content) // 2 * 2]
    return content[: end + 1] if end > 0 else content


def _decoded(blocks: Iterator[bytes], encoding: str) -> Iterator[str]:
    if encoding not in CODECS:
        raise unreadable(NOT_THIS_ENCODING, encoding=encoding)
    decoder = codecs.getincrementaldecoder(CODECS[encoding])()
    mark = "\ufeff" if encoding in [name for _bom, name in BOMS] else ""
    read_bytes, first = 0, True
    try:
        for block in chain(blocks, [b""]):
            read_bytes += len(block)
            if read_bytes > MAX_STREAM_MB * MEGABYTE:
                raise unreadable(TOO_LARGE, mb=MAX_STREAM_MB)
            text = decoder.decode(block, not block)
            if "\0" in text:
                raise unreadable(NULS)
            if text and first:
                text, first = text.removeprefix(mark), False
            yield text
    except UnicodeDecodeError:
        raise unreadable(NOT_THIS_ENCODING, encoding=encoding) from None


def _lines_ended(texts: Iterator[str]) -> Iterator[str]:
    """Yield a text whose lines end as they do today, when they all end as in another age."""
    begun = "".join(_until(texts, HEAD_BYTES))
    old = "\n" not in begun and "\r" in begun
    for text in chain([begun], texts):
        yield text.replace("\r", "\n") if old else text


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
