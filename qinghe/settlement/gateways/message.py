"""What is said to a provider and what it answers. Amounts in minor units, moments aware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class Event(StrEnum):
    """What a provider says happened."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund-failed"
    TAKEN_BACK = "taken-back"
    BROUGHT_BACK = "brought-back"
    COMPLAINED = "complained"


class GatewayFailed(Exception):
    """
    The provider did not do it. `again`: the same request may succeed later.

    Its text is the provider's short code, never a body, a header or a key.
    """

    def __init__(self, code: str, *, again: bool = True) -> None:
        super().__init__(code)
        self.again = again


@dataclass(frozen=True)
class Order:
    """An order as a provider sees it; its id in hex is our number of it there."""

    id: UUID
    amount: int
    currency: str
    expires_at: datetime
    session: str = ""
    number: str = ""

    @property
    def name(self) -> str:
        return self.id.hex

    @property
    def subject(self) -> str:
        """Return what the payer's bill shows: nothing that tells others of a debt."""
        return f"Qinghe {self.id.hex[-8:].upper()}"


@dataclass(frozen=True)
class Visit:
    """Who comes to pay, and where they and the notices go afterwards."""

    back: str
    notify: str
    small_screen: bool = False
    ip: str = ""


@dataclass(frozen=True)
class Placed:
    """Where the payer goes on: a page's address, or the text of a code to scan."""

    page: str
    session: str = ""


@dataclass(frozen=True)
class Said:
    """
    One statement of a provider about one order, signed and read.

    `number` is its number of the payment, or of the refund or dispute that the statement is about;
    `refund` is our refund, where it is one. `whole`: the amount is all that went back so far.
    """

    event: Event
    order_id: UUID
    amount: int
    currency: str
    at: datetime
    number: str = ""
    refund: UUID | None = None
    whole: bool = False


class Gateway(Protocol):
    """One provider. Every method may raise `GatewayFailed`."""

    def place(self, order: Order, visit: Visit) -> Placed:
        """Open the order there; the same order again is the same order."""

    def read(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Said | None:
        """
        Return what a notice says; None where it is about nothing of ours.

        :raises BadSignature: not signed by the provider
        :raises BadNotice: signed, but not a notice
        :raises WrongMerchant: about another account
        :raises NoticeTooOld: outside the window of time
        """

    def ask(self, order: Order) -> Said:
        """Return what became of an order."""

    def close(self, order: Order) -> None:
        """End an order nobody paid; harmless when it has ended."""

    def refund(self, order: Order, refund_id: UUID, amount: int) -> Event:
        """Give back a part or all; the same refund again is the same refund."""
