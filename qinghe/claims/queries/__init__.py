"""Reads of this room: one guard, one claim, many claims, batches, and who waits for a decision."""

from qinghe.claims.queries.access import NoSuchBatch, NoSuchClaim, NoSuchDispute, visible
from qinghe.claims.queries.batches import (
    BatchView,
    Preview,
    RowErrorView,
    batch_for,
    batches,
    error_file,
    mappings,
    preview,
    row_errors,
    suggest_mapping,
)
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
    "BatchView",
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
    "Preview",
    "ReviewRow",
    "RowErrorView",
    "Term",
    "batch_for",
    "batches",
    "claim_for",
    "claim_view",
    "claims_table",
    "dispute_for",
    "disputes",
    "error_file",
    "evidence_for",
    "lines",
    "live_holds",
    "mappings",
    "open_dispute_of",
    "owed",
    "preview",
    "review_queue",
    "row_errors",
    "stage_totals",
    "suggest_mapping",
    "timeline",
    "visible",
]
