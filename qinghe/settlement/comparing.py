"""
Predicted against actual: why a commission is not what was expected, line by line. Pure.

The lines sum to the difference, to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from qinghe.kernel.money import split
from qinghe.market.commission import Plan, earned, ladder_part
from qinghe.market.commission.expectation import expected_share
from qinghe.market.commission.simulation import Case

AMOUNT, BACK, STAGE, LADDER, QUALITY = "amount", "back", "stage", "ladder", "quality"
REASONS = (AMOUNT, BACK, STAGE, LADDER, QUALITY)


@dataclass(frozen=True)
class Came:
    """One payment under a mandate: what it recovered and earned, and what quality gave back."""

    amount: int
    gross: int
    stage: str
    lost: int = 0
    reversed: bool = False


@dataclass(frozen=True)
class Comparison:
    """Commission expected at the signing, commission borne until now, and the lines between."""

    expected: int
    recovered: int
    predicted: int
    actual: int
    lines: tuple[tuple[str, int], ...]


def compare(plan: Plan, case: Case, payments: Sequence[Came]) -> Comparison:
    """Return the comparison of one mandate; the case is as it was when it was signed."""
    base = plan.base(case.stage, case.band, case.hand)
    expected = split(case.owed, expected_share(case.stage, case.hand))[0]
    predicted = earned(
        plan, amount=expected, before=0, owed=case.owed, rate=base, currency=case.currency
    )
    kept = [each for each in payments if not each.reversed]
    recovered = sum(each.amount for each in kept)
    ever = sum(each.amount for each in payments)
    at_base = sum(_at(each, plan, case) for each in payments)
    gross = sum(each.gross for each in payments)
    # What all of them earned, less what was taken back as it was booked: to the cent.
    back = sum(each.gross for each in payments if each.reversed)
    lines = {
        AMOUNT: _of(ever, base) - _of(expected, base),
        BACK: -back,
        STAGE: at_base - _of(ever, base),
        LADDER: gross - at_base - ladder_part(plan, expected, case.owed, case.currency),
        QUALITY: -sum(each.lost for each in kept),
    }
    actual = gross - back + lines[QUALITY]
    return Comparison(expected, recovered, predicted, actual, tuple(lines.items()))


def together(comparisons: Iterable[Comparison]) -> Comparison:
    """Return the sum of comparisons, line by line."""
    rows = list(comparisons)
    return Comparison(
        sum(row.expected for row in rows),
        sum(row.recovered for row in rows),
        sum(row.predicted for row in rows),
        sum(row.actual for row in rows),
        tuple((name, sum(dict(row.lines)[name] for row in rows)) for name in REASONS),
    )


def _at(came: Came, plan: Plan, case: Case) -> int:
    return _of(came.amount, plan.base(came.stage or case.stage, case.band, case.hand))


def _of(amount: int, rate: Fraction) -> int:
    return split(amount, rate)[0]
