"""
Open a ZIP that somebody sent, without believing what it says of itself.

Nothing is ever unpacked to disk: a file is read into memory, and of it never more than the largest
paper may have. The table of contents is bounded before it is read, files may not overlap, and the
sizes it tells are upper bounds, for the reader stops there.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, Final

from qinghe.claims.bundling.names import true_names
from qinghe.claims.bundling.refusals import (
    ArchiveBomb,
    ArchiveEmpty,
    ArchiveLocked,
    ArchiveTooLarge,
    NotAnArchive,
    StrangePlace,
)
from qinghe.claims.intake.workbook import END_MARK, END_WITHIN, LOCAL_HEAD, MAX_RATIO, SMALL
from qinghe.claims.media import DamagedFile, FileTooLarge
from qinghe.claims.media.kinds import LARGEST, MB

MOST_FILES: Final = 20_000
MOST_PACKED: Final = 1000 * MB
MOST_UNPACKED: Final = 4000 * MB
# A name of 200 letters and what stands beside it, for each file and as many folders.
MOST_CONTENTS: Final = 2 * MOST_FILES * 500
END: Final = struct.Struct("<4s4H2LH")
# Beyond the limits above nobody needs the larger form, whose second table could hide the first.
LARGE_FORM: Final = b"PK\x06\x07"
LARGE_FORM_SIZE: Final = 20
LOCKED: Final = 0x1 | 0x40
HONEST: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What systems leave in every ZIP, and nobody means to send.
LEFT_BEHIND: Final = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, NotImplementedError,
    RuntimeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class Member:
    """One file of a ZIP: its place, counted from zero, and its name with folders."""

    place: int
    name: str
    info: zipfile.ZipInfo


class Archive:
    """An open ZIP whose table of contents was judged; `members` are its files, in order."""

    def __init__(self, source: BinaryIO) -> None:
        """
        Read the table of contents.

        :raises NotAnArchive: no ZIP, damaged, or its files overlap
        :raises ArchiveLocked: protected by a password
        :raises ArchiveTooLarge: too many files, or too large
        :raises ArchiveBomb: packed beyond all proportion
        :raises ArchiveEmpty: no file in it
        """
        size = _bounded(source)
        try:
            self._zip = zipfile.ZipFile(source)
        except BROKEN as fault:
            raise NotAnArchive from fault
        self.members = _members(self._zip.infolist())
        _judge([each.info for each in self.members], size)

    def read(self, member: Member) -> bytes:
        """
        Return the content of one file.

        :raises StrangePlace: its name leads out of the ZIP, or it is a link
        :raises FileTooLarge: larger than any paper may be
        :raises DamagedFile: it cannot be unpacked
        """
        if _leads_out(member):
            raise StrangePlace
        if member.info.file_size > LARGEST:
            raise FileTooLarge(limit_mb=LARGEST // MB)
        if member.info.compress_type not in HONEST:
            raise DamagedFile
        try:
            with self._zip.open(member.info) as opened:
                return opened.read(LARGEST + 1)
        except BROKEN as fault:
            raise DamagedFile from fault


def is_archive(head: bytes) -> bool:
    """Tell whether a file begins like a ZIP, an empty one included."""
    return head.startswith((b"PK\x03\x04", END_MARK))


def too_large() -> ArchiveTooLarge:
    """Return the refusal of too much, with the limits."""
    return ArchiveTooLarge(
        files=MOST_FILES, packed_mb=MOST_PACKED // MB, unpacked_mb=MOST_UNPACKED // MB
    )


def _bounded(source: BinaryIO) -> int:
    """Return the size of a ZIP whose table of contents is small enough to be read."""
    size = source.seek(0, 2)
    if size > MOST_PACKED:
        raise too_large()
    start = max(size - END_WITHIN, 0)
    source.seek(start)
    tail = source.read(END_WITHIN)
    source.seek(0)
    place = _end_of(tail)
    if place < 0 or len(tail) - place < END.size:
        raise NotAnArchive
    if tail[max(place - LARGE_FORM_SIZE, 0) : place].startswith(LARGE_FORM):
        raise too_large()
    contents = END.unpack_from(tail, place)[5]
    if contents > MOST_CONTENTS:
        raise too_large()
    return size


def _end_of(tail: bytes) -> int:
    """Return where the end of the table stands: found in the way the reader will find it."""
    plain = len(tail) - END.size
    if plain >= 0 and tail[plain:].startswith(END_MARK) and tail.endswith(b"\0\0"):
        return plain
    return tail.rfind(END_MARK)


def _members(infos: Sequence[zipfile.ZipInfo]) -> list[Member]:
    found = []
    for place, (info, name) in enumerate(zip(infos, true_names(infos), strict=True)):
        path = PurePosixPath(name)
        left_behind = path.name.lower() in LEFT_BEHIND or path.name.startswith("._")
        if not name.endswith("/") and not left_behind and "__MACOSX" not in path.parts:
            found.append(Member(place, name, info))
    return found


def _judge(infos: Sequence[zipfile.ZipInfo], size: int) -> None:
    if not infos:
        raise ArchiveEmpty
    if any(each.flag_bits & LOCKED for each in infos):
        raise ArchiveLocked
    unpacked = sum(each.file_size for each in infos)
    if len(infos) > MOST_FILES or unpacked > MOST_UNPACKED:
        raise too_large()
    if unpacked > SMALL and unpacked > size * MAX_RATIO:
        raise ArchiveBomb(times=MAX_RATIO)
    if any(e.file_size > SMALL and e.file_size > e.compress_size * MAX_RATIO for e in infos):
        raise ArchiveBomb(times=MAX_RATIO)
    _apart(infos, size)


def _apart(infos: Sequence[zipfile.ZipInfo], size: int) -> None:
    """Refuse files that lie on top of each other: so a small ZIP holds a large one many times."""
    end = 0
    for each in sorted(infos, key=lambda info: info.header_offset):
        if each.header_offset < end:
            raise NotAnArchive
        end = each.header_offset + LOCAL_HEAD.size + each.compress_size
    if end > size:
        raise NotAnArchive


def _leads_out(member: Member) -> bool:
    path = PurePosixPath(member.name)
    drive = len(member.name) > 1 and member.name[1] == ":"
    link = stat.S_ISLNK(member.info.external_attr >> 16)
    return path.is_absolute() or ".." in path.parts or drive or link
