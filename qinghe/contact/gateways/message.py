"""What goes to a gateway, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class GatewayFailed(Exception):
    """The other side did not take the message. Carries no address and no text."""


@dataclass(frozen=True)
class Message:
    """One text for one person. `address` and `name` are filled only for gateways that need them."""

    channel: str
    subject: str
    text: str
    language: str
    at: datetime
    address: str = ""
    name: str = ""
    door: str = ""
    code: str = ""
    reference: str = ""
    # Under this name an e-mail leaves, so that it is known when it comes back.
    mail_id: str = ""

    def __repr__(self) -> str:
        """Say nothing that a log may not hold."""
        return f"<Message {self.channel}>"


@dataclass(frozen=True)
class Receipt:
    """What became of a message. No outcome yet for a call: whoever talks will say."""

    gateway: str
    outcome: str | None
    text: str
    file: bytes = b""
