"""Listings, bids, capacity and mandates."""

from qinghe.market.models.bids import (
    Bid,
    BidBox,
    BidEnvelope,
    BidRefusal,
    CostFigures,
    Invitation,
)
from qinghe.market.models.capacity import Capacity
from qinghe.market.models.listings import Listing
from qinghe.market.models.mandates import Mandate

__all__ = [
    "Bid",
    "BidBox",
    "BidEnvelope",
    "BidRefusal",
    "Capacity",
    "CostFigures",
    "Invitation",
    "Listing",
    "Mandate",
]
