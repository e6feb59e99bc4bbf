"""
How much room a workbook needs, measured before a reader gives it any. Pure.

A reader makes room for the rectangle around all cells: two cells in far corners, a file of five
kilobytes, would take hundreds of gigabytes. Sizes that the archive itself tells are not believed.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from qinghe.claims.intake.kinds import EICAR
from qinghe.claims.intake.parts import declares_entities, is_xml
from qinghe.claims.intake.unreadable import (
    A_BOMB,
    DOCTYPE,
    VIRUS_TEST,
    FileUnreadable,
    unreadable,
)

NEEDED: Final = "xl/workbook.xml"
# What makes other formats of the same reader, whose cells can be told to repeat.
FOREIGN: Final = frozenset({"content.xml", "xl/workbook.bin"})
STEP: Final = 1024 * 1024
# Repeated rows of an honest sheet pack well, but not so well; small parts do no harm.
MAX_RATIO: Final = 200
SMALL: Final = 32 * 1024 * 1024
# Longer than the head of any honest cell.
OVERLAP: Final = 4096
LOCAL_HEAD: Final = struct.Struct("<26x2H")
END_MARK: Final = b"PK\x05\x06"
END_WITHIN: Final = 65_557
ENCRYPTED: Final = 1
CELL: Final = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,10})([0-9]{1,10})["']""")
FAR: Final = re.compile(
    rb"""\br\s*=\s*["'](?:[A-Za-z]{3}|[H-Zh-z][A-Za-z]|[Gg][S-Zs-z]|[A-Za-z]{0,2}[0-9]{6})"""
)
EMPTY_REST: Final = re.compile(rb"""(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/>""")


@dataclass(frozen=True)
class Room:
    """What a workbook takes when it is unpacked: bytes, and the far corner of its cells."""

    size: int
    rows: int = 0
    columns: int = 0


def measure(content: bytes, *, most: int) -> Room:
    """
    Return what a workbook takes; stops looking when it is more than `most` bytes.

    The corner is looked for only when it lies beyond row 99,999 or column 200.

    :raises BadZipFile: damaged, protected, or no workbook of this format
    :raises FileUnreadable: a part declares entities, or unpacks beyond all proportion
    """
    try:
        size, far = _size(content, most)
        return _room(content, size) if far and size <= most else Room(size)
    except (struct.error, zlib.error) as fault:
        raise zipfile.BadZipFile from fault


def _size(content: bytes, most: int) -> tuple[int, bool]:
    size, far = 0, False
    for chunk in _chunks(content):
        size += len(chunk) - OVERLAP
        far = far or FAR.search(chunk) is not None
        if size > most:
            break
    return size, far


def _room(content: bytes, size: int) -> Room:
    rows = columns = 0
    for chunk in _chunks(content):
        for cell in CELL.finditer(chunk):
            row, column = int(cell[2]), _number(cell[1])
            beyond = row > rows or column > columns
            if beyond and not EMPTY_REST.match(chunk, cell.end()):
                rows, columns = max(rows, row), max(columns, column)
    return Room(size, rows, columns)


def _chunks(content: bytes) -> Iterator[bytes]:
    """Yield every member piece by piece, each piece with the end of the one before."""
    # Two tables of contents: what is measured here would not be what is read later.
    if content.count(END_MARK, max(len(content) - END_WITHIN, 0)) != 1:
        raise zipfile.BadZipFile
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
    names = {each.filename for each in members}
    if NEEDED not in names or names & FOREIGN:
        raise zipfile.BadZipFile
    for each in members:
        before, size = b" " * OVERLAP, 0
        for piece in _unpacked(content, each):
            size += len(piece)
            _check(each, before + piece, size)
            yield before + piece
            before = (before + piece)[-OVERLAP:]


def _check(member: zipfile.ZipInfo, chunk: bytes, size: int) -> None:
    if size > SMALL and size > member.compress_size * MAX_RATIO:
        raise unreadable(A_BOMB, times=MAX_RATIO)
    if is_xml(member.filename) and declares_entities(chunk):
        raise FileUnreadable(reason=DOCTYPE)
    if EICAR in chunk:
        raise FileUnreadable(reason=VIRUS_TEST)


def _unpacked(content: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    if member.flag_bits & ENCRYPTED:
        raise zipfile.BadZipFile
    name, extra = LOCAL_HEAD.unpack_from(content, member.header_offset)
    start = member.header_offset + LOCAL_HEAD.size + name + extra
    packed = content[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        yield from (packed[place : place + STEP] for place in range(0, len(packed), STEP))
    elif member.compress_type == zipfile.ZIP_DEFLATED:
        opener = zlib.decompressobj(-zlib.MAX_WBITS)
        while packed and not opener.eof:
            yield opener.decompress(packed, STEP)
            packed = opener.unconsumed_tail
    else:
        raise zipfile.BadZipFile


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
