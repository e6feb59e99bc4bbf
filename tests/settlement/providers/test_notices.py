"""Orders and notices of each provider, through its real client: what books, and what never."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qinghe.claims.models import Claim
from qinghe.journal.models import Entry
from qinghe.ledger.models import Transfer
from qinghe.settlement import accounts, refusals, services
from qinghe.settlement.cashier import BadNotice, BadSignature
from qinghe.settlement.models import CashierOrder, Dispute, Payment, Refund
from qinghe.settlement.provider_refusals import (
    NoSuchProvider,
    NoticeTooOld,
    ProviderNotReady,
    ProviderSilent,
    WrongMerchant,
)
from tests.factories import AT, claim
from tests.settlement.providers.conftest import assert_sound, order_at, tell
from tests.settlement.providers.fakes import Fake, Wechat, certificate, signed

pytestmark = pytest.mark.django_db
PAGES = {
    "alipay": "/gateway.do?",
    "wechat": "weixin://wxpay/",
    "stripe": "https://checkout.example/",
}


def owed(target: Claim) -> int:
    return Claim.objects.get(pk=target.pk).owed


def test_an_order_is_opened_there_under_our_number(fake: Fake) -> None:
    order = order_at(fake, claim(principal=10_000))
    assert PAGES[fake.name] in order.page
    assert order.ask_at is not None
    sent = order.page + "".join(a.body.decode() + a.path for a in fake.house.asked)
    assert order.pk.hex in sent


@pytest.mark.parametrize("fake", ["alipay", "wechat"], indirect=True)
def test_on_a_phone_the_payer_gets_a_page(fake: Fake) -> None:
    page = order_at(fake, claim(principal=10_000), small_screen=True, ip="192.0.2.7").page
    assert "trade.wap.pay" in page if fake.name == "alipay" else page.startswith("https://wx.")


def test_what_leaves_the_house_says_nothing_of_a_debt(fake: Fake) -> None:
    target = claim(principal=10_000)
    order = order_at(fake, target)
    sent = order.page + "".join(asked.body.decode() for asked in fake.house.asked)
    for word in (target.number, str(target.pk), target.pk.hex, str(target.debtor_id), "debt"):
        assert word not in sent


def test_a_paid_notice_books_the_money_in_the_box_of_its_provider(fake: Fake) -> None:
    target = claim(principal=10_000)
    order = order_at(fake, target)
    tell(fake, fake.paid(order))
    order.refresh_from_db()
    assert (order.state, order.number, order.ask_at) == ("paid", fake.number_of(order), None)
    assert owed(target) == 6_000
    box = accounts.cash(fake.name, target.pk)
    assert sum(t.amount for t in Transfer.objects.filter(debit__path=box)) == 4_000
    assert_sound()


def test_a_forged_notice_is_refused(fake: Fake) -> None:
    order = order_at(fake, claim(principal=10_000))
    with pytest.raises(BadSignature):
        tell(fake, fake.forged(fake.paid(order)))
    with pytest.raises((BadSignature, NoticeTooOld)):
        tell(fake, ({}, b""))
    assert not Payment.objects.exists()


def test_a_changed_notice_is_refused(fake: Fake) -> None:
    order = order_at(fake, claim(principal=10_000))
    headers, body = fake.paid(order)
    with pytest.raises(BadSignature):
        tell(fake, (headers, body.replace(b"a", b"b", 1)))
    assert not Payment.objects.exists()


@pytest.mark.parametrize("changes", [{"amount": 1}, {"amount": 4_001}, {"currency": "USD"}])
def test_another_amount_or_currency_is_refused(fake: Fake, changes: dict[str, object]) -> None:
    order = order_at(fake, claim(principal=10_000))
    with pytest.raises(refusals.NoticeDiffers):
        tell(fake, fake.paid(order, **changes))
    assert not Payment.objects.exists()


def test_a_notice_about_another_merchant_is_refused(fake: Fake) -> None:
    order = order_at(fake, claim(principal=10_000))
    with pytest.raises(WrongMerchant):
        tell(fake, fake.paid(order, merchant="2088999999999999"))
    assert not Payment.objects.exists()


@pytest.mark.parametrize("days", [-3, 3])
def test_a_notice_of_another_day_is_refused(fake: Fake, days: int) -> None:
    order = order_at(fake, claim(principal=10_000))
    with pytest.raises(NoticeTooOld):
        tell(fake, fake.paid(order, at=AT + timedelta(days=days)))
    assert not Payment.objects.exists()


def test_the_notice_of_one_provider_pays_no_order_of_another(fake: Fake) -> None:
    order = order_at(fake, claim(principal=10_000))
    CashierOrder.objects.filter(pk=order.pk).update(provider="sandbox")
    with pytest.raises(refusals.NoSuchOrder):
        tell(fake, fake.paid(order))


def test_money_that_comes_late_is_booked(fake: Fake) -> None:
    target = claim(principal=10_000)
    order = order_at(fake, target)
    CashierOrder.objects.filter(pk=order.pk).update(state="expired", ask_at=None)
    later = AT + timedelta(hours=20)
    tell(fake, fake.paid(order, at=later), at=later)
    assert owed(target) == 6_000
    assert_sound()


def counts() -> tuple[int, ...]:
    tables = (Payment, Transfer, Entry, Refund, Dispute)
    return tuple(table.objects.count() for table in tables)


def test_a_notice_told_a_thousand_times_changes_nothing_after_the_first(fake: Fake) -> None:
    order = order_at(fake, claim(principal=10_000))
    letter = fake.paid(order)
    tell(fake, letter)
    before = counts()
    for _time in range(1_000):
        tell(fake, letter)
    assert counts() == before
    with CaptureQueriesContext(
        connection,
    ) as asked:
        tell(fake, letter)
    assert not [q for q in asked if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert len(asked) <= 10


def test_a_way_that_is_not_offered_takes_no_notice(fake: Fake) -> None:
    for stranger in ("sandbox", "paypal", "../alipay"):
        with pytest.raises(NoSuchProvider):
            services.receive_provider_notice(provider=stranger, headers={}, body=b"", at=AT)


def test_a_way_that_is_not_offered_takes_no_order(fake: Fake) -> None:
    other = {"alipay": "wechat", "wechat": "stripe", "stripe": "alipay"}[fake.name]
    fake.name = other  # type: ignore[misc]
    with pytest.raises(refusals.NoCashier):
        order_at(fake, claim(principal=10_000))


@pytest.mark.parametrize("fake", ["alipay", "wechat"], indirect=True)
def test_what_takes_only_yuan_is_not_offered_for_other_money(fake: Fake) -> None:
    with pytest.raises(refusals.NoCashier):
        order_at(fake, claim(principal=10_000, currency="USD"))


def test_a_missing_key_is_named_and_nothing_else_of_it(fake: Fake, settings: Any) -> None:
    keys = sorted(settings.PAY_KEYS.glob("*-*"))
    path = next(key for key in keys if key.is_file())
    text = path.read_text()
    path.chmod(0o644)
    with pytest.raises(ProviderNotReady) as found:
        order_at(fake, claim(principal=10_000))
    assert path.name in str(found.value)
    path.unlink()
    if path.name != "wechat-public.pem":
        with pytest.raises(ProviderNotReady) as found:
            order_at(fake, claim(principal=10_000))
        assert path.name in str(found.value)
    assert text[:40] not in str(found.value)


@pytest.mark.parametrize("fake", ["wechat", "stripe"], indirect=True)
def test_a_provider_that_is_down_is_said_to_be(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qinghe.settlement.gateways.stripe.TRIES", 0)
    fake.down = True
    with pytest.raises(ProviderSilent):
        order_at(fake, claim(principal=10_000))


@pytest.mark.parametrize("fake", ["wechat"], indirect=True)
class TestWechat:
    def test_the_platform_certificate_signs_as_well(self, fake: Wechat, settings: Any) -> None:
        folder = settings.PAY_KEYS
        (folder / "wechat-public.pem").unlink()
        fake.by_certificate = True
        settings.PAY_NAMES = fake.install(folder)
        target = claim(principal=10_000)
        order = order_at(fake, target)
        tell(fake, fake.paid(order))
        assert owed(target) == 6_000
        with pytest.raises(BadSignature):
            tell(fake, fake.forged(fake.paid(order)))

    def test_an_unknown_signer_makes_nobody_fetch_anything(self, fake: Wechat) -> None:
        order = order_at(fake, claim(principal=10_000))
        headers, body = fake.paid(order)
        asked = len(fake.house.asked)
        for serial in (certificate("somebody")[1], "", "PUB_KEY_ID_1"):
            with pytest.raises(BadSignature):
                tell(fake, ({**headers, "Wechatpay-Serial": serial}, body))
        assert len(fake.house.asked) == asked

    def test_a_seal_with_another_key_is_no_notice(self, fake: Wechat) -> None:
        order = order_at(fake, claim(principal=10_000))
        kept, fake.SECRET = fake.SECRET, "f" * 32
        letter = fake.paid(order)
        fake.SECRET = kept
        with pytest.raises((BadSignature, BadNotice)):
            tell(fake, letter)


@pytest.mark.parametrize("fake", ["alipay"], indirect=True)
def test_an_answer_that_alipay_did_not_sign_says_nothing(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = claim(principal=10_000)
    order = order_at(fake, target)
    fake.pay(order)
    monkeypatch.setattr(
        "tests.settlement.providers.fakes.signed", lambda name, text: signed("somebody", text)
    )
    assert services.ask_provider(order_id=order.pk, at=AT) == "created"
    assert owed(target) == 10_000
