"""What a collector's record adds to its bids."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from qinghe.market.bidding import penalty


def quality_adjustment(collector_id: UUID, at: datetime) -> Decimal:
    """
    Return what is added to a collector's bids at a moment, by its published complaint ratio.

    The one place where sealed bids meet reputation. Without published figures it is neutral.
    """
    return penalty(_complaints_per_5000(collector_id, at))


def _complaints_per_5000(_collector_id: UUID, _at: datetime) -> Decimal | None:
    """Return the published ratio of justified complaints; nothing below its minimum volume."""
    return None
