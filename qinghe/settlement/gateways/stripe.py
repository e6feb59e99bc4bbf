"""
Stripe: its Checkout page, webhooks signed by HMAC, query, refund, expiry, disputes.

Fields and states: Stripe API, checkout.session, refund, dispute and their events. Amounts there are
in minor units as well, but for currencies that Stripe rounds in its own way; those are not offered.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import stripe

from qinghe.settlement.cashier import BadNotice, BadSignature
from qinghe.settlement.gateways import keys
from qinghe.settlement.gateways.message import Event, GatewayFailed, Order, Placed, Said, Visit
from qinghe.settlement.gateways.reading import WINDOW, check_same, check_time, order_id, whole

NAME = "stripe"
# Its own lines would name every request, and with more of them every parameter.
logging.getLogger("stripe").setLevel(logging.WARNING)
# A Checkout page stays open for half an hour at least, by Stripe's clock.
SHORTEST = timedelta(minutes=31)
TRIES = 2
LIVE_KEYS = ("sk_live_", "rk_live_")
SESSIONS = {
    "checkout.session.completed": None,
    "checkout.session.async_payment_succeeded": Event.PAID,
    "checkout.session.async_payment_failed": Event.FAILED,
    "checkout.session.expired": Event.FAILED,
}
REFUNDS = {"succeeded": Event.REFUNDED, "failed": Event.REFUND_FAILED}
DISPUTES = {
    "charge.dispute.created": Event.COMPLAINED,
    "charge.dispute.funds_withdrawn": Event.TAKEN_BACK,
    "charge.dispute.funds_reinstated": Event.BROUGHT_BACK,
}


class Stripe:
    """The platform's account at Stripe."""

    def __init__(self) -> None:
        self._secret = keys.key(NAME, "key")
        self._signing = keys.key(NAME, "webhook")
        self._account = keys.optional(NAME, "account")
        base = keys.optional(NAME, "gateway")
        self._client = stripe.StripeClient(
            self._secret,
            max_network_retries=TRIES,
            base_addresses={"api": base} if base else {},
        )

    def place(self, order: Order, visit: Visit) -> Placed:
        """Open Stripe's own page for the order."""
        until = max(order.expires_at, datetime.now(UTC) + SHORTEST)
        marks = {"order": order.name}
        price = {
            "currency": order.currency.lower(),
            "unit_amount": order.amount,
            "product_data": {"name": order.subject},
        }
        session = self._call(
            self._client.v1.checkout.sessions.create,
            {
                "mode": "payment",
                "client_reference_id": order.name,
                "line_items": [{"quantity": 1, "price_data": price}],
                "metadata": marks,
                "payment_intent_data": {"metadata": marks},
                "success_url": visit.back,
                "cancel_url": visit.back,
                "expires_at": int(until.timestamp()),
            },
            options={"idempotency_key": f"order-{order.name}"},
        )
        return Placed(page=str(session["url"]), session=str(session["id"]))

    def read(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Said | None:
        event = self._verified(headers.get("Stripe-Signature", ""), body, at)
        kind = str(event.get("type", ""))
        thing = (event.get("data") or {}).get("object") or {}
        made_at = _moment(event.get("created"))
        if kind in SESSIONS:
            return _checked_out(thing, SESSIONS[kind], made_at)
        if kind in ("refund.created", "refund.updated", "refund.failed"):
            return self._refunded(thing, made_at)
        if kind in DISPUTES:
            return self._disputed(thing, DISPUTES[kind], made_at)
        return None

    def ask(self, order: Order) -> Said:
        session = self._call(self._client.v1.checkout.sessions.retrieve, order.session)
        ended = Event.FAILED if session.get("status") == "expired" else None
        said = _checked_out(session, ended, datetime.now(UTC))
        if said is None:
            raise GatewayFailed("not-ours", again=False)
        return said

    def close(self, order: Order) -> None:
        session = self._call(self._client.v1.checkout.sessions.retrieve, order.session)
        if session.get("status") == "open":
            self._call(self._client.v1.checkout.sessions.expire, order.session)

    def refund(self, order: Order, refund_id: UUID, amount: int) -> Event:
        refund = self._call(
            self._client.v1.refunds.create,
            {
                "payment_intent": order.number,
                "amount": amount,
                "metadata": {"order": order.name, "refund": refund_id.hex},
            },
            options={"idempotency_key": f"refund-{refund_id.hex}"},
        )
        state = str(refund.get("status"))
        if state in ("failed", "canceled"):
            raise GatewayFailed(str(refund.get("failure_reason") or state), again=False)
        return REFUNDS.get(state, Event.PENDING)

    def _verified(self, header: str, body: bytes, at: datetime) -> dict[str, Any]:
        """Check signature, window of time, mode and account; all before anything is looked at."""
        try:
            # The window is checked against the moment we were given.
            text = body.decode()
            stripe.WebhookSignature.verify_header(text, header, self._signing, tolerance=None)
            stamp = dict(part.split("=", 1) for part in header.split(","))["t"]
            event = json.loads(text)
        except (stripe.SignatureVerificationError, ValueError, KeyError) as fault:
            raise BadSignature from fault
        check_time(_moment(stamp), at, past=WINDOW)
        check_same(bool(event.get("livemode")), str(self._secret.startswith(LIVE_KEYS)))
        if event.get("account"):
            check_same(event["account"], self._account)
        return dict(event)

    def _refunded(self, thing: Mapping[str, Any], at: datetime) -> Said | None:
        event = REFUNDS.get(str(thing.get("status")))
        if event is None:
            return None
        marks = thing.get("metadata") or {}
        order = marks.get("order") or self._order_of(thing)
        if not order:
            return None
        refund = order_id(marks["refund"]) if marks.get("refund") else None
        return _about(thing, event, str(order), at, refund)

    def _disputed(self, thing: Mapping[str, Any], event: Event, at: datetime) -> Said | None:
        order = self._order_of(thing)
        return _about(thing, event, order, at) if order else None

    def _order_of(self, thing: Mapping[str, Any]) -> str:
        """Return our number of the order; a refund or dispute names only the payment."""
        intent = thing.get("payment_intent")
        if not intent:
            return ""
        found = self._call(self._client.v1.payment_intents.retrieve, str(intent))
        return str((found.get("metadata") or {}).get("order", ""))

    def _call(self, verb: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            return dict(verb(*args, **kwargs).to_dict())
        except stripe.StripeError as fault:
            status = fault.http_status or 0
            again = not 400 <= status < 500 or status in (409, 429)
            code = str(fault.code or type(fault).__name__)
            raise GatewayFailed(code, again=again or code == "balance_insufficient") from None


def gateway() -> Stripe:
    """
    Return the platform's account.

    :raises ProviderNotReady: a key is missing
    """
    return Stripe()


def _checked_out(thing: Mapping[str, Any], event: Event | None, at: datetime) -> Said | None:
    name = thing.get("client_reference_id") or (thing.get("metadata") or {}).get("order")
    if not name:
        return None
    paid = thing.get("payment_status") == "paid"
    if event is None:
        event = Event.PAID if paid else Event.PENDING
    return Said(
        event=event,
        order_id=order_id(name),
        amount=whole(thing.get("amount_total")),
        currency=str(thing.get("currency", "")).upper(),
        at=at,
        number=str(thing.get("payment_intent") or ""),
    )


def _about(
    thing: Mapping[str, Any], event: Event, order: str, at: datetime, refund: UUID | None = None
) -> Said:
    return Said(
        event=event,
        order_id=order_id(order),
        amount=whole(thing.get("amount")),
        currency=str(thing.get("currency", "")).upper(),
        at=at,
        number=str(thing.get("id", "")),
        refund=refund,
    )


def _moment(seconds: object) -> datetime:
    try:
        return datetime.fromtimestamp(int(str(seconds)), UTC)
    except (ValueError, OverflowError, OSError) as fault:
        raise BadNotice from fault
