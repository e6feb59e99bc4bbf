"""
Take out of a picture what a telephone wrote beside it: place, day, device, and small copies.

The picture itself is not decoded: its parts are copied, so not a point of it changes. Which way is
up is kept, for a receipt that lies on its side cannot be read.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from typing import Final

from qinghe.claims.media import stills
from qinghe.claims.media.pictures import JPEG_ALONE, PNG, TIFF
from qinghe.claims.media.refusals import DamagedFile

UPRIGHT: Final = 1
ORIENTATION: Final = 274
SHORT: Final = 3
EXIF: Final = b"Exif\0\0"
# What shows a picture rightly: its density, its colours. Everything else beside it is let go.
JPEG_KEPT: Final = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
JPEG_COMMENT: Final = 0xFE
# Among coded points: neither stuffing nor a restart.
JPEG_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
JPEG_SCAN, JPEG_END, JPEG_APP1 = 0xDA, 0xD9, 0xE1
PNG_LET_GO: Final = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
WEBP_LET_GO: Final = frozenset({b"EXIF", b"XMP "})
WEBP_EXIF, WEBP_XMP = 0x08, 0x04


def bare(content: bytes, media_type: str) -> bytes:
    """
    Return a picture without what was written beside it; other files as they are.

    :raises DamagedFile: its structure contradicts itself
    """
    take_out = _BARED.get(media_type)
    if take_out is None:
        return content
    try:
        return take_out(content)
    except (struct.error, LookupError, ValueError) as fault:
        raise DamagedFile from fault


def _jpeg(content: bytes) -> bytes:
    parts = [content[:2]]
    turned = False
    for marker, start, end in _segments(content):
        if marker == JPEG_APP1 and content[start + 4 :].startswith(EXIF) and not turned:
            small = _upright(content[start + 4 + len(EXIF) : end])
            turned = bool(small)
            parts += [_segment(JPEG_APP1, EXIF + small)] if small else []
        elif _stays(marker, content[start + 4 : end]):
            parts.append(content[start:end])
    # What follows the end is another picture with another place in it: let go.
    return b"".join(parts)


def _stays(marker: int, body: bytes) -> bool:
    if marker in JPEG_KEPT:
        return body.startswith(JPEG_KEPT[marker])
    return not 0xE0 <= marker <= 0xEF and marker != JPEG_COMMENT


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield every part up to the end of the first picture as (marker, start, end)."""
    place = 2
    while True:
        lead, marker = struct.unpack_from(">BB", content, place)
        if lead != 0xFF:
            raise DamagedFile
        if marker == 0xFF:
            place += 1
            continue
        end = place + 2
        if marker not in JPEG_ALONE and marker != JPEG_END:
            end += int(struct.unpack_from(">H", content, place + 2)[0])
        if marker == JPEG_SCAN:
            coded = JPEG_MARKER.search(content, end)
            if coded is None:
                raise DamagedFile
            end = coded.start()
        yield marker, place, end
        if marker == JPEG_END:
            return
        place = end


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _png(content: bytes) -> bytes:
    parts, place = [PNG], len(PNG)
    while place < len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if name not in PNG_LET_GO:
            parts.append(content[place:end])
        place = end
    return b"".join(parts)


def _webp(content: bytes) -> bytes:
    parts, place = [b"WEBP"], 12
    while place + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, place)
        end = place + 8 + length + (length & 1)
        if name == b"VP8X":
            flags = content[place + 8] & ~(WEBP_EXIF | WEBP_XMP)
            parts.append(content[place : place + 8] + bytes([flags]) + content[place + 9 : end])
        elif name not in WEBP_LET_GO:
            parts.append(content[place:end])
        place = end
    body = b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _upright(tiff: bytes) -> bytes:
    """Return EXIF that says nothing but which way is up; nothing when it is upright anyway."""
    order = TIFF.get(tiff[:4])
    if order is None:
        return b""
    (place,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, place)
    for start in range(place + 2, place + 2 + 12 * count, 12):
        tag, kind, _many, value = struct.unpack_from(order + "HHIH", tiff, start)
        if (tag, kind) == (ORIENTATION, SHORT) and value != UPRIGHT:
            entry = struct.pack(">HHIHH", ORIENTATION, SHORT, 1, value, 0)
            return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    return b""


_BARED: Final[dict[str, Callable[[bytes], bytes]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/heic": stills.heic,
    "image/tiff": stills.tiff,
}
