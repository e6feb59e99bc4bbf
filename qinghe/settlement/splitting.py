"""
Who gets what of a payment. Pure; every share is an integer and together they are the amount.

Costs of the court that somebody advanced go back to whoever did, before anything is earned. The
commission is a part of the rest that was applied to the debt. The platform's fee is a part of the
commission, and a part of the remainder waits in reserve until no complaint can reach it. Tax is
contained in what is earned: it makes nobody's share larger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from qinghe.kernel.money import split
from qinghe.rules.vat import contained


@dataclass(frozen=True)
class Shares:
    """
    `commission` is what the collector gets at once; `reserve` what it gets later.

    `back` is what others than the creditor get for costs they advanced; what the creditor advanced
    itself (`own`) is in its share. The taxes are contained in commission with reserve, and in fee.
    """

    creditor: int
    commission: int
    reserve: int
    fee: int
    back: int = 0
    own: int = 0
    commission_tax: int = 0
    fee_tax: int = 0

    @property
    def borne(self) -> int:
        """Return what leaves the creditor: the whole commission, and costs of others."""
        return self.gross + self.back

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


@dataclass(frozen=True)
class Taxes:
    """The rates of tax in a commission, and in the platform's fee, on the day of a payment."""

    commission: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)


UNTAXED = Taxes()


@dataclass(frozen=True)
class Advance:
    """What is still open of costs that an organisation advanced."""

    id: UUID
    organisation_id: UUID
    open: int


@dataclass(frozen=True)
class Back:
    """A part of a payment that goes back to whoever advanced costs."""

    advance_id: UUID
    organisation_id: UUID
    amount: int


def refunded(costs: int, advances: Sequence[Advance]) -> list[Back]:
    """Return who gets what back of the money that paid costs: the oldest advance first."""
    found = []
    for each in advances:
        amount = min(costs, each.open)
        costs -= amount
        if amount:
            found.append(Back(each.id, each.organisation_id, amount))
    return found


def with_costs(shares: Shares, backs: Sequence[Back], creditor_id: UUID) -> Shares:
    """Return shares of the rest of a payment, with the costs that go back before them."""
    own = sum(each.amount for each in backs if each.organisation_id == creditor_id)
    back = sum(each.amount for each in backs) - own
    return replace(shares, creditor=shares.creditor + own, back=back, own=own)


def with_taxes(shares: Shares, taxes: Taxes) -> Shares:
    """Return shares with the tax that is contained in what was earned."""
    return replace(
        shares,
        commission_tax=contained(shares.commission + shares.reserve, taxes.commission),
        fee_tax=contained(shares.fee, taxes.fee),
    )
