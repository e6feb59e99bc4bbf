"""
What a contract and its payments come to on a day: as agreed, and as the law permits.

The same payments are played twice, once at the agreed rates and once at the lawful ones, so that
money which a creditor took for unlawful interest counts towards what was really owed.
"""

from qinghe.rules.recompute.caps import practice
from qinghe.rules.recompute.compare import Claimed, Compared, Line, compare
from qinghe.rules.recompute.terms import (
    DAY_COUNTS,
    FEE_KINDS,
    SCHEDULES,
    Contract,
    ContractError,
    Fee,
    Paid,
)

__all__ = [
    "DAY_COUNTS",
    "FEE_KINDS",
    "SCHEDULES",
    "Claimed",
    "Compared",
    "Contract",
    "ContractError",
    "Fee",
    "Line",
    "Paid",
    "compare",
    "practice",
]
