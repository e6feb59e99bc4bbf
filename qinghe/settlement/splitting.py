"""
Who gets what of a payment. Pure; every share is an integer and together they are the amount.

The commission is a part of the money that was applied to the debt. The platform's fee is a part of
the commission, and a part of the rest waits in reserve until no complaint can reach it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from qinghe.kernel.money import split


@dataclass(frozen=True)
class Shares:
    """`commission` is what the collector gets at once; `reserve` what it gets later."""

    creditor: int
    commission: int
    reserve: int
    fee: int

    @property
    def gross(self) -> int:
        """Return the whole commission, with reserve and fee: what the creditor bears."""
        return self.commission + self.reserve + self.fee


def divide(amount: int, *, rate: Decimal, quality_share: Decimal, fee_rate: Fraction) -> Shares:
    """Return the shares of an amount; a broken cent stays with the one who bears the cost."""
    gross, _creditor = split(amount, rate)
    return divide_gross(amount, gross, Fraction(quality_share), fee_rate)


def divide_gross(amount: int, gross: int, quality_share: Fraction, fee_rate: Fraction) -> Shares:
    """Return the shares of an amount whose whole commission is known."""
    fee, net = split(gross, fee_rate)
    reserve, commission = split(net, quality_share)
    return Shares(amount - gross, commission, reserve, fee)


def undivided(amount: int) -> Shares:
    """Return the shares when nobody holds a mandate: all is the creditor's."""
    return Shares(amount, 0, 0, 0)
