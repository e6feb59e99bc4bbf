"""Amount bands: a listing shows the band, never the amount. Pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from qinghe.kernel.money import to_major
from qinghe.market.terms import BAND_BOUNDS


@dataclass(frozen=True)
class Band:
    """One band in major units, half-open; `high` is None for the last."""

    index: int
    low: int
    high: int | None


def band_of(amount: int, currency: str) -> int:
    """Return the index of the band an amount in minor units falls into."""
    return bisect_right(BAND_BOUNDS, to_major(amount, currency)) - 1


def code_of(low: int, high: int) -> int:
    """Return the code of a span of bands: orders by its lower, then its upper end."""
    return low << 4 | high


def span_of(code: int) -> tuple[int, int]:
    """Return the first and the last band of a code."""
    return code >> 4, code & 15


def codes_with(index: int) -> tuple[int, int, int]:
    """Return every code an order of a band may be shown by: itself, its half, or any."""
    top, middle = len(BAND_BOUNDS) - 1, len(BAND_BOUNDS) // 2
    half = code_of(0, middle - 1) if index < middle else code_of(middle, top)
    return code_of(index, index), half, code_of(0, top)


def bands() -> tuple[Band, ...]:
    """Return every band, lowest first."""
    highs = (*BAND_BOUNDS[1:], None)
    return tuple(
        Band(index, low, high)
        for index, (low, high) in enumerate(zip(BAND_BOUNDS, highs, strict=True))
    )
