"""The stand-in of a demonstration: its page is our own, and it gives back at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from qinghe.settlement.cashier import BadSignature
from qinghe.settlement.gateways.message import Event, Order, Placed, Said, Visit


class Sandbox:
    """No money moves; notices come to the address of their own, see `settlement.cashier`."""

    def place(self, order: Order, visit: Visit) -> Placed:
        return Placed(page="")

    def read(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Said | None:
        raise BadSignature

    def ask(self, order: Order) -> Said:
        return Said(Event.PENDING, order.id, order.amount, order.currency, order.expires_at)

    def close(self, order: Order) -> None:
        return None

    def refund(self, order: Order, refund_id: UUID, amount: int) -> Event:
        return Event.REFUNDED


def gateway() -> Sandbox:
    """Return the stand-in."""
    return Sandbox()
