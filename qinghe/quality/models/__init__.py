"""Complaints, findings about integrity, and what followed from them."""

from qinghe.quality.models.complaints import Complaint, Sanction
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

__all__ = [
    "Complaint",
    "DepositCall",
    "IntegrityFlag",
    "Invention",
    "Respondent",
    "RetiredRule",
    "Ruling",
    "Sanction",
    "Sign",
    "SweepMark",
    "Tally",
]
