"""Listings, capacity, mandates and stops."""

from qinghe.market.models.capacity import Capacity
from qinghe.market.models.listings import Listing
from qinghe.market.models.mandates import Mandate
from qinghe.market.models.stops import TakingStop

__all__ = ["Capacity", "Listing", "Mandate", "TakingStop"]
