"""Listings, capacity, mandates and what is published of collectors."""

from qinghe.market.models.capacity import Capacity
from qinghe.market.models.listings import Listing
from qinghe.market.models.mandates import Mandate
from qinghe.market.models.standing import Standing

__all__ = ["Capacity", "Listing", "Mandate", "Standing"]
