"""What a plan would pay, drawn for both sides before either signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from qinghe.kernel.money import exponent
from qinghe.market.bands import band_of, bands
from qinghe.market.commission import Plan, table
from qinghe.market.commission.expectation import expected_share
from qinghe.market.commission.simulation import MONTHS, SHARES, Case, qualities, simulate
from qinghe.settlement.terms import fee_on

SCORES = (Fraction(1), Fraction(1, 2), Fraction(0))
SMALLEST = 1_000


@dataclass(frozen=True)
class Asked:
    """What to compute with: an amount in minor units, the stage and the hand of the case."""

    owed: int
    stage: str
    hand: int
    currency: str


def simulation(plan: Plan, asked: Asked, on: date) -> dict[str, Any]:
    """Return the tables of a page: by share and month, by quality, and what is expected."""
    band = band_of(asked.owed, asked.currency)
    case = Case(asked.owed, asked.stage, band, asked.hand, asked.currency)
    fee, share = fee_on(on), expected_share(asked.stage, asked.hand)
    return {
        "case": case,
        "months": MONTHS,
        "rows": list(zip(SHARES, table(plan, case, fee, Fraction(1)), strict=True)),
        "qualities": list(zip(SCORES, qualities(plan, case, fee, SCORES), strict=True)),
        "expected": simulate(plan, case, share, 1, fee, Fraction(1)),
    }


def amounts_of_bands(low: int, high: int, currency: str) -> list[int]:
    """
    Return the amounts to compute with where only a span of bands is known: both its ends.

    One band has its lower bound; so has the open one. Nothing is known when all bands are in the
    span: then a round sum, of which an order may be any multiple.
    """
    first, last = bands()[low], bands()[high]
    ends = [max(first.low, SMALLEST)]
    if low < high and not hidden(low, high):
        ends.append(last.low if last.high is None else last.high)
    return [int(end * 10 ** exponent(currency)) for end in ends]


def hidden(low: int, high: int) -> bool:
    """Tell whether a span of bands says nothing of an amount."""
    return low == 0 and high == len(bands()) - 1
