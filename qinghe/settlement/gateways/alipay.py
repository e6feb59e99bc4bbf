"""
Alipay (open platform, RSA2): page or phone payment, signed form notices, query, refund, close.

Fields and states: Alipay open platform, alipay.trade.page.pay / wap.pay / query / refund /
fastpay.refund.query / close and the asynchronous notice. Moments are China Standard Time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from alipay import AliPay
from alipay.exceptions import AliPayException, AliPayValidationError

from qinghe.kernel.money import to_major
from qinghe.settlement.cashier import BadNotice, BadSignature
from qinghe.settlement.gateways import keys
from qinghe.settlement.gateways.message import Event, GatewayFailed, Order, Placed, Said, Visit
from qinghe.settlement.gateways.reading import check_same, check_time, minor, order_id
from qinghe.settlement.provider_refusals import ProviderNotReady

NAME = "alipay"
CURRENCY = "CNY"
CST = timezone(timedelta(hours=8))
STAMP = "%Y-%m-%d %H:%M:%S"
# A notice nobody took comes again for 24 hours and 22 minutes.
RESENT = timedelta(hours=25)
FINE, NOT_THERE = "10000", "ACQ.TRADE_NOT_EXIST"
STATES = {
    "WAIT_BUYER_PAY": Event.PENDING,
    "TRADE_SUCCESS": Event.PAID,
    "TRADE_FINISHED": Event.PAID,
    "TRADE_CLOSED": Event.FAILED,
}
# The account may be filled, the system may recover: the same refund is asked for again.
AGAIN = frozenset({"ACQ.SYSTEM_ERROR", "ACQ.SELLER_BALANCE_NOT_ENOUGH", "aop.ACQ.SYSTEM_ERROR"})


class Alipay:
    """The platform's account at Alipay."""

    def __init__(self) -> None:
        self._app, self._seller = keys.name(NAME, "app_id"), keys.name(NAME, "seller_id")
        private, public = keys.key(NAME, "private.pem"), keys.key(NAME, "public.pem")
        try:
            self._client = AliPay(
                appid=self._app, app_private_key_string=private, alipay_public_key_string=public
            )
        except (ValueError, IndexError, TypeError):
            # Without its cause: that could show a part of the key.
            raise ProviderNotReady(provider=NAME, missing="pay/alipay-*.pem") from None
        self._client._gateway = keys.optional(NAME, "gateway") or self._client._gateway

    def place(self, order: Order, visit: Visit) -> Placed:
        """Return the signed address of Alipay's page; nothing is sent yet."""
        phone = visit.small_screen
        content = {
            "out_trade_no": order.name,
            "total_amount": _major(order.amount),
            "subject": order.subject,
            "product_code": "QUICK_WAP_WAY" if phone else "FAST_INSTANT_TRADE_PAY",
            "time_expire": order.expires_at.astimezone(CST).strftime(STAMP),
            "seller_id": self._seller,
        }
        method = "alipay.trade.wap.pay" if phone else "alipay.trade.page.pay"
        where = {"return_url": visit.back, "notify_url": visit.notify}
        query = self._client.client_api(method, content, timestamp=_now(), **where)
        return Placed(page=f"{self._client._gateway}?{query}")

    def read(self, headers: Mapping[str, str], body: bytes, at: datetime) -> Said | None:
        fields = self._verified(body)
        check_same(fields.get("app_id"), self._app)
        check_same(fields.get("seller_id"), self._seller)
        check_time(_moment(fields.get("notify_time")), at, past=RESENT)
        if fields.get("refund_fee"):
            return _refunded(fields)
        return _traded(fields, fields.get("gmt_payment") or fields.get("notify_time"))

    def ask(self, order: Order) -> Said:
        answer = self._call("alipay.trade.query", {"out_trade_no": order.name})
        if answer.get("sub_code") == NOT_THERE:
            now = datetime.now(UTC)
            return Said(Event.PENDING, order.id, order.amount, order.currency, now)
        _check_fine(answer)
        paid_at = answer.get("send_pay_date") or datetime.now(CST).strftime(STAMP)
        return _traded(answer, paid_at)

    def close(self, order: Order) -> None:
        answer = self._call("alipay.trade.close", {"out_trade_no": order.name})
        if answer.get("sub_code") != NOT_THERE:
            _check_fine(answer)

    def refund(self, order: Order, refund_id: UUID, amount: int) -> Event:
        which = {"out_trade_no": order.name, "out_request_no": refund_id.hex}
        answer = self._call("alipay.trade.refund", {**which, "refund_amount": _major(amount)})
        _check_fine(answer)
        if answer.get("fund_change") == "Y":
            return Event.REFUNDED
        # No change: it went before, or it has not gone yet.
        found = self._call("alipay.trade.fastpay.refund.query", which)
        _check_fine(found)
        done = found.get("refund_status") == "REFUND_SUCCESS"
        return Event.REFUNDED if done else Event.PENDING

    def _call(self, method: str, content: dict[str, str]) -> dict[str, Any]:
        try:
            answer = self._client.server_api(method, content, timestamp=_now())
        except AliPayException:
            raise GatewayFailed("unsigned-answer") from None
        except AliPayValidationError:
            raise GatewayFailed("bad-signature") from None
        except (OSError, ValueError) as fault:
            raise GatewayFailed(type(fault).__name__) from None
        return dict(answer)

    def _verified(self, body: bytes) -> dict[str, str]:
        try:
            fields = dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
            signature = fields.pop("sign")
            sound = fields.get("sign_type") == "RSA2" and self._client.verify(
                dict(fields), signature
            )
        except (ValueError, KeyError, AliPayException) as fault:
            raise BadSignature from fault
        if not sound:
            raise BadSignature
        return fields


def gateway() -> Alipay:
    """
    Return the platform's account.

    :raises ProviderNotReady: a name or a key is missing
    """
    return Alipay()


def _traded(fields: Mapping[str, Any], moment: object) -> Said:
    event = STATES.get(str(fields.get("trade_status")))
    if event is None:
        raise BadNotice
    return Said(
        event=event,
        order_id=order_id(fields.get("out_trade_no")),
        amount=minor(fields.get("total_amount"), CURRENCY),
        currency=str(fields.get("trans_currency") or CURRENCY),
        at=_moment(moment),
        number=str(fields.get("trade_no", "")),
    )


def _refunded(fields: Mapping[str, str]) -> Said:
    """Read a notice of money given back; its amount is all that went back so far."""
    ours = fields.get("out_biz_no", "")
    try:
        refund = UUID(hex=ours)
    except ValueError:
        refund = None
    return Said(
        event=Event.REFUNDED,
        order_id=order_id(fields.get("out_trade_no")),
        amount=minor(fields["refund_fee"], CURRENCY),
        currency=CURRENCY,
        at=_moment(fields.get("gmt_refund", "").partition(".")[0] or fields.get("notify_time")),
        number=f"{fields.get('trade_no', '')}/{fields['refund_fee']}",
        refund=refund,
        whole=True,
    )


def _check_fine(answer: Mapping[str, Any]) -> None:
    if answer.get("code") == FINE:
        return
    code = str(answer.get("sub_code") or answer.get("code"))
    raise GatewayFailed(code, again=code in AGAIN or answer.get("code") == "20000")


def _moment(text: object) -> datetime:
    try:
        return datetime.strptime(str(text), STAMP).replace(tzinfo=CST)
    except ValueError as fault:
        raise BadNotice from fault


def _now() -> str:
    return datetime.now(CST).strftime(STAMP)


def _major(amount: int) -> str:
    return f"{to_major(amount, CURRENCY):.2f}"
