"""Two persons close a month on the page; organisations find their statement, and no others."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from qinghe.kernel import clock
from qinghe.kernel.actor import Role, system
from qinghe.settlement.models import Invoice, KeptStatement, MonthClose
from qinghe.settlement.services import list_statements, make_statements
from tests.factories import claim, collector, mandate
from tests.settlement.test_payments import pay
from tests.shown import fields_of
from tests.web.people import signed_in, sock_of

THEN = datetime(2026, 12, 2, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def see(client: Client, place: str) -> str:
    with clock.at(THEN):
        return client.get(place).content.decode()


def act(client: Client, place: str, **told: str) -> str:
    with clock.at(THEN):
        return client.post(f"/months/{place}/", told, follow=True).content.decode()


def closed(client: Client, close: MonthClose) -> str:
    with clock.at(THEN):
        shown = fields_of(client, "/months/", f"/months/{close.pk}/close/")
    return act(client, f"{close.pk}/close", **shown)


def test_nothing_to_close_says_from_when_there_is() -> None:
    page = see(signed_in(Role.OPERATOR), "/months/")
    assert "The one that runs can be closed from 2027-01-01 00:00 on" in page


def test_a_month_is_closed_by_two_and_its_statements_are_found() -> None:
    target = claim()
    pay(target, 500, source="cashier")
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    assert "2026-11" in see(one, "/months/")
    assert "stands apart closes it" in act(one, "2026-11/ask", explanation="")
    page = see(sock_of(one, Role.OPERATOR), "/months/")
    assert 'data-test="another-closes"' in page
    assert 'data-test="close-month"' not in page
    assert 'data-test="close-month"' in see(other, "/months/")
    close = MonthClose.objects.get()
    assert "by two persons" in act(one, f"{close.pk}/close")
    # An old page that showed nothing of what is open.
    assert "This changed after you opened the page" in act(other, f"{close.pk}/close")
    assert "Closed. Nothing can be booked" in closed(other, close)
    assert "being made" in see(other, "/months/")

    list_statements(close_id=close.pk, actor=system("t"), at=THEN)
    make_statements(close_id=close.pk, actor=system("t"), at=THEN)
    row = KeptStatement.objects.get()
    mine = signed_in(Role.CREDITOR, target.creditor)
    assert row.number in see(mine, "/statements/monthly/")
    with clock.at(THEN):
        answer = mine.get(f"/statements/monthly/{row.pk}.pdf")
        assert answer.content.startswith(b"%PDF-")
        assert mine.get(f"/statements/monthly/{row.pk}.exe").status_code == 404
        stranger = signed_in(Role.CREDITOR)
        assert stranger.get(f"/statements/monthly/{row.pk}.pdf").status_code == 404
    assert row.number not in see(stranger, "/statements/monthly/")


def test_an_accountant_reads_whose_the_accounts_are() -> None:
    target = claim()
    pay(target, 500, source="cashier")
    with clock.at(THEN):
        text = signed_in(Role.OPERATOR).get("/months/accounts.csv").content.decode("utf-8-sig")
        assert signed_in(Role.CREDITOR).get("/months/accounts.csv").status_code == 404
    name = f"Liabilities:Creditor:{target.creditor_id}:Collected,{target.creditor.name}"
    assert name in text


def test_what_was_typed_stays_where_the_month_may_not_be_closed() -> None:
    pay(claim(), 500, source="cashier")
    one = signed_in(Role.OPERATOR)
    act(one, "2026-11/ask")
    with clock.at(THEN):
        answer = one.post("/months/2026-12/ask/", {"explanation": "wait for the bank"})
    assert answer.status_code == 422
    assert MonthClose.objects.count() == 1


def test_what_was_asked_is_taken_back_and_nonsense_is_no_month() -> None:
    pay(claim(), 500, source="cashier")
    one = signed_in(Role.OPERATOR)
    act(one, "2026-11/ask")
    assert "Taken back" in act(one, f"{MonthClose.objects.get().pk}/drop")
    with clock.at(THEN):
        assert one.post("/months/2026-13/ask/").status_code == 404


def test_invoices_are_issued_once_and_taken_back_by_a_credit_note() -> None:
    target, agency = claim(), collector()
    mandate(target, agency)
    pay(target, 500, source="cashier")
    one, other = signed_in(Role.OPERATOR), signed_in(Role.OPERATOR)
    act(one, "2026-11/ask")
    close = MonthClose.objects.get()
    closed(other, close)
    assert act(one, f"{close.pk}/invoices").count('data-test="invoice"') == 2
    assert act(one, f"{close.pk}/invoices").count('data-test="invoice"') == 2
    fee = Invoice.objects.get(kind="fee")
    with clock.at(THEN):
        page = one.post(f"/invoices/{fee.pk}/cancel/", {"reason": "wrong buyer"}, follow=True)
    assert f"Takes back {fee.number}" in page.content.decode()
    mine, hers = signed_in(Role.CREDITOR, target.creditor), signed_in(Role.COLLECTOR, agency)
    assert see(mine, "/invoices/").count('data-test="invoice"') == 3
    assert see(hers, "/invoices/").count('data-test="invoice"') == 1
    assert see(signed_in(Role.CREDITOR), "/invoices/").count('data-test="invoice"') == 0
    assert see(mine, "/invoices/all.csv").count("FP-2026-") == 4
    assert "balance Assets:Platform:Cash" in see(one, "/months/2026-11/books.beancount")
