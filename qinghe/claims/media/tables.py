"""Statements of account as tables: XLSX without programs in it, and CSV."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Final

from qinghe.claims.intake.workbook import NEEDED, measure
from qinghe.claims.media.kinds import MB, WORKBOOK
from qinghe.claims.media.refusals import DamagedFile, FileTooLarge, MacrosRefused

ARCHIVE: Final = b"PK\x03\x04"
# What only such a file holds, each of one format.
OFFICE: Final = frozenset({"word/document.xml", "ppt/presentation.xml", "META-INF/manifest.xml"})
# What a workbook may take unpacked; a statement of years takes a tenth.
MOST_UNPACKED: Final = 200 * MB
FAR_ROW, FAR_COLUMN = 200_000, 500
READS: Final = 64 * 1024
ENCODINGS: Final = ("utf-8-sig", "gb18030")
MARKUP: Final = ("<", "{", "%!", "#!")
CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def type_of(content: bytes) -> str:
    """Return the type of table that a file begins like, or nothing."""
    if not content.startswith(ARCHIVE):
        return ""
    return WORKBOOK if NEEDED in _names(content) else ""


def is_office_file(content: bytes) -> bool:
    """Tell a text, a presentation or an OpenDocument file, which are ZIPs too, from an archive."""
    return content.startswith(ARCHIVE) and not OFFICE.isdisjoint(_names(content))


def is_csv(content: bytes) -> bool:
    """Return whether a file is text in columns: the same delimiter in each of its first rows."""
    text = _text(content)
    if text is None or CONTROLS.search(text) or text.lstrip().startswith(MARKUP):
        return False
    rows = [line for line in text.splitlines() if line.strip()][:20]
    return any(_columns(rows, mark) for mark in (",", ";", "\t"))


def require_safe(content: bytes, media_type: str) -> None:
    """
    Check that a workbook unpacks to a bounded size, and holds no program.

    :raises DamagedFile: cut off, protected, or not a workbook
    :raises FileTooLarge: unpacked, it takes too much room
    :raises MacrosRefused: it holds programs
    """
    if media_type != WORKBOOK:
        return
    if any(name.lower().endswith("vbaproject.bin") for name in _names(content)):
        raise MacrosRefused
    try:
        room = measure(content, most=MOST_UNPACKED)
    except zipfile.BadZipFile as fault:
        raise DamagedFile from fault
    if room.size > MOST_UNPACKED or room.rows > FAR_ROW or room.columns > FAR_COLUMN:
        raise FileTooLarge(limit_mb=MOST_UNPACKED // MB)


def _names(content: bytes) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return []


def _text(content: bytes) -> str | None:
    for encoding in ENCODINGS:
        try:
            return content[:READS].decode(encoding, errors="strict")
        except UnicodeDecodeError as fault:
            # A character may be cut where reading stopped.
            if len(content) > READS and fault.start > READS - 8:
                return content[: fault.start].decode(encoding)
    return None


def _columns(rows: list[str], mark: str) -> bool:
    if not rows:
        return False
    try:
        widths = {len(row) for row in csv.reader(rows, delimiter=mark)}
    except csv.Error:
        return False
    return min(widths) > 1 and len(widths) <= 2
