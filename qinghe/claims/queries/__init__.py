"""Reads of this room: one guard, one claim, many claims, batches, and who waits for a decision."""

from qinghe.claims.queries.access import NoSuchBatch, NoSuchClaim, NoSuchDispute, visible
from qinghe.claims.queries.decisions import (
    DisputeRow,
    ReviewRow,
    dispute_for,
    disputes,
    open_dispute_of,
    review_queue,
)
from qinghe.claims.queries.holds import HoldRow, live_holds
from qinghe.claims.queries.one import (
    ClaimView,
    EvidenceRow,
    LineRow,
    Term,
    claim_for,
    claim_view,
    evidence_for,
    lines,
    owed,
)
from qinghe.claims.queries.table import (
    ClaimFilters,
    ClaimRow,
    ClaimsPage,
    claims_table,
    stage_totals,
)
from qinghe.claims.queries.timeline import Moment, timeline

__all__ = [
    "ClaimFilters",
    "ClaimRow",
    "ClaimView",
    "ClaimsPage",
    "DisputeRow",
    "EvidenceRow",
    "HoldRow",
    "LineRow",
    "Moment",
    "NoSuchBatch",
    "NoSuchClaim",
    "NoSuchDispute",
    "ReviewRow",
    "Term",
    "claim_for",
    "claim_view",
    "claims_table",
    "dispute_for",
    "disputes",
    "evidence_for",
    "lines",
    "live_holds",
    "open_dispute_of",
    "owed",
    "review_queue",
    "stage_totals",
    "timeline",
    "visible",
]
