"""
Long files sealed piece by piece, so that none is ever whole in memory. Pure but for the streams.

A file is `QHF2`, the length and the name of its key, then pieces: four bytes of length and a sealed
piece of at most four megabytes. Each piece is bound to the file, to its place and to whether it
is the last: none can be taken out, moved or cut off unseen.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

from qinghe.parties.vault import Ring, VaultDamaged, ring_holding

MAGIC: Final = b"QHF2"
PIECE: Final = 4 * 1024 * 1024
LENGTH: Final = struct.Struct(">I")


def is_long(head: bytes) -> bool:
    """Tell by its first bytes whether a stored file is of this kind."""
    return head.startswith(MAGIC)


def write(plain: Iterator[bytes], out: BinaryIO, *, digest: str, keys: Ring) -> None:
    """Write a sealed file from its pieces, which are of any size."""
    name = keys.active.encode()
    out.write(MAGIC + bytes([len(name)]) + name)
    held: bytes | None = None
    place = 0
    for piece in plain:
        if held is not None:
            _put(out, held, _context(digest, place, last=False), keys)
            place += 1
        held = piece
    _put(out, held or b"", _context(digest, place, last=True), keys)


def read(stored: BinaryIO, *, digest: str) -> Iterator[bytes]:
    """
    Yield the content of a sealed file.

    :raises VaultDamaged: altered, cut off, or its key is gone
    """
    key_id = key_of(stored)
    keys = ring_holding(key_id)
    place, length = 0, _length(stored)
    while length is not None:
        sealed = stored.read(length)
        length = _length(stored)
        yield keys.open(key_id, sealed, context=_context(digest, place, last=length is None))
        place += 1
    if place == 0:
        raise VaultDamaged("the file ends before its first piece")


def key_of(stored: BinaryIO) -> str:
    """
    Return the name of a file's key, and leave the stream at its first piece.

    :raises VaultDamaged: not a file of this kind
    """
    if stored.read(len(MAGIC)) != MAGIC:
        raise VaultDamaged("not a long file of this vault")
    return stored.read(stored.read(1)[0]).decode()


def _put(out: BinaryIO, piece: bytes, context: bytes, keys: Ring) -> None:
    _key, sealed = keys.seal(piece, context=context)
    out.write(LENGTH.pack(len(sealed)) + sealed)


def _length(stored: BinaryIO) -> int | None:
    head = stored.read(LENGTH.size)
    if not head:
        return None
    if len(head) < LENGTH.size:
        raise VaultDamaged("the file was cut off")
    length: int = LENGTH.unpack(head)[0]
    return length


def _context(digest: str, place: int, *, last: bool) -> bytes:
    return f"{digest}:{place}:{'last' if last else 'more'}".encode()
