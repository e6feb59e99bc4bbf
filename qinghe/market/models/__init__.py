"""Listings and what the hall shows of them, packages, capacity, mandates, saved searches."""

from qinghe.market.models.capacity import Capacity
from qinghe.market.models.hall import Cell, HallRow, OpenOrder
from qinghe.market.models.listings import Listing
from qinghe.market.models.mandates import Mandate
from qinghe.market.models.packages import Package
from qinghe.market.models.returns import GiveBack
from qinghe.market.models.searches import SavedSearch

__all__ = [
    "Capacity",
    "Cell",
    "GiveBack",
    "HallRow",
    "Listing",
    "Mandate",
    "OpenOrder",
    "Package",
    "SavedSearch",
]
