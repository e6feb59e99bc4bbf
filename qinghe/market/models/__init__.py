"""Orders, bids, dispatch, capacity, plans, documents, mandates, standing and stops."""

from qinghe.market.models.bids import Bid, BidBox, BidEnvelope, BidRefusal, CostFigures, Invitation
from qinghe.market.models.capacity import Capacity
from qinghe.market.models.dispatch import DispatchOffer, DispatchRound, StandingOrder
from qinghe.market.models.documents import CommissionPlan, Document
from qinghe.market.models.hall import Cell, HallRow, OpenOrder
from qinghe.market.models.listings import Listing
from qinghe.market.models.mandates import Mandate
from qinghe.market.models.prices import DispatchPrices
from qinghe.market.models.service import Extension, Report
from qinghe.market.models.standing import Standing
from qinghe.market.models.stops import TakingStop

__all__ = [
    "Bid",
    "BidBox",
    "BidEnvelope",
    "BidRefusal",
    "Capacity",
    "Cell",
    "CommissionPlan",
    "CostFigures",
    "DispatchOffer",
    "DispatchPrices",
    "DispatchRound",
    "Document",
    "Extension",
    "HallRow",
    "Invitation",
    "Listing",
    "Mandate",
    "OpenOrder",
    "Report",
    "Standing",
    "StandingOrder",
    "TakingStop",
]
