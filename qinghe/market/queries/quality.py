"""What a collector's record adds to its bids."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from qinghe.market.bidding import penalty
from qinghe.market.queries.standing import standing_of


def quality_adjustment(collector_id: UUID, at: datetime) -> Decimal:
    """
    Return what is added to a collector's bids at a moment, by its published complaint ratio.

    The one place where sealed bids meet reputation. Without published figures it is neutral.
    """
    found = standing_of([collector_id], at).get(collector_id)
    return penalty(found.ratio if found else None)
