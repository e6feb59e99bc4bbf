"""Where the time goes: named laps that cost nothing unless somebody measures."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_laps: ContextVar[dict[str, float] | None] = ContextVar("qinghe_laps", default=None)


@contextmanager
def lap(name: str) -> Iterator[None]:
    """Add the seconds of the block to the lap of this name."""
    laps = _laps.get()
    if laps is None:
        yield
        return
    begun = time.perf_counter()
    try:
        yield
    finally:
        laps[name] += time.perf_counter() - begun


@contextmanager
def measured() -> Iterator[dict[str, float]]:
    """Collect the laps of everything inside the block, in seconds."""
    laps: dict[str, float] = defaultdict(float)
    token = _laps.set(laps)
    try:
        yield laps
    finally:
        _laps.reset(token)
