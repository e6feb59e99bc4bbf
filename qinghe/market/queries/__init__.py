"""Reads of this room: the hall, mandates, standings, and who could be placed."""

from qinghe.market.bands import Band, bands
from qinghe.market.queries.hall import (
    CapacityRow,
    HallFilters,
    HallPage,
    HallRow,
    capacity_of,
    hall,
    listing_for,
)
from qinghe.market.queries.mandates import (
    MandateRow,
    case_for,
    live_mandate_of,
    mandate_by_id,
    mandate_for,
    mandates,
    working_mandate,
)
from qinghe.market.queries.standing import Granted, StandingRow, granted_to, standing_of, standings

__all__ = [
    "Band",
    "CapacityRow",
    "Granted",
    "HallFilters",
    "HallPage",
    "HallRow",
    "MandateRow",
    "StandingRow",
    "bands",
    "capacity_of",
    "case_for",
    "granted_to",
    "hall",
    "listing_for",
    "live_mandate_of",
    "mandate_by_id",
    "mandate_for",
    "mandates",
    "standing_of",
    "standings",
    "working_mandate",
]
