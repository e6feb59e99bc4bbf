"""Tell the type of a file by its content; its name may only agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

import puremagic

from qinghe.claims.media import pictures, sounds, tables
from qinghe.claims.media.kinds import LARGEST, LIMITS, MB, MEDIA, Family, Media
from qinghe.claims.media.refusals import (
    EmptyFile,
    FileTooLarge,
    FileTypeRefused,
    NameContradicts,
    PictureTooLarge,
    TwoFilesInOne,
)

MILLION: Final = 1_000_000
# A picture of a phone has up to 50 million points; ten times that would stop a browser.
# `PictureTooLarge` says it in words.
MOST_POINTS: Final = 100 * MILLION
PDF_HEAD: Final = b"%PDF-"
# Readers look for the head of a PDF this far, and for the end of a ZIP this far from the end.
HEAD_WITHIN: Final = 1024
ZIP_END: Final = b"PK\x05\x06"
ZIP_WITHIN: Final = 65_557
# Enough for every signature that the second witness knows.
WITNESS_READS: Final = 1024


@dataclass(frozen=True)
class Sniffed:
    """What the content is; width and height of a picture in points, else zero."""

    media: Media
    width: int = 0
    height: int = 0


def sniff(content: bytes, filename: str = "") -> Sniffed:
    """
    Return what a file is. Pictures are measured by their heads and never decoded.

    :raises EmptyFile: nothing in it
    :raises FileTooLarge: more bytes than its family may have
    :raises FileTypeRefused: no accepted type
    :raises DamagedFile: cut off, or its structure contradicts itself
    :raises TwoFilesInOne: a second file is hidden in it
    :raises NameContradicts: the name ends like another type
    :raises PictureTooLarge: more than a hundred million points
    :raises MacrosRefused: a workbook with programs in it
    """
    if not content:
        raise EmptyFile
    if len(content) > LARGEST:
        raise FileTooLarge(limit_mb=LARGEST // MB)
    media = MEDIA[_type_of(content, _ending(filename))]
    if len(content) > LIMITS[media.family]:
        raise FileTooLarge(limit_mb=LIMITS[media.family] // MB)
    _agree(media, _ending(filename))
    _single(content, media)
    return _examined(content, media)


def _type_of(content: bytes, ending: str) -> str:
    for tell in _TELLS:
        found = tell(content)
        if found:
            _witnessed(content, MEDIA[found])
            return found
    if ending == ".csv" and tables.is_csv(content):
        return "text/csv"
    raise FileTypeRefused


def _pdf(content: bytes) -> str:
    return "application/pdf" if content.startswith(PDF_HEAD) else ""


_TELLS: Final[tuple[Callable[[bytes], str], ...]] = (
    _pdf,
    pictures.type_of,
    sounds.type_of,
    tables.type_of,
)


def _witnessed(content: bytes, media: Media) -> None:
    """
    Ask a library with thousands of signatures; when it knows the file, it must know it as this.

    :raises FileTypeRefused: it is known as something else
    """
    if media.family is Family.TABLE:
        # Every Office file begins like an archive; its table of contents was read already.
        return
    try:
        known = {each.extension for each in puremagic.magic_string(content[:WITNESS_READS])}
    except (puremagic.PureError, ValueError):
        return
    if known and not known & {*media.endings, ".heif", ".koz", ".f4a"}:
        raise FileTypeRefused


def _ending(filename: str) -> str:
    return PurePath(filename.replace("\\", "/")).suffix.lower()


def _agree(media: Media, ending: str) -> None:
    if ending and ending not in media.endings:
        raise NameContradicts(ending=_shown(ending), found=media.endings[0])


def _shown(ending: str) -> str:
    """Return an ending that may stand in a sentence: a name of a file can hold anything."""
    known = {each for media in MEDIA.values() for each in media.endings}
    return ending if ending in known or ending in (".exe", ".doc", ".docx", ".txt") else "…"


def _single(content: bytes, media: Media) -> None:
    hidden_pdf = media.family is not Family.PDF and PDF_HEAD in content[:HEAD_WITHIN]
    archive = media.family is not Family.TABLE and ZIP_END in content[-ZIP_WITHIN:]
    if hidden_pdf or archive:
        raise TwoFilesInOne


def _examined(content: bytes, media: Media) -> Sniffed:
    if media.family is Family.SOUND:
        sounds.require_whole(content, media.type)
    elif media.family is Family.TABLE:
        tables.require_safe(content, media.type)
    elif media.family is Family.PICTURE:
        width, height = pictures.measure(content, media.type)
        if width * height > MOST_POINTS:
            raise PictureTooLarge(width=width, height=height, limit=MOST_POINTS)
        return Sniffed(media, width, height)
    return Sniffed(media)
