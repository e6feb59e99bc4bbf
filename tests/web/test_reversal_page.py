"""A payment is undone in two steps: what will happen, then the act with its reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from qinghe.claims.models import Claim
from qinghe.journal.models import Entry
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.reporting.queries.waiting import waiting
from qinghe.settlement import cashier, services
from qinghe.settlement.models import Payment, Refund
from qinghe.settlement.terms import ASKED_DAYS
from tests import factories
from tests.factories import AT, claim, collector, debtor_of, mandate
from tests.settlement.test_payments import fresh, pay
from tests.shown import fields_of
from tests.web.people import signed_in, sock_of

pytestmark = pytest.mark.django_db


def send(client: Client, here: str, **data: str) -> str:
    """Open the page and send its form, or its agreement; return the page after it."""
    answer = client.post(here, {**fields_of(client, here), **data}, follow=True)
    assert answer.status_code in (200, 422), answer.status_code
    return answer.text


def paid_at_the_cashier() -> tuple[Claim, Payment]:
    target = claim(principal=10_000)
    order = services.create_cashier_order(
        claim_id=target.pk, amount=4_000, actor=debtor_of(target), at=AT
    )
    notice = cashier.Notice(order.pk, cashier.PAID, 4_000, "CNY", AT)
    body = cashier.notice_body(notice)
    services.receive_notice(body=body, signature=cashier.sign(body), at=AT)
    return target, Payment.objects.get()


def test_the_page_says_what_will_happen_before_it_happens() -> None:
    target = claim(principal=9_000)
    mandate(target, collector())
    payment = pay(target, 9_000)
    client = signed_in(Role.OPERATOR)
    here = f"/payments/{payment.pk}/reverse/"
    assert here in client.get("/payments/").content.decode()

    page = client.get(here).content.decode()
    assert "The claim opens again." in page
    assert "The commission of" in page
    assert fresh(target).state == "closed"


def test_a_reason_is_asked_for_and_stands_in_the_journal() -> None:
    target = claim(principal=9_000)
    payment = pay(target, 4_000)
    client = signed_in(Role.OPERATOR)
    here = f"/payments/{payment.pk}/reverse/"
    assert client.post(here, {"reason": " "}).status_code == 422
    assert fresh(target).paid == 4_000

    done = send(client, here, reason="bounced")
    assert "The payment was reversed." in done
    assert fresh(target).paid == 0
    assert Entry.objects.get(kind="payment.reversed").facts["reason"] == "bounced"


def test_what_is_reversed_offers_no_second_time() -> None:
    payment = pay(claim(), 100)
    client = signed_in(Role.OPERATOR)
    here = f"/payments/{payment.pk}/reverse/"
    send(client, here, reason="bounced")
    assert client.get(here).status_code == 409
    assert here not in client.get("/payments/").content.decode()


def test_a_creditor_is_offered_no_reversal() -> None:
    target = claim()
    payment = pay(target, 100)
    page = signed_in(Role.CREDITOR, target.creditor).get("/payments/").content.decode()
    assert 'data-test="payment"' in page
    assert f"/payments/{payment.pk}/reverse/" not in page
    # A slip of its own it takes back.
    assert f"/payments/{payment.pk}/take-back/" in page


def test_where_a_debtor_paid_here_the_page_asks_a_second_person() -> None:
    target = claim(principal=9_000)
    payment = pay(target, 9_000, source="cashier")
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    here = f"/payments/{payment.pk}/reverse/"
    assert "Asked." in send(one, here, reason="bounced")
    for tied in (one, sock_of(one, Role.OPERATOR)):
        assert "A second person who stands apart must agree." in tied.get(here).text
    assert "another person must agree" in send(one, here, reason="bounced")
    assert fresh(target).paid == 9_000
    shown = other.get(here).text
    assert all(each in shown for each in ("bounced", "Nothing is sent to the payer."))
    assert "The payment was reversed." in send(other, here, agree="1")
    assert fresh(target).paid == 0
    assert not Refund.objects.exists()


def test_the_second_person_agrees_to_what_was_asked_or_asks_anew() -> None:
    target, payment = paid_at_the_cashier()
    one, other, third = (signed_in(Role.OPERATOR) for _each in range(3))
    here = f"/payments/{payment.pk}/reverse/"
    send(one, here, reason="bounced")
    assert "Asked." in send(other, here, reason="bounced", send_back="on")
    assert (fresh(target).paid, Refund.objects.count()) == (4_000, 0)
    assert "It is sent back to the payer" in third.get(here).text
    send(third, here, agree="1")
    refund = Refund.objects.get()
    assert (refund.asked_by, refund.agreed_by) == tuple(
        f"operator:{each.session['_auth_user_id']}" for each in (other, third)
    )


@pytest.mark.parametrize("agree", [{"agree": "1"}, {"reason": "bounced", "send_back": "on"}])
def test_an_old_page_agrees_to_nothing_that_was_asked_later(agree: dict[str, str]) -> None:
    target, payment = paid_at_the_cashier()
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    here = f"/payments/{payment.pk}/reverse/"
    send(one, here, reason="bounced")
    old = fields_of(other, here)
    send(one, here, reason="bounced", send_back="on")
    told = other.post(here, {**old, **agree}, follow=True).text
    assert "This changed after you opened the page" in told
    assert (fresh(target).paid, Refund.objects.count()) == (4_000, 0)


WORDS = {
    "en": (
        "Can be agreed to until 12-07 12:00.",
        "a second person agrees, until 12-07 12:00",
        "Withdrawn.",
        "This changed after you opened the page",
    ),
    "zh-hans": (
        "12-07 12:00 前可由第二人同意",
        "12-07 12:00 前须由第二人同意",
        "已撤回，还款仍然入账",
        "您打开页面之后，内容已有变化",
    ),
}


@pytest.mark.parametrize("lang", WORDS)
@pytest.mark.parametrize("by", [0, 1])
def test_a_request_says_until_when_and_is_withdrawn_on_the_page(lang: str, by: int) -> None:
    target, payment = paid_at_the_cashier()
    clients = [signed_in(Role.OPERATOR, lang=lang) for _each in range(2)]
    here = f"/payments/{payment.pk}/reverse/"
    says_until, in_list, withdrawn, changed = WORDS[lang]
    with clock.at(AT):
        send(clients[0], here, reason="bounced")
        assert all(says_until in each.get(here).text for each in clients)
        assert in_list in clients[1].get("/payments/").text
        old = fields_of(clients[1 - by], here)
        assert withdrawn in send(clients[by], here, withdraw="1")
        page = clients[1].get(here).text
        assert 'data-test="asked"' not in page
        assert 'data-test="withdraw-reversal"' not in page
        # An old page neither agrees nor withdraws.
        for press in ("agree", "withdraw"):
            clients[1 - by].post(here, {**old, press: "1", "request_key": press})
        send(clients[0], here, reason="paid twice")
        told = clients[1].post(here, {**old, "withdraw": "1", "request_key": "anew"}, follow=True)
    assert changed in told.text
    payment.refresh_from_db()
    assert (payment.state, payment.reversal_reason) == ("posted", "paid twice")
    assert fresh(target).paid == 4_000


def test_a_request_that_lapsed_is_shown_nowhere() -> None:
    _target, payment = paid_at_the_cashier()
    client, here = signed_in(Role.OPERATOR), f"/payments/{payment.pk}/reverse/"
    with clock.at(AT):
        send(client, here, reason="bounced")
    with clock.at(AT + timedelta(days=ASKED_DAYS)):
        for page in (here, "/payments/"):
            assert 'data-test="asked"' not in client.get(page).text


def test_a_creditor_withdraws_its_own_request_and_asks_again_when_it_lapsed() -> None:
    target = claim(principal=9_000)
    payment = pay(target, 9_000)
    own, colleague = (signed_in(Role.CREDITOR, target.creditor) for _each in range(2))
    here = f"/payments/{payment.pk}/take-back/"
    with clock.at(AT):
        own.post(here, {"reason": "never-came"})
        page = own.get(here).text
        assert "Can be agreed to until 12-07 12:00." in page
        assert "or the claim was settled" in page
        assert 'data-test="opens-again"' in page
        assert "until 12-07 12:00" in own.get("/payments/").text
        assert 'data-test="take-back"' not in page
        assert 'data-test="withdraw-reversal"' in page
        assert 'data-test="withdraw-reversal"' not in colleague.get(here).text
        answer = own.post(here, {**fields_of(own, here), "withdraw": "1"}, follow=True)
        assert "Withdrawn. The payment stays booked." in answer.text
        assert 'data-test="take-back"' in own.get(here).text
        own.post(here, {"reason": "reported-twice"})
    with clock.at(AT + timedelta(days=ASKED_DAYS)):
        assert 'data-test="take-back"' in own.get(here).text
        own.post(here, {"reason": "never-came"})
    payment.refresh_from_db()
    assert (payment.state, payment.reversal_reason) == ("posted", "never-came")
    with clock.at(AT + timedelta(days=ASKED_DAYS)):
        page = signed_in(Role.OPERATOR).get(f"/payments/{payment.pk}/reverse/").text
        assert "The money never came, or went back" in page
        assert "never-came" not in page


def test_a_settled_claim_is_not_opened_again_by_one_person() -> None:
    target = claim(principal=9_000)
    payment = pay(target, 9_000)
    here = f"/payments/{payment.pk}/reverse/"
    first = signed_in(Role.OPERATOR)
    assert 'data-test="opens-again"' in first.get(here).text
    assert "Asked." in send(first, here, reason="a mistake")
    assert fresh(target).state == "closed"
    send(signed_in(Role.OPERATOR), here, agree="1")
    assert fresh(target).state == "ready"


def test_what_waits_for_a_second_person_is_counted_and_found() -> None:
    _target, payment = paid_at_the_cashier()
    client = signed_in(Role.OPERATOR)
    with clock.at(AT):
        assert payment.reference not in client.get("/payments/?state=asked").text
        send(client, f"/payments/{payment.pk}/reverse/", reason="bounced")
        assert payment.reference[:10] in client.get("/payments/?state=asked").text
        boss = factories.actor(Role.OPERATOR)
        assert waiting(actor=boss, at=AT)["undoings"] == 1
    later = AT + timedelta(days=ASKED_DAYS)
    assert waiting(actor=boss, at=later)["undoings"] == 0
    with clock.at(later):
        assert payment.reference[:10] not in client.get("/payments/?state=asked").text
