"""
The sandbox cashier: a real round trip with signatures, and no real money.

The platform signs the address it sends the debtor to; the cashier signs the notices it sends back.
Pure but for the key, which lies in the data folder.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError

PROVIDER = "sandbox"
PAID, PENDING, FAILED = "paid", "pending", "failed"
EVENTS = (PENDING, PAID, FAILED)


class BadSignature(DomainError):
    code = "settlement.bad-signature"
    status = 403
    text = _("The signature does not match.")


class BadNotice(DomainError):
    code = "settlement.bad-notice"
    status = 400
    text = _("The payment notice cannot be read.")


@dataclass(frozen=True)
class Notice:
    """What a cashier says happened to an order; amount in minor units."""

    order_id: UUID
    event: str
    amount: int
    currency: str
    at: datetime
    # Who says it, and its own number of the payment.
    provider: str = PROVIDER
    number: str = ""


@dataclass(frozen=True)
class Checkout:
    """What the debtor carries to the cashier."""

    order_id: UUID
    amount: int
    currency: str


def sign(message: bytes) -> str:
    """Return the HMAC-SHA-256 of a message under the key of this installation, in hex."""
    return hmac.new(_key(), message, hashlib.sha256).hexdigest()


def verify(message: bytes, signature: str) -> None:
    """
    Check a signature in constant time.

    :raises BadSignature: it is not ours
    """
    # As bytes: of text, only ASCII can be compared.
    if not hmac.compare_digest(sign(message).encode(), signature.strip().lower().encode()):
        raise BadSignature


def checkout_query(checkout: Checkout) -> str:
    """Return the signed query string with which the debtor is sent to the cashier."""
    fields = {
        "order": str(checkout.order_id),
        "amount": str(checkout.amount),
        "currency": checkout.currency,
    }
    return urlencode({**fields, "signature": sign(urlencode(fields).encode())})


def read_checkout(query: str) -> Checkout:
    """
    Return what a signed query string says.

    :raises BadSignature: it was changed on the way
    """
    fields = dict(parse_qsl(query))
    signature = fields.pop("signature", "")
    verify(urlencode(fields).encode(), signature)
    return Checkout(UUID(fields["order"]), int(fields["amount"]), fields["currency"])


def notice_body(notice: Notice) -> bytes:
    """Return the notice as the cashier sends it; to be signed with `sign`."""
    fields = {
        "order": str(notice.order_id),
        "event": notice.event,
        "amount": notice.amount,
        "currency": notice.currency,
        "at": notice.at.isoformat(),
    }
    return json.dumps(fields, sort_keys=True).encode()


def read_notice(body: bytes, signature: str) -> Notice:
    """
    Return what a signed notice says.

    :raises BadSignature: it does not come from the cashier
    :raises BadNotice: signed, but not a notice
    """
    verify(body, signature)
    try:
        return _parse(json.loads(body))
    except (ValueError, KeyError, TypeError) as fault:
        raise BadNotice from fault


def _parse(fields: dict[str, Any]) -> Notice:
    at = datetime.fromisoformat(fields["at"])
    amount = fields["amount"]
    if fields["event"] not in EVENTS or type(amount) is not int or at.tzinfo is None:
        raise ValueError("unknown event, broken amount or a naive moment")
    return Notice(UUID(fields["order"]), fields["event"], amount, str(fields["currency"]), at)


def _key() -> bytes:
    secret: str = settings.WEBHOOK_SECRET()
    return secret.encode()
