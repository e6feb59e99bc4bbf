"""
UUIDv7 identifiers (RFC 9562, section 5.7): ordered by creation, nothing to guess from.

A simulation seeds the random part, so that the same seed gives the same market.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import Random
from typing import Final
from uuid import UUID

from qinghe.kernel import clock

# The two highest bits of this digit are fixed; the rest keeps its order.
_VARIANT: Final = {f"{digit:x}": "89ab"[digit >> 2] for digit in range(16)}

_seeded: ContextVar[Random | None] = ContextVar("qinghe_seeded_ids", default=None)


def new_id() -> UUID:
    """Return a new UUIDv7: 48 bits of milliseconds, 74 random bits."""
    source = _seeded.get()
    bits = source.getrandbits(74) if source else secrets.randbits(74)
    millis = int(clock.now().timestamp() * 1000)
    high, low = bits >> 62, bits & ((1 << 62) - 1)
    return UUID(int=(millis << 80) | (0x7 << 76) | (high << 64) | (0b10 << 62) | low)


def new_stems(count: int) -> list[str]:
    """
    Return new UUIDv7s as text in rising order, each without its last hexadecimal digit.

    One stem makes up to sixteen ids of rows that are written together; 70 random bits.
    """
    source = _seeded.get()
    size = 9 * count
    drawn = (source.randbytes(size) if source else secrets.token_bytes(size)).hex()
    millis = f"{int(clock.now().timestamp() * 1000):012x}"
    head = f"{millis[:8]}-{millis[8:]}-7"
    parts = sorted(drawn[place : place + 18] for place in range(0, len(drawn), 18))
    return [f"{head}{p[:3]}-{_VARIANT[p[3]]}{p[4:7]}-{p[7:]}" for p in parts]


def digits(count: int) -> str:
    """Return random decimal digits, for codes that people read out or type."""
    source = _seeded.get()
    number = source.randrange(10**count) if source else secrets.randbelow(10**count)
    return str(number).zfill(count)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw identifiers from a seeded source inside the block; for simulations only."""
    token = _seeded.set(Random(seed))  # noqa: S311  reproducible on purpose
    try:
        yield
    finally:
        _seeded.reset(token)
