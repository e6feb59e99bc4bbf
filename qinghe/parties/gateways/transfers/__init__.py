"""
Send a few cents to an account, so that whoever can read its statement proves to hold it.

A gateway must send an order with the same code only once, however often it is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


class TransferFailed(Exception):
    """The bank did not take the order. Carries no account and no amount."""


@dataclass(frozen=True)
class Order:
    """What the bank is told; amount in minor units."""

    code: str
    holder: str
    number: str
    bank: str
    amount: int

    def __repr__(self) -> str:
        """Say nothing that a log may not hold."""
        return f"<Order {self.code}>"


def _sandbox(order: Order) -> str:
    """Say that it was sent: the demonstration itself shows the statement."""
    return f"SANDBOX-{order.code}"


# `manual` has no function: a clerk sends what the bank desk shows, and says so there.
GATEWAYS: Final[dict[str, Callable[[Order], str] | None]] = {"manual": None, "sandbox": _sandbox}


def send(gateway: str, order: Order) -> str | None:
    """
    Hand an order to a gateway and return the bank's reference; None where a clerk sends it.

    :raises TransferFailed: the bank did not take it
    """
    way = GATEWAYS[gateway]
    return way(order) if way else None
