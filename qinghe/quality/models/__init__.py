"""Complaints, ratings, signals, appeals, findings about integrity, and what followed."""

from qinghe.quality.models.appeals import Appeal
from qinghe.quality.models.complaints import Complaint, Sanction
from qinghe.quality.models.grading import Grading, Recognition
from qinghe.quality.models.integrity import (
    DepositCall,
    IntegrityFlag,
    Respondent,
    RetiredRule,
    Ruling,
    Sign,
    SweepMark,
    Tally,
)
from qinghe.quality.models.inventions import Invention
from qinghe.quality.models.ratings import Rating, Signal

__all__ = [
    "Appeal",
    "Complaint",
    "DepositCall",
    "Grading",
    "IntegrityFlag",
    "Invention",
    "Rating",
    "Recognition",
    "Respondent",
    "RetiredRule",
    "Ruling",
    "Sanction",
    "Sign",
    "Signal",
    "SweepMark",
    "Tally",
]
