"""
Measure pictures by their heads. Nothing is decoded, so a picture that unpacks to gigabytes costs
as little as any other.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Final

from qinghe.claims.media.boxes import boxes, inside
from qinghe.claims.media.refusals import DamagedFile, TwoFilesInOne

PNG: Final = b"\x89PNG\r\n\x1a\n"
JPEG: Final = b"\xff\xd8\xff"
TIFF: Final = {b"II*\x00": "<", b"MM\x00*": ">"}
HEIC_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
# Start of frame, except the three markers in between that are tables.
JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
TIFF_WIDTH, TIFF_HEIGHT = 256, 257
TIFF_MOST_PAGES: Final = 500
Size = tuple[int, int]


def type_of(content: bytes) -> str:
    """Return the type of picture that a file begins like, or nothing."""
    if content.startswith(PNG):
        return "image/png"
    if content.startswith(JPEG):
        return "image/jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[:4] in TIFF:
        return "image/tiff"
    if content[4:8] == b"ftyp" and content[8:12] in HEIC_BRANDS:
        return "image/heic"
    return ""


def measure(content: bytes, media_type: str) -> Size:
    """
    Return width and height in points; of a file with several pictures, the largest of each.

    :raises DamagedFile: cut off, or no size in it
    :raises TwoFilesInOne: something follows the picture
    """
    try:
        width, height = _MEASURES[media_type](content)
    except (struct.error, IndexError, ValueError) as fault:
        raise DamagedFile from fault
    if not width or not height:
        raise DamagedFile
    return width, height


def _png(content: bytes) -> Size:
    place, size, ended = len(PNG), (0, 0), False
    while not ended:
        length, name = struct.unpack_from(">I4s", content, place)
        if place == len(PNG):
            if name != b"IHDR":
                raise DamagedFile
            size = struct.unpack_from(">II", content, place + 8)
        place += 12 + length
        if place > len(content):
            raise DamagedFile
        ended = name == b"IEND"
    if place < len(content):
        raise TwoFilesInOne
    return size


def _jpeg(content: bytes) -> Size:
    place, size = 2, (0, 0)
    while True:
        lead, marker = struct.unpack_from(">BB", content, place)
        if lead != 0xFF:
            raise DamagedFile
        if marker == 0xFF:
            place += 1
        elif marker in JPEG_ALONE:
            place += 2
        else:
            (length,) = struct.unpack_from(">H", content, place + 2)
            if marker in JPEG_FRAMES:
                height, width = struct.unpack_from(">HH", content, place + 5)
                size = (width, height)
            place += 2 + length
            if marker == 0xDA:
                break
    if content.find(b"\xff\xd9", place) < 0:
        raise DamagedFile
    return size


def _webp(content: bytes) -> Size:
    (length,) = struct.unpack_from("<I", content, 4)
    if length + 8 > len(content):
        raise DamagedFile
    if length + (length & 1) + 8 < len(content):
        raise TwoFilesInOne
    name = content[12:16]
    if name == b"VP8X":
        parts = content[24:30] + b"\x00"
        return (
            1 + int.from_bytes(parts[:3], "little"),
            1 + int.from_bytes(parts[3:6], "little"),
        )
    if name == b"VP8L" and content[20] == 0x2F:
        (bits,) = struct.unpack_from("<I", content, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if name == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise DamagedFile


def _tiff(content: bytes) -> Size:
    order = TIFF[content[:4]]
    (place,) = struct.unpack_from(order + "I", content, 4)
    sizes: list[Size] = []
    seen: set[int] = set()
    while place and len(seen) < TIFF_MOST_PAGES:
        if place in seen:
            raise DamagedFile
        seen.add(place)
        (count,) = struct.unpack_from(order + "H", content, place)
        tags = dict(_tags(content, order, place + 2, count))
        sizes.append((tags.get(TIFF_WIDTH, 0), tags.get(TIFF_HEIGHT, 0)))
        (place,) = struct.unpack_from(order + "I", content, place + 2 + 12 * count)
    return max(width for width, _h in sizes), max(height for _w, height in sizes)


def _tags(content: bytes, order: str, place: int, count: int) -> Iterator[tuple[int, int]]:
    for start in range(place, place + 12 * count, 12):
        tag, kind, _many = struct.unpack_from(order + "HHI", content, start)
        form = "H" if kind == 3 else "I"
        (value,) = struct.unpack_from(order + form, content, start + 8)
        yield tag, value


def _heic(content: bytes) -> Size:
    top = dict(boxes(content, 0, len(content)))
    if b"meta" not in top:
        raise DamagedFile
    start, end = top[b"meta"]
    sizes = [
        struct.unpack_from(">II", content, first + 4)
        for first, _last in inside(content, (start + 4, end), b"iprp", b"ipco", b"ispe")
    ]
    if not sizes:
        raise DamagedFile
    return max(width for width, _h in sizes), max(height for _w, height in sizes)


_MEASURES: Final[dict[str, Callable[[bytes], Size]]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
    "image/tiff": _tiff,
    "image/heic": _heic,
}
