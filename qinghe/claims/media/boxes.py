"""Boxes of the ISO base media format (ISO/IEC 14496-12), in which HEIC and M4A are kept."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from qinghe.claims.media.refusals import DamagedFile

Span = tuple[int, int]
HEAD: Final = 8
LONG_HEAD: Final = 16
# An honest file has some dozens on one level.
MOST: Final = 10_000


def boxes(content: bytes, start: int, end: int) -> Iterator[tuple[bytes, Span]]:
    """
    Yield the boxes of one level as (name, span of what is inside).

    :raises DamagedFile: a box reaches beyond its surroundings, or there are too many
    """
    for _each in range(MOST):
        if start >= end:
            return
        size, name = struct.unpack_from(">I4s", content, start)
        head = HEAD
        if size == 1:
            (size,) = struct.unpack_from(">Q", content, start + HEAD)
            head = LONG_HEAD
        last = end if size == 0 else start + size
        if last > end or last < start + head:
            raise DamagedFile
        yield name, (start + head, last)
        start = last
    raise DamagedFile


def inside(content: bytes, span: Span, *names: bytes) -> Iterator[Span]:
    """Yield the spans of all boxes that are reached by names, from the outside to the inside."""
    first, *rest = names
    for name, found in boxes(content, *span):
        if name != first:
            continue
        if rest:
            yield from inside(content, found, *rest)
        else:
            yield found
