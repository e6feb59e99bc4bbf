"""
The published rule of sealed bids: what counts, who stands before whom, when the box closes. Pure.

Effective rate = the commission a bidder asks + what its record adds. The lowest comes first; among
equals the larger part that hangs on quality; then a draw that nobody can choose.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

VERSION: Final = "2026-11"
# An order stays open so long at least, so that nobody is favoured who happens to look at once.
SHORTEST_DWELL: Final = timedelta(hours=24)
LONGEST_DWELL: Final = timedelta(days=28)
# The box closes at a moment drawn beforehand within so long after the announced hour.
CLOSING_WINDOW: Final = timedelta(minutes=15)
# Nobody needs to improve a bid more often than this.
HAND_INS: Final = 20
# Each justified complaint per 5,000 accounts counts like 0.2 points of commission, up to 5 points.
PER_COMPLAINT: Final = Decimal("0.0020")
HIGHEST_PENALTY: Final = Decimal("0.0500")
# Who has no figures yet is neither helped nor harmed.
NEUTRAL: Final = Decimal("0.0000")
STEP: Final = Decimal("0.0001")


@dataclass(frozen=True)
class Standing:
    """One bid as the rule sees it. Rates are shares of one; `draw` settles what is equal."""

    bid_id: UUID
    rate: Decimal
    quality_share: Decimal
    adjustment: Decimal
    draw: bytes = b""

    @property
    def effective(self) -> Decimal:
        """Return the rate that is compared."""
        return self.rate + self.adjustment


def penalty(complaints_per_5000: Decimal | None) -> Decimal:
    """Return what a record adds to a bid; more justified complaints never add less."""
    if complaints_per_5000 is None:
        return NEUTRAL
    added = (max(complaints_per_5000, Decimal(0)) * PER_COMPLAINT).quantize(STEP)
    return min(added, HIGHEST_PENALTY)


def ranked(bids: Iterable[Standing]) -> list[Standing]:
    """Return bids in the order in which they are asked whether they may have the order."""
    return sorted(bids, key=lambda bid: (bid.effective, -bid.quality_share, bid.draw))


def draw(seed: bytes, bid_id: UUID) -> bytes:
    """Return the ticket of a bid: fixed by a seed committed to before the first bid could come."""
    return hashlib.sha256(b"draw\0" + seed + bid_id.bytes).digest()


def closing(seed: bytes, closes_at: datetime) -> datetime:
    """
    Return when the box really closes: a second within the window after the announced moment.

    It hangs on the seed alone. No bid moves it, so it tells nothing of any bid.
    """
    seconds = int(CLOSING_WINDOW.total_seconds()) + 1
    drawn = int.from_bytes(hashlib.sha256(b"close\0" + seed).digest()) % seconds
    return closes_at + timedelta(seconds=drawn)


def opening(closes_at: datetime) -> datetime:
    """Return when the box is opened: after the last moment at which it can have closed."""
    return closes_at + CLOSING_WINDOW + timedelta(seconds=1)
