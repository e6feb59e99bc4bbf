"""What a workbook may not carry, seen before any reader opens it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Final

from django_stubs_ext import StrPromise

from qinghe.claims.intake import unreadable as words
from qinghe.claims.intake.unreadable import FileUnreadable, unreadable

MAX_PARTS: Final = 2000
MIMETYPE: Final = "mimetype"
SHEETS: Final = "xl/workbook.xml"
BINARY: Final = "xl/workbook.bin"
OUTSIDE: Final = re.compile(r"^(?:[/\\]|[A-Za-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)|\\|\x00")
MACROS: Final = re.compile(r"(?:vbaProject\.bin|/macrosheets/.+|vbaData\.xml)$", re.I)
LINKED: Final = re.compile(r"xl/(?:externalLinks/.+|connections\.xml)$", re.I)
DECLARED: Final = tuple(
    mark.encode(encoding)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)


def inspect(content: bytes) -> None:
    """
    Look at the list of an archive's parts, not into them.

    :raises FileUnreadable: no workbook, or with macros, links, or names outside the archive
    :raises BadZipFile: damaged
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [each.orig_filename for each in archive.infolist()]
    except (ValueError, OSError, RuntimeError) as fault:
        raise zipfile.BadZipFile from fault
    if len(names) > MAX_PARTS:
        raise unreadable(words.TOO_MANY_PARTS, parts=MAX_PARTS)
    reason = _reason(names)
    if reason:
        raise FileUnreadable(reason=reason)


def declares_entities(chunk: bytes) -> bool:
    """Tell whether a piece of XML holds what lets a reader fetch files or grow without end."""
    return any(mark in chunk for mark in DECLARED)


def is_xml(name: str) -> bool:
    """Tell whether a part is XML by its name, which is how readers choose, too."""
    return name.lower().endswith((".xml", ".rels", ".vml"))


def _reason(names: Sequence[str]) -> StrPromise | None:
    if any(OUTSIDE.search(name) for name in names):
        return words.STRANGE_NAMES
    if any(MACROS.search(name) for name in names):
        return words.MACROS
    if MIMETYPE in names or "content.xml" in names:
        return words.OPEN_DOCUMENT
    if BINARY in names:
        return words.BINARY_BOOK
    if SHEETS not in names:
        return words.OTHER_ARCHIVE
    return words.LINKED if any(LINKED.match(name) for name in names) else None
