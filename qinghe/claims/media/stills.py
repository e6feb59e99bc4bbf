"""Pictures whose parts are found by their places: what is private is overwritten where it lies."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from qinghe.claims.media.boxes import boxes
from qinghe.claims.media.pictures import TIFF
from qinghe.claims.media.refusals import DamagedFile

Span = tuple[int, int]
PRIVATE_ITEMS: Final = frozenset({b"Exif", b"mime", b"uri "})
# Sub-directories of EXIF and of places; and texts: XMP, IPTC, Photoshop, device, day, artist…
DIRECTORIES: Final = frozenset({34665, 34853})
PRIVATE_TAGS: Final = frozenset(
    {270, 271, 272, 305, 306, 315, 316, 700, 33432, 33723, 34377, 37510, *DIRECTORIES}
)
SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
MOST: Final = 500


def heic(content: bytes) -> bytes:
    """
    Overwrite the items of a HEIC that hold EXIF and XMP; which way is up is told elsewhere in it.

    :raises DamagedFile: the places of its items cannot be read
    """
    out = bytearray(content)
    for start, end in _private(content):
        if end > len(content):
            raise DamagedFile
        out[start:end] = bytes(end - start)
    return bytes(out)


def _private(content: bytes) -> Iterator[Span]:
    outer = list(boxes(content, 0, len(content)))
    yield from (span for name, span in outer if name == b"uuid")
    top = dict(outer)
    first, last = top[b"meta"]
    meta = dict(boxes(content, first + 4, last))
    if b"iinf" not in meta:
        return
    wanted = set(_items(content, meta[b"iinf"]))
    if not wanted:
        return
    if b"iloc" not in meta:
        raise DamagedFile
    inner = meta.get(b"idat", (0, 0))[0]
    for item, method, start, length in _places(content, meta[b"iloc"]):
        if item in wanted:
            if method > 1 or not length:
                raise DamagedFile
            start += inner if method else 0
            yield start, start + length


def _items(content: bytes, span: Span) -> Iterator[int]:
    start, end = span
    head = 4 + (4 if content[start] else 2)
    for name, (first, _last) in boxes(content, start + head, end):
        if name == b"infe" and content[first] >= 2:
            wide = content[first] > 2
            (item,) = struct.unpack_from(">I" if wide else ">H", content, first + 4)
            at = first + (10 if wide else 8)
            if content[at : at + 4] in PRIVATE_ITEMS:
                yield item


class _Reader:
    def __init__(self, content: bytes, place: int) -> None:
        self.content, self.place = content, place

    def take(self, size: int) -> int:
        found = self.content[self.place : self.place + size]
        if len(found) < size:
            raise DamagedFile
        self.place += size
        return int.from_bytes(found, "big")


def _places(content: bytes, span: Span) -> Iterator[tuple[int, int, int, int]]:
    """Yield the extents of all items as (item, method, start, length)."""
    version, read = content[span[0]], _Reader(content, span[0] + 4)
    sizes, bases = read.take(1), read.take(1)
    wide = 4 if version > 1 else 2
    for _item in range(read.take(wide)):
        item = read.take(wide)
        method = read.take(2) & 15 if version else 0
        read.take(2)
        base = read.take(bases >> 4)
        for _extent in range(read.take(2)):
            read.take(bases & 15 if version else 0)
            start = base + read.take(sizes >> 4)
            yield item, method, start, read.take(sizes & 15)


def tiff(content: bytes) -> bytes:
    """
    Overwrite what a TIFF tells of place, day and device; its tags keep their order.

    :raises DamagedFile: it points beyond its end
    """
    order, out = TIFF[content[:4]], bytearray(content)
    (place,) = struct.unpack_from(order + "I", content, 4)
    seen: set[int] = set()
    while place and place not in seen and len(seen) < MOST:
        seen.add(place)
        place = _directory(out, order, place)
    return bytes(out)


def _directory(out: bytearray, order: str, place: int) -> int:
    """Take the private tags out of one directory; return the place of the next."""
    (count,) = struct.unpack_from(order + "H", out, place)
    start, end = place + 2, place + 2 + 12 * count
    (following,) = struct.unpack_from(order + "I", out, end)
    entries = [bytes(out[at : at + 12]) for at in range(start, end, 12)]
    kept = []
    for each in entries:
        if _tag(each, order) in PRIVATE_TAGS:
            _wipe(out, order, each)
        else:
            kept.append(each)
    body = (
        struct.pack(order + "H", len(kept)) + b"".join(kept) + struct.pack(order + "I", following)
    )
    out[place : end + 4] = body.ljust(end + 4 - place, b"\0")
    return int(following)


def _tag(entry: bytes, order: str) -> int:
    return int(struct.unpack_from(order + "H", entry)[0])


def _wipe(out: bytearray, order: str, entry: bytes) -> None:
    """Overwrite what an entry points to; a sub-directory with everything its own entries hold."""
    tag, _kind, _many, place = struct.unpack(order + "HHII", entry)
    if tag in DIRECTORIES:
        (count,) = struct.unpack_from(order + "H", out, place)
        struct.unpack_from(order + "I", out, place + 2 + 12 * count)
        for at in range(place + 2, place + 2 + 12 * count, 12):
            _blank(out, order, bytes(out[at : at + 12]))
        out[place : place + 6 + 12 * count] = bytes(6 + 12 * count)
    else:
        _blank(out, order, entry)


def _blank(out: bytearray, order: str, entry: bytes) -> None:
    _tag, kind, many, place = struct.unpack(order + "HHII", entry)
    size = SIZES.get(kind, 1) * many
    if size > 4:
        if place + size > len(out):
            raise DamagedFile
        out[place : place + size] = bytes(size)
