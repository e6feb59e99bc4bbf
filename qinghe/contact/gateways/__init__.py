"""
The outside world: one module per way out. Only `contact.services` may come here.

A gateway gets one message and says what became of it. It knows no claim and counts nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from qinghe.contact.gateways import email, letter, loopback
from qinghe.contact.gateways.message import GatewayFailed, Message, Receipt

__all__ = ["ADDRESSED", "GatewayFailed", "Message", "Receipt", "deliver", "hang_up"]

GATEWAYS: Final[dict[str, Callable[[Message], Receipt]]] = {
    "email": email.deliver,
    "letter": letter.deliver,
    "sms": loopback.deliver,
    "voice": loopback.deliver,
    "visit": loopback.deliver,
}
# Channels whose contacts last, and how one is ended from outside.
ENDING: Final[dict[str, Callable[[str], bool]]] = {"voice": loopback.hang_up}
# Only these are told an address: what does not leave the house needs none.
ADDRESSED: Final = frozenset({"email", "letter"})


def deliver(message: Message) -> Receipt:
    """
    Hand one message to the gateway of its channel.

    :raises GatewayFailed: the other side did not take it
    """
    return GATEWAYS[message.channel](message)


def hang_up(channel: str, reference: str) -> bool:
    """
    End what still runs under a reference, and say whether it ran. Safe to repeat.

    :raises GatewayFailed: the other side did not take the order
    """
    return ENDING[channel](reference)
