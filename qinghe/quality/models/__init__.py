"""Complaints, ratings, signals and appeals, and what followed from them."""

from qinghe.quality.models.appeals import Appeal
from qinghe.quality.models.complaints import Complaint, Sanction
from qinghe.quality.models.grading import Grading, Recognition
from qinghe.quality.models.inventions import Invention
from qinghe.quality.models.ratings import Rating, Signal

__all__ = [
    "Appeal",
    "Complaint",
    "Grading",
    "Invention",
    "Rating",
    "Recognition",
    "Sanction",
    "Signal",
]
