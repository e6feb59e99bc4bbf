"""Reads of this room: complaints, and claims that were found not to exist."""

from qinghe.quality.queries.complaints import (
    LATEST,
    ComplaintRow,
    PublicStatus,
    by_number,
    complaint_for,
    complaints,
    timeline,
    visible,
)
from qinghe.quality.queries.inventions import InventionRow, invention_of, inventions

__all__ = [
    "LATEST",
    "ComplaintRow",
    "InventionRow",
    "PublicStatus",
    "by_number",
    "complaint_for",
    "complaints",
    "invention_of",
    "inventions",
    "timeline",
    "visible",
]
