"""
Commission as data. Pure: a plan is read from JSON, and everything else is arithmetic on it.

A plan has base rates by stage, amount band and hand, a ladder over what was recovered before, and a
quality part with its weights. Money is integer minor units, rates are fractions; nothing is rounded
but the last cent, which stays with the creditor.
"""

from qinghe.market.commission.earning import earned, ladder_part, reviewed
from qinghe.market.commission.plan import BadPlan, BaseRate, Plan, Step, as_json, one_row, parse
from qinghe.market.commission.simulation import Cell, simulate, table

__all__ = [
    "BadPlan",
    "BaseRate",
    "Cell",
    "Plan",
    "Step",
    "as_json",
    "earned",
    "ladder_part",
    "one_row",
    "parse",
    "reviewed",
    "simulate",
    "table",
]
