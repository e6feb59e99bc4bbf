"""
Which expected payment an entry of the bank is. Pure.

Fellegi and Sunter's log weights: each comparison falls into a level, each level has the logarithm
of how much likelier it is among pairs that belong together. A pair is taken only when it is likely
enough and better than any other by a margin, seen from the entry and from the expected payment.
"""

from qinghe.settlement.matching.choosing import Choice, choose
from qinghe.settlement.matching.comparing import Came, Expected, bare, levels, marks
from qinghe.settlement.matching.weighing import Weights, weigh, weights

__all__ = [
    "Came",
    "Choice",
    "Expected",
    "Weights",
    "bare",
    "choose",
    "levels",
    "marks",
    "weigh",
    "weights",
]
