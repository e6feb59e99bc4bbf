"""Listings, capacity, dispatch and mandates."""

from qinghe.market.models.capacity import Capacity
from qinghe.market.models.dispatch import DispatchOffer, DispatchRound, StandingOrder
from qinghe.market.models.listings import Listing
from qinghe.market.models.mandates import Mandate

__all__ = ["Capacity", "DispatchOffer", "DispatchRound", "Listing", "Mandate", "StandingOrder"]
