"""Listings and what the hall shows of them, capacity, mandates, returns."""

from qinghe.market.models.capacity import Capacity
from qinghe.market.models.hall import Cell, HallRow, OpenOrder
from qinghe.market.models.listings import Listing
from qinghe.market.models.mandates import Mandate
from qinghe.market.models.returns import GiveBack

__all__ = [
    "Capacity",
    "Cell",
    "GiveBack",
    "HallRow",
    "Listing",
    "Mandate",
    "OpenOrder",
]
