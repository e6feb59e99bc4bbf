"""Writes of this room: complaints, and what follows when a claim was invented."""

from qinghe.quality.services.complaints import decide_complaint, end_kept_hold, open_complaint
from qinghe.quality.services.inventions import accuse, decide_invention, release_creditor

__all__ = [
    "accuse",
    "decide_complaint",
    "decide_invention",
    "end_kept_hold",
    "open_complaint",
    "release_creditor",
]
