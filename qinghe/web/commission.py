"""How a commission will be cut, before any money has come: for the pages on which it is agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from qinghe.settlement.terms import fee_on


@dataclass(frozen=True)
class Cut:
    """Shares of what is recovered: paid at once, waiting for quality, kept by the platform."""

    base: Fraction
    quality: Fraction
    fee: Fraction


def cut(rate: Decimal, quality_share: Decimal, on: date) -> Cut:
    """Return the parts of a commission on a day; together they are its rate."""
    gross = Fraction(rate)
    fee = gross * fee_on(on)
    quality = (gross - fee) * Fraction(quality_share)
    return Cut(base=gross - fee - quality, quality=quality, fee=fee)
