"""
WeChat Pay (APIv3): a code to scan or a phone page, sealed notices, query, refund, close.

Fields and states: WeChat Pay APIv3, transactions/native and /h5, domestic refunds, complaints-v2,
and the notices of each. Signed by the platform certificates or the platform public key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any
from uuid import UUID

from requests import RequestException
from wechatpayv3 import WeChatPay, WeChatPayType

from qinghe.settlement.cashier import BadNotice, BadSignature
from qinghe.settlement.gateways import keys
from qinghe.settlement.gateways.message import Event, GatewayFailed, Order, Placed, Said, Visit
from qinghe.settlement.gateways.reading import check_same, check_time, order_id, whole
from qinghe.settlement.provider_refusals import ProviderNotReady

NAME = "wechat"
CST = timezone(timedelta(hours=8))
PATIENCE = (5, 15)
STATES = {
    "SUCCESS": Event.PAID,
    # Paid first; what went back since is told by a notice of its own.
    "REFUND": Event.PAID,
    "NOTPAY": Event.PENDING,
    "USERPAYING": Event.PENDING,
    "ACCEPT": Event.PENDING,
    "CLOSED": Event.FAILED,
    "REVOKED": Event.FAILED,
    "PAYERROR": Event.FAILED,
}
REFUNDS = {
    "SUCCESS": Event.REFUNDED,
    "PROCESSING": Event.PENDING,
    "CLOSED": Event.REFUND_FAILED,
    "ABNORMAL": Event.REFUND_FAILED,
}
AGAIN = frozenset({"SYSTEM_ERROR", "FREQUENCY_LIMITED", "NOT_ENOUGH", "RATELIMIT_EXCEEDED"})
SIGNED = ("Wechatpay-Signature", "Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Serial")
SERIAL = re.compile(r"[0-9A-Fa-f]{8,64}")


class Wechat:
    """The platform's merchant account at WeChat Pay."""

    def __init__(self, client: WeChatPay, merchant: str, app: str, public_key_id: str) -> None:
        self._client, self._merchant, self._app = client, merchant, app
        self._public_key_id = public_key_id

    def place(self, order: Order, visit: Visit) -> Placed:
        """Open the order; on a phone as a page, else as a code to scan."""
        phone = visit.small_screen and bool(visit.ip)
        scene = {"payer_client_ip": visit.ip, "h5_info": {"type": "Wap"}}
        answer = self._call(
            "pay",
            description=order.subject,
            out_trade_no=order.name,
            amount={"total": order.amount, "currency": order.currency},
            time_expire=order.expires_at.astimezone(CST).isoformat(timespec="seconds"),
            notify_url=visit.notify,
            scene_info=scene if phone else None,
            pay_type=WeChatPayType.H5 if phone else WeChatPayType.NATIVE,
        )
        page = answer.get("h5_url" if phone else "code_url")
        if not page:
            raise GatewayFailed("no-page")
        return Placed(page=str(page))

    def read(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Said | None:
        notice = self._opened(headers, body, at)
        kind, resource = str(notice.get("event_type", "")), notice["resource"]
        if kind.startswith("COMPLAINT"):
            return self._complained(resource, at)
        check_same(resource.get("mchid"), self._merchant)
        if kind.startswith("REFUND"):
            return _refunded(resource)
        check_same(resource.get("appid"), self._app)
        return _traded(resource, at)

    def ask(self, order: Order) -> Said:
        now = datetime.now(UTC)
        try:
            answer = self._call("query", out_trade_no=order.name)
        except GatewayFailed as fault:
            if str(fault) not in ("ORDER_NOT_EXIST", "ORDERNOTEXIST"):
                raise
            return Said(Event.PENDING, order.id, order.amount, order.currency, now)
        check_same(answer.get("mchid"), self._merchant)
        if STATES.get(str(answer.get("trade_state"))) is not Event.PAID:
            # An order nobody paid is answered without an amount.
            answer = {"amount": {"total": order.amount, "currency": order.currency}, **answer}
        return _traded(answer, now)

    def close(self, order: Order) -> None:
        self._call("close", out_trade_no=order.name)

    def refund(self, order: Order, refund_id: UUID, amount: int) -> Event:
        money = {"refund": amount, "total": order.amount, "currency": order.currency}
        answer = self._call(
            "refund", out_refund_no=refund_id.hex, out_trade_no=order.name, amount=money
        )
        event = REFUNDS.get(str(answer.get("status")), Event.PENDING)
        if event is Event.REFUND_FAILED:
            raise GatewayFailed(str(answer.get("status")), again=False)
        return event

    def _call(self, verb: str, **fields: Any) -> dict[str, Any]:
        try:
            status, text = getattr(self._client, verb)(**fields)
            answer = json.loads(text) if text else {}
        except (RequestException, ValueError) as fault:
            raise GatewayFailed(type(fault).__name__) from None
        except Exception:  # noqa: BLE001  the client raises bare exceptions; their text may hold a body
            raise GatewayFailed("bad-signature") from None
        if not 200 <= status < 300:
            code = str(answer.get("code", status))
            raise GatewayFailed(code, again=status >= 500 or status == 429 or code in AGAIN)
        return dict(answer)

    def _opened(self, headers: Mapping[str, str], body: bytes, at: datetime) -> dict[str, Any]:
        """Check time and signer first: a forgery must not make us fetch certificates."""
        given = {mark: headers.get(mark, "") for mark in (*SIGNED, "Wechatpay-Signature-Type")}
        # Older notices do not name it; there is one algorithm.
        given["Wechatpay-Signature-Type"] = "WECHATPAY2-SHA256-RSA2048"
        _check_signer(given["Wechatpay-Serial"], self._public_key_id)
        try:
            signed_at = datetime.fromtimestamp(int(given["Wechatpay-Timestamp"]), UTC)
        except (ValueError, OverflowError, OSError) as fault:
            raise BadSignature from fault
        check_time(signed_at, at)
        try:
            notice = self._client.callback(given, body)
        except (RequestException, OSError):
            raise GatewayFailed("certificates") from None
        except Exception as fault:  # the client raises bare exceptions
            raise BadSignature from fault
        if not notice:
            raise BadSignature
        return dict(notice)

    def _complained(self, resource: Mapping[str, Any], at: datetime) -> Said | None:
        number = str(resource.get("complaint_id", ""))
        found = self._call("complaint_detail_query", complaint_id=number)
        orders = found.get("complaint_order_info") or []
        if not orders:
            return None
        first = orders[0]
        amount = whole(first.get("amount", 0))
        order = order_id(first.get("out_trade_no"))
        return Said(Event.COMPLAINED, order, amount, "CNY", at, number=number)


def gateway() -> Wechat:
    """
    Return the platform's account; its client is kept, for it may have fetched certificates.

    :raises ProviderNotReady: a name or a key is missing
    """
    merchant, app = keys.name(NAME, "merchant"), keys.name(NAME, "app_id")
    public = keys.key(NAME, "public.pem") if keys.has_key(NAME, "public.pem") else ""
    public_id = keys.name(NAME, "public_key_id") if public else ""
    private, secret = keys.key(NAME, "private.pem"), keys.key(NAME, "apiv3")
    serial, base = keys.name(NAME, "serial"), keys.optional(NAME, "gateway")
    certificates = str(keys.folder() / "wechat-certificates")
    if len(secret.encode()) != 32:
        raise ProviderNotReady(provider=NAME, missing="pay/wechat-apiv3 (32 bytes)")
    known = (merchant, app, serial, private, secret, public, public_id, base, certificates)
    return Wechat(_client(*known), merchant, app, public_id)


@lru_cache(maxsize=4)
def _client(
    merchant: str,
    app: str,
    serial: str,
    private: str,
    secret: str,
    public: str,
    public_id: str,
    base: str,
    certificates: str,
) -> WeChatPay:
    given = {"public_key": public or None, "public_key_id": public_id or None}
    try:
        client = WeChatPay(
            wechatpay_type=WeChatPayType.NATIVE,
            mchid=merchant,
            private_key=private,
            cert_serial_no=serial,
            appid=app,
            apiv3_key=secret,
            cert_dir=None if public else certificates,
            timeout=PATIENCE,
            **given,
        )
    except (RequestException, OSError):
        raise GatewayFailed("certificates") from None
    except Exception:  # noqa: BLE001  the client raises bare exceptions; their text may hold a key
        raise ProviderNotReady(provider=NAME, missing="pay/wechat-*.pem") from None
    if base:
        client._core._gate_way = base
    return client


def _check_signer(serial: str, public_key_id: str) -> None:
    """
    Refuse a signer that cannot be WeChat Pay's before anything is fetched for it.

    :raises BadSignature: not the public key of the settings, or no number of a certificate
    """
    known = serial == public_key_id if public_key_id else SERIAL.fullmatch(serial)
    if not known:
        raise BadSignature


def _traded(fields: Mapping[str, Any], now: datetime) -> Said:
    event = STATES.get(str(fields.get("trade_state")))
    if event is None:
        raise BadNotice
    amount = fields.get("amount") or {}
    return Said(
        event=event,
        order_id=order_id(fields.get("out_trade_no")),
        amount=whole(amount.get("total")),
        currency=str(amount.get("currency", "")),
        at=_moment(fields.get("success_time"), now),
        number=str(fields.get("transaction_id", "")),
    )


def _refunded(fields: Mapping[str, Any]) -> Said | None:
    event = REFUNDS.get(str(fields.get("refund_status")))
    if event is None or event is Event.PENDING:
        return None
    ours = str(fields.get("out_refund_no", ""))
    try:
        refund = UUID(hex=ours)
    except ValueError:
        refund = None
    amount = fields.get("amount") or {}
    return Said(
        event=event,
        order_id=order_id(fields.get("out_trade_no")),
        amount=whole(amount.get("refund")),
        currency=str(amount.get("currency") or "CNY"),
        at=_moment(fields.get("success_time"), datetime.now(UTC)),
        number=str(fields.get("refund_id", "")),
        refund=refund,
    )


def _moment(text: object, otherwise: datetime) -> datetime:
    if not text:
        return otherwise
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError as fault:
        raise BadNotice from fault
    if moment.tzinfo is None:
        raise BadNotice
    return moment
