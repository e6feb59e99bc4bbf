"""Orders, bids, dispatch, capacity, plans, documents, mandates, standing and stops."""

from qinghe.market.models.bids import Bid, BidBox, BidEnvelope, BidRefusal, CostFigures, Invitation
from qinghe.market.models.capacity import Capacity
from qinghe.market.models.dispatch import DispatchOffer, DispatchRound, StandingOrder
from qinghe.market.models.documents import CommissionPlan, Document
from qinghe.market.models.hall import Cell, CellDebtor, HallRow, OpenOrder
from qinghe.market.models.information import (
    DirectoryEntry,
    Quotation,
    QuoteBox,
    QuoteEnvelope,
    QuoteInvite,
    QuoteRequest,
)
from qinghe.market.models.introductions import Introduction, IntroductionComplaint
from qinghe.market.models.listings import Listing
from qinghe.market.models.mandates import Mandate
from qinghe.market.models.packages import Package, PackageItem
from qinghe.market.models.prices import DispatchPrices
from qinghe.market.models.rights import FirstRight
from qinghe.market.models.searches import SavedSearch
from qinghe.market.models.service import Extension, Report
from qinghe.market.models.standing import Standing
from qinghe.market.models.stops import TakingStop
from qinghe.market.models.teams import TeamAssignment, TeamMember, TeamQueue

__all__ = [
    "Bid",
    "BidBox",
    "BidEnvelope",
    "BidRefusal",
    "Capacity",
    "Cell",
    "CellDebtor",
    "CommissionPlan",
    "CostFigures",
    "DirectoryEntry",
    "DispatchOffer",
    "DispatchPrices",
    "DispatchRound",
    "Document",
    "Extension",
    "FirstRight",
    "HallRow",
    "Introduction",
    "IntroductionComplaint",
    "Invitation",
    "Listing",
    "Mandate",
    "OpenOrder",
    "Package",
    "PackageItem",
    "Quotation",
    "QuoteBox",
    "QuoteEnvelope",
    "QuoteInvite",
    "QuoteRequest",
    "Report",
    "SavedSearch",
    "Standing",
    "StandingOrder",
    "TakingStop",
    "TeamAssignment",
    "TeamMember",
    "TeamQueue",
]
