"""
Reads of a page that come again with another instant: compiled once, not per request.

Writing the SQL of ten querysets takes Django longer than PostgreSQL needs to answer them. Of one
reader only the instant changes from request to request, so the text is kept and the instant put in
its place. Whether it has one is not believed but tried: the reads are compiled at two instants.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from qinghe.kernel.together import Part, Reading, Rows, capped, compiled, counts_of, rows_of

Build = Callable[[datetime], Mapping[str, Reading]]
# Every calendar day on earth begins at a full quarter of an hour: days hold as long as it does.
QUARTER: Final = timedelta(minutes=15)
PROBE: Final = timedelta(microseconds=1)
# So many texts are kept in a process.
KEPT: Final = 4_000


@dataclass(frozen=True)
class _Known:
    """What was compiled at an instant, for the quarter of an hour around it."""

    at: datetime
    names: tuple[str, ...]
    parts: Mapping[str, Part]

    def moved(self, at: datetime) -> dict[str, Part]:
        """Return the parts at another instant of the same quarter."""
        return {name: _moved(part, self.at, at) for name, part in self.parts.items()}


_KNOWN: Final[dict[Hashable, _Known]] = {}


def together_again(key: Hashable, at: datetime, build: Build) -> dict[str, Rows]:
    """
    Return the rows of the reads that `build` makes for an instant, as `together` does.

    `key` names all they depend on but the instant: the function that builds them and its reader.
    """
    names, parts = _parts(key, at, build)
    return rows_of(parts, names)


def counted_again(key: Hashable, at: datetime, build: Build, *, cap: int) -> dict[str, int]:
    """Return how many rows each of the reads has, as `counted` does; `key` as above."""
    names, parts = _parts(key, at, lambda when: capped(build(when), cap))
    return counts_of(parts, names)


def _parts(key: Hashable, at: datetime, build: Build) -> tuple[tuple[str, ...], dict[str, Part]]:
    known = _KNOWN.get(key)
    if known is None or _quarter(known.at) != _quarter(at):
        reads = build(at)
        known = _Known(at, tuple(reads), compiled(reads))
        if _asked(known.moved(at + PROBE)) != _asked(compiled(build(at + PROBE))):
            return known.names, dict(known.parts)
        if len(_KNOWN) >= KEPT:
            _KNOWN.clear()
        _KNOWN[key] = known
    return known.names, known.moved(at)


def _asked(parts: Mapping[str, Part]) -> dict[str, tuple[str, tuple[object, ...]]]:
    return {name: (part.sql, part.params) for name, part in parts.items()}


def _quarter(at: datetime) -> int:
    return int(at.timestamp() // QUARTER.total_seconds())


def _moved(part: Part, old: datetime, new: datetime) -> Part:
    params = tuple(new if isinstance(p, datetime) and p == old else p for p in part.params)
    return replace(part, params=params)
