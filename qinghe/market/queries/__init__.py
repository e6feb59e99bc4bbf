"""Reads of this room: the hall, mandates, and who could be placed."""

from qinghe.market.bands import Band, bands
from qinghe.market.queries.hall import (
    CapacityRow,
    HallFilters,
    HallPage,
    HallRow,
    hall,
    listing_for,
    listings_of,
)
from qinghe.market.queries.mandates import (
    MandateRow,
    live_mandate_of,
    mandate_by_id,
    mandate_for,
    mandates,
    working_mandate,
)

__all__ = [
    "Band",
    "CapacityRow",
    "HallFilters",
    "HallPage",
    "HallRow",
    "MandateRow",
    "bands",
    "hall",
    "listing_for",
    "listings_of",
    "live_mandate_of",
    "mandate_by_id",
    "mandate_for",
    "mandates",
    "working_mandate",
]
