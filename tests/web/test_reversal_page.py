"""A payment is undone in two steps: what will happen, then the act with its reason."""

from __future__ import annotations

import pytest

from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role
from tests.factories import claim, collector, mandate
from tests.settlement.test_payments import fresh, pay
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db


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

    done = client.post(here, {"reason": "bounced"}, follow=True).content.decode()
    assert "The payment was reversed." in done
    assert fresh(target).paid == 0
    assert Entry.objects.get(kind="payment.reversed").facts["reason"] == "bounced"


def test_what_is_reversed_offers_no_second_time() -> None:
    payment = pay(claim(), 100)
    client = signed_in(Role.OPERATOR)
    here = f"/payments/{payment.pk}/reverse/"
    client.post(here, {"reason": "bounced"})
    assert client.get(here).status_code == 409
    assert here not in client.get("/payments/").content.decode()


def test_a_creditor_is_offered_no_reversal() -> None:
    target = claim()
    payment = pay(target, 100)
    page = signed_in(Role.CREDITOR, target.creditor).get("/payments/").content.decode()
    assert 'data-test="payment"' in page
    assert str(payment.pk) not in page


def test_where_a_debtor_paid_here_the_page_asks_a_second_person() -> None:
    target = claim(principal=9_000)
    payment = pay(target, 9_000, source="cashier")
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    here = f"/payments/{payment.pk}/reverse/"
    assert "Asked." in one.post(here, {"reason": "bounced"}, follow=True).content.decode()
    assert "You asked for this" in one.get(here).content.decode()
    assert "another person must agree" in one.post(here, {"reason": "x"}).content.decode()
    assert fresh(target).paid == 9_000
    assert "A colleague asked for this" in other.get(here).content.decode()
    other.post(here, {"reason": "bounced"})
    assert fresh(target).paid == 0
