"""
Alipay, WeChat Pay and Stripe as their own documents have them: they sign with keys made here, and
check what our clients sign.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from uuid import UUID, uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

from qinghe.settlement.models import CashierOrder
from tests.settlement.providers.house import Answer, Asked, House

Letter = tuple[dict[str, str], bytes]
CST = timezone(timedelta(hours=8))


@cache
def pair(name: str) -> rsa.RSAPrivateKey:
    """Return the key of one house or of our platform there; made once per run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(name: str) -> str:
    kind = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    return pair(name).private_bytes(serialization.Encoding.PEM, kind, plain).decode()


def public_pem(name: str) -> str:
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return pair(name).public_key().public_bytes(serialization.Encoding.PEM, kind).decode()


def signed(name: str, text: str) -> str:
    made = pair(name).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return base64.b64encode(made).decode()


def check_signed(name: str, text: str, signature: str) -> None:
    """Raise unless our client signed exactly this text."""
    pair(name).public_key().verify(
        base64.b64decode(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256()
    )


@cache
def certificate(name: str) -> tuple[str, str]:
    """Return a certificate of a key as PEM, and its number in hex."""
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "platform of a test")])
    number = x509.random_serial_number() | 1 << 155
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(pair(name).public_key())
        .serial_number(number)
        .not_valid_before(now - timedelta(days=365))
        .not_valid_after(now + timedelta(days=3650))
        .sign(pair(name), hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode(), f"{number:X}"


@dataclass
class Fake:
    """One provider: what it sends, and how it answers. `states` holds orders by our number."""

    house: House
    at: datetime
    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    # What the next refunds answer: done, pending, refused.
    mood: str = "done"
    down: bool = False
    name = ""

    def install(self, folder: Path) -> dict[str, str]:
        """Write our keys; return the names of the settings."""
        raise NotImplementedError

    def answer(self, asked: Asked) -> Answer:
        if self.down:
            return 503, {"Content-Type": "application/json"}, b"{}"
        return self.spoken(asked)

    def spoken(self, asked: Asked) -> Answer:
        raise NotImplementedError

    def paid(self, order: CashierOrder, **changes: Any) -> Letter:
        raise NotImplementedError

    def refunded(self, order: CashierOrder, amount: int, ours: UUID | None = None) -> Letter:
        raise NotImplementedError

    def forged(self, letter: Letter) -> Letter:
        raise NotImplementedError

    def number_of(self, order: CashierOrder) -> str:
        return f"{self.name}-{order.pk.hex[-16:]}"

    def pay(self, order: CashierOrder) -> None:
        """Let the money come without telling anybody."""
        self.states.setdefault(order.pk.hex, {})["paid"] = order


def write(folder: Path, name: str, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(0o600)


def yuan(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


class Alipay(Fake):
    name = "alipay"
    APP, SELLER = "2021000000000001", "2088000000000001"

    def install(self, folder: Path) -> dict[str, str]:
        write(folder, "alipay-private.pem", private_pem("alipay-us"))
        write(folder, "alipay-public.pem", public_pem("alipay"))
        gateway = f"{self.house.url}/gateway.do"
        return {
            "alipay_app_id": self.APP,
            "alipay_seller_id": self.SELLER,
            "alipay_gateway": gateway,
        }

    def spoken(self, asked: Asked) -> Answer:
        fields = dict(parse_qsl(urlsplit(asked.path).query))
        signature = fields.pop("sign")
        check_signed(
            "alipay-us", "&".join(f"{k}={v}" for k, v in sorted(fields.items())), signature
        )
        content = json.loads(fields["biz_content"])
        said = self._answered(fields["method"], content)
        name = fields["method"].replace(".", "_") + "_response"
        text = json.dumps(said, separators=(",", ":"))
        sign = json.dumps(signed("alipay", text))
        return 200, {}, f'{{"{name}":{text},"sign":{sign}}}'.encode()

    def _answered(self, method: str, content: dict[str, str]) -> dict[str, str]:
        fine = {"code": "10000", "msg": "Success"}
        order = self.states.get(content["out_trade_no"], {}).get("paid")
        if method == "alipay.trade.refund":
            return self._gave_back(content, fine)
        if method == "alipay.trade.fastpay.refund.query":
            done = content["out_request_no"] in self.refunds and self.mood == "done"
            return {**fine, **({"refund_status": "REFUND_SUCCESS"} if done else {})}
        if order is None:
            return {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_NOT_EXIST"}
        trade = {"out_trade_no": order.pk.hex, "trade_no": self.number_of(order)}
        paid = {"trade_status": "TRADE_SUCCESS", "total_amount": yuan(order.amount)}
        day = self.at.astimezone(CST).strftime("%Y-%m-%d %H:%M:%S")
        return {**fine, **trade, **paid, "send_pay_date": day}

    def _gave_back(self, content: dict[str, str], fine: dict[str, str]) -> dict[str, str]:
        if self.mood == "refused":
            return {"code": "40004", "msg": "", "sub_code": "ACQ.TRADE_HAS_CLOSE"}
        new = content["out_request_no"] not in self.refunds
        self.refunds[content["out_request_no"]] = dict(content)
        return {**fine, "fund_change": "Y" if new and self.mood == "done" else "N"}

    def paid(self, order: CashierOrder, **changes: Any) -> Letter:
        at = changes.get("at", self.at).astimezone(CST).strftime("%Y-%m-%d %H:%M:%S")
        fields = {
            "app_id": self.APP,
            "seller_id": changes.get("merchant", self.SELLER),
            "out_trade_no": order.pk.hex,
            "trade_no": self.number_of(order),
            "trade_status": "TRADE_SUCCESS",
            "total_amount": yuan(changes.get("amount", order.amount)),
            "trans_currency": changes.get("currency", "CNY"),
            "gmt_payment": at,
            "notify_time": at,
            "notify_id": uuid4().hex,
            "sign_type": "RSA2",
        }
        return self._letter({**fields, **changes.get("fields", {})})

    def refunded(self, order: CashierOrder, amount: int, ours: UUID | None = None) -> Letter:
        at = self.at.astimezone(CST).strftime("%Y-%m-%d %H:%M:%S")
        back = {"refund_fee": yuan(amount), "gmt_refund": f"{at}.001"}
        if ours:
            back["out_biz_no"] = ours.hex
        return self.paid(order, fields=back)

    def _letter(self, fields: dict[str, str]) -> Letter:
        text = "&".join(f"{k}={v}" for k, v in sorted(fields.items()) if k != "sign_type")
        body = urlencode({**fields, "sign": signed("alipay", text)})
        return {"Content-Type": "application/x-www-form-urlencoded"}, body.encode()

    def forged(self, letter: Letter) -> Letter:
        fields = dict(parse_qsl(letter[1].decode()))
        fields["sign"] = signed("somebody", "else")
        return letter[0], urlencode(fields).encode()


class Wechat(Fake):
    name = "wechat"
    APP, MERCHANT, KEY_ID = "wx0000000000000001", "1900000001", "PUB_KEY_ID_0000000000001"
    SECRET = "0123456789abcdef0123456789ABCDEF"
    by_certificate = False

    def install(self, folder: Path) -> dict[str, str]:
        write(folder, "wechat-private.pem", private_pem("wechat-us"))
        write(folder, "wechat-apiv3", self.SECRET)
        names = {
            "wechat_app_id": self.APP,
            "wechat_merchant": self.MERCHANT,
            "wechat_serial": "5157F09EFDC096DE15EBE81A47057A72",
            "wechat_gateway": self.house.url,
        }
        if self.by_certificate:
            write(folder / "wechat-certificates", "one.pem", certificate("wechat")[0])
            return names
        write(folder, "wechat-public.pem", public_pem("wechat"))
        return {**names, "wechat_public_key_id": self.KEY_ID}

    def spoken(self, asked: Asked) -> Answer:
        self._check(asked)
        status, said = self._answered(asked)
        body = json.dumps(said).encode() if said else b""
        headers = {
            "Content-Type": "application/json",
            **self._marks(body.decode(), datetime.now(UTC)),
        }
        return status, headers, body

    def _check(self, asked: Asked) -> None:
        told = asked.headers["Authorization"].partition(" ")[2]
        parts = dict(part.split("=", 1) for part in told.split(","))
        stamp, nonce = parts["timestamp"].strip('"'), parts["nonce_str"].strip('"')
        text = f"{asked.method}\n{asked.path}\n{stamp}\n{nonce}\n{asked.body.decode()}\n"
        check_signed("wechat-us", text, parts["signature"].strip('"'))

    def _answered(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        told = json.loads(asked.body) if asked.body else {}
        path = urlsplit(asked.path).path
        if path.endswith("/native"):
            return 200, {"code_url": "weixin://wxpay/bizpayurl?pr=test"}
        if path.endswith("/h5"):
            return 200, {"h5_url": "https://wx.example/h5?prepay_id=test"}
        if path.endswith("/close"):
            return 204, {}
        if path.endswith("/refunds"):
            return self._gave_back(told)
        if "/complaints-v2/" in path:
            orders = [
                {"out_trade_no": n, "amount": o["paid"].amount} for n, o in self.states.items()
            ]
            return 200, {"complaint_id": path.rsplit("/", 1)[1], "complaint_order_info": orders}
        order = self.states.get(path.rsplit("/", 1)[1], {}).get("paid")
        if order is None:
            return 404, {"code": "ORDER_NOT_EXIST", "message": ""}
        return 200, self._trade(order)

    def _gave_back(self, told: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.mood == "refused":
            return 403, {"code": "INVALID_REQUEST", "message": ""}
        self.refunds[told["out_refund_no"]] = told
        return 200, {"status": "SUCCESS" if self.mood == "done" else "PROCESSING"}

    def _trade(self, order: CashierOrder, **changes: Any) -> dict[str, Any]:
        return {
            "mchid": changes.get("merchant", self.MERCHANT),
            "appid": self.APP,
            "out_trade_no": order.pk.hex,
            "transaction_id": self.number_of(order),
            "trade_state": "SUCCESS",
            "success_time": self.at.astimezone(CST).isoformat(),
            "amount": {
                "total": changes.get("amount", order.amount),
                "currency": changes.get("currency", "CNY"),
            },
        }

    def paid(self, order: CashierOrder, **changes: Any) -> Letter:
        resource = self._trade(order, **changes)
        return self.letter("TRANSACTION.SUCCESS", resource, changes.get("at", self.at))

    def refunded(self, order: CashierOrder, amount: int, ours: UUID | None = None) -> Letter:
        resource = {
            "mchid": self.MERCHANT,
            "out_trade_no": order.pk.hex,
            "out_refund_no": ours.hex if ours else "elsewhere-1",
            "refund_id": f"r-{ours.hex if ours else 'elsewhere'}",
            "refund_status": "SUCCESS",
            "success_time": self.at.astimezone(CST).isoformat(),
            "amount": {"total": order.amount, "refund": amount},
        }
        return self.letter("REFUND.SUCCESS", resource, self.at)

    def letter(self, kind: str, resource: dict[str, Any], at: datetime) -> Letter:
        nonce, about = "0123456789ab", "transaction"
        sealed = AESGCM(self.SECRET.encode()).encrypt(
            nonce.encode(), json.dumps(resource).encode(), about.encode()
        )
        body = json.dumps(
            {
                "id": uuid4().hex,
                "event_type": kind,
                "resource_type": "encrypt-resource",
                "resource": {
                    "algorithm": "AEAD_AES_256_GCM",
                    "ciphertext": base64.b64encode(sealed).decode(),
                    "nonce": nonce,
                    "associated_data": about,
                },
            }
        )
        return self._marks(body, at), body.encode()

    def _marks(self, body: str, at: datetime) -> dict[str, str]:
        stamp, nonce = str(int(at.timestamp())), uuid4().hex
        serial = certificate("wechat")[1] if self.by_certificate else self.KEY_ID
        return {
            "Wechatpay-Signature": signed("wechat", f"{stamp}\n{nonce}\n{body}\n"),
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": serial,
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }

    def forged(self, letter: Letter) -> Letter:
        return {**letter[0], "Wechatpay-Signature": signed("somebody", "else")}, letter[1]


class Stripe(Fake):
    name = "stripe"
    KEY, SIGNING = "sk_test_0000", "whsec_0000"

    def install(self, folder: Path) -> dict[str, str]:
        write(folder, "stripe-key", self.KEY)
        write(folder, "stripe-webhook", self.SIGNING)
        return {"stripe_gateway": self.house.url, "stripe_account": "acct_ours"}

    def spoken(self, asked: Asked) -> Answer:
        if asked.headers.get("Authorization") != f"Bearer {self.KEY}":
            return 401, {}, b'{"error": {"type": "invalid_request_error"}}'
        told = {k: v[0] for k, v in parse_qs(asked.body.decode()).items()}
        status, said = self._answered(urlsplit(asked.path).path, told)
        return status, {"Content-Type": "application/json"}, json.dumps(said).encode()

    def _answered(self, path: str, told: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if path == "/v1/checkout/sessions":
            name = told["client_reference_id"]
            price = "line_items[0][price_data]"
            opened = {
                "id": f"cs_{name}",
                "object": "checkout.session",
                "client_reference_id": name,
                "amount_total": int(told[f"{price}[unit_amount]"]),
                "currency": told[f"{price}[currency]"],
            }
            self.states.setdefault(name, {})["opened"] = opened
            page = f"https://checkout.example/{name}"
            return 200, {"id": f"cs_{name}", "object": "checkout.session", "url": page}
        if path == "/v1/refunds":
            return self._gave_back(told)
        if path.startswith("/v1/payment_intents/"):
            number = path.rsplit("/", 1)[1]
            name = next(n for n in self.states if number.endswith(n[-16:]))
            return 200, {"id": number, "object": "payment_intent", "metadata": {"order": name}}
        name = path.removesuffix("/expire").rsplit("cs_", 1)[1]
        state = self.states.get(name, {})
        if path.endswith("/expire"):
            state["expired"] = True
        if state.get("paid"):
            return 200, {**self._session(state["paid"]), "status": "complete"}
        status = "expired" if state.get("expired") else "open"
        return 200, {**state["opened"], "payment_status": "unpaid", "status": status}

    def _gave_back(self, told: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if self.mood == "refused":
            error = {"type": "invalid_request_error", "code": "charge_disputed", "message": ""}
            return 400, {"error": error}
        self.refunds[told["metadata[refund]"]] = told
        state = "succeeded" if self.mood == "done" else "pending"
        return 200, {"id": "re_1", "object": "refund", "status": state}

    def _session(self, order: CashierOrder, **changes: Any) -> dict[str, Any]:
        return {
            "id": f"cs_{order.pk.hex}",
            "object": "checkout.session",
            "client_reference_id": order.pk.hex,
            "payment_intent": self.number_of(order),
            "payment_status": "paid",
            "amount_total": changes.get("amount", order.amount),
            "currency": changes.get("currency", order.currency).lower(),
        }

    def paid(self, order: CashierOrder, **changes: Any) -> Letter:
        account = {"account": changes["merchant"]} if "merchant" in changes else {}
        thing = self._session(order, **changes)
        return self.letter("checkout.session.completed", thing, changes.get("at", self.at), account)

    def refunded(self, order: CashierOrder, amount: int, ours: UUID | None = None) -> Letter:
        self.states.setdefault(order.pk.hex, {})
        marks = {"order": order.pk.hex, "refund": ours.hex} if ours else {}
        thing = {
            "id": f"re_{ours.hex if ours else 'elsewhere'}",
            "object": "refund",
            "status": "succeeded",
            "payment_intent": self.number_of(order),
            "amount": amount,
            "currency": order.currency.lower(),
            "metadata": marks,
        }
        return self.letter("refund.updated", thing, self.at)

    def disputed(self, order: CashierOrder, what: str, amount: int | None = None) -> Letter:
        self.states.setdefault(order.pk.hex, {})
        thing = {
            "id": "dp_1",
            "object": "dispute",
            "payment_intent": self.number_of(order),
            "amount": order.amount if amount is None else amount,
            "currency": order.currency.lower(),
        }
        return self.letter(f"charge.dispute.{what}", thing, self.at)

    def letter(
        self, kind: str, thing: dict[str, Any], at: datetime, more: dict[str, Any] | None = None
    ) -> Letter:
        stamp = int(at.timestamp())
        event = {
            "id": f"evt_{uuid4().hex}",
            "object": "event",
            "type": kind,
            "livemode": False,
            "created": stamp,
            "data": {"object": thing},
            **(more or {}),
        }
        body = json.dumps(event).encode()
        made = hmac.new(self.SIGNING.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
        return {"Stripe-Signature": f"t={stamp},v1={made.hexdigest()}"}, body

    def forged(self, letter: Letter) -> Letter:
        stamp = letter[0]["Stripe-Signature"].partition(",")[0]
        return {"Stripe-Signature": f"{stamp},v1={'0' * 64}"}, letter[1]


FAKES = {"alipay": Alipay, "wechat": Wechat, "stripe": Stripe}
