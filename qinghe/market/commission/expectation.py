"""
What is expected to come in, to compute with before anybody knows. Assumptions, and called so.

The share of a debt recovered under one mandate falls with its age and with every hand before.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

EXPECTED: Final = {
    "M1": Fraction(50, 100),
    "M2": Fraction(35, 100),
    "M3": Fraction(25, 100),
    "M4": Fraction(18, 100),
    "M5": Fraction(14, 100),
    "M6": Fraction(10, 100),
    "M7": Fraction(6, 100),
}
# Each hand finds what the one before has left.
NEXT_HAND: Final = Fraction(7, 10)


def expected_share(stage: str, hand: int) -> Fraction:
    """Return the share of a debt that a mandate is assumed to recover."""
    return EXPECTED.get(stage, EXPECTED["M1"]) * NEXT_HAND ** min(max(hand - 1, 0), 8)
