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


def bands() -> tuple[Band, ...]:
    """Return every band, lowest first."""
    highs = (*BAND_BOUNDS[1:], None)
    return tuple(
        Band(index, low, high)
        for index, (low, high) in enumerate(zip(BAND_BOUNDS, highs, strict=True))
    )
