"""
The one clock. Only doors and jobs may ask it; everyone else takes `at` as an argument.

A simulation replaces it with a virtual instant for the code it runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_virtual: ContextVar[datetime | None] = ContextVar("qinghe_virtual_now", default=None)


def now() -> datetime:
    """Return the current instant, aware, in UTC; the virtual one inside a simulation."""
    return _virtual.get() or datetime.now(UTC)  # noqa: TID251  the clock itself


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Make `now()` answer a fixed instant inside the block."""
    token = _virtual.set(instant)
    try:
        yield
    finally:
        _virtual.reset(token)
