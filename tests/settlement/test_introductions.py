"""The fee for an introduction: its tax is booked apart, it is billed, and is money once it came."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from qinghe.kernel.actor import Actor, Role
from qinghe.ledger import queries as books
from qinghe.ledger.closing import after
from qinghe.ledger.export import export
from qinghe.ledger.models import Account, Transfer
from qinghe.ledger.services import post_many
from qinghe.ledger.terms import Posting
from qinghe.market.models import Introduction, Quotation
from qinghe.market.services.introducing import agree_introduction, propose_introduction
from qinghe.market.services.quote_opening import open_quotes_due
from qinghe.market.services.quotes import hand_in_quote
from qinghe.reporting.contraventions import found
from qinghe.rules.vat import contained, vat_on
from qinghe.settlement import accounts, services
from qinghe.settlement.documents import statement_csv
from qinghe.settlement.models import Invoice
from qinghe.settlement.queries.invoices import invoices
from qinghe.settlement.queries.statements import statement, words_of
from qinghe.settlement.refusals import OwnMoneyShort
from qinghe.settlement.services.advancing import check_own
from tests import factories
from tests.factories import AT, actor
from tests.market.conftest import licensed
from tests.market.test_information import QUOTE, Desk, join
from tests.settlement.test_closing import DECEMBER, LATER, NOVEMBER, THEN, ZONE, closed, stated
from tests.settlement.test_covering import receive
from tests.settlement.test_invoices import issue
from tests.settlement.test_taxes import taxed

pytestmark = pytest.mark.django_db
PROMISES = ("cash-covers-what-is-held", "introductions-are-booked-whole")
# 1,500.00 with 6 % contained.
FEE, TAX = 150_000, 8_491


def made_desk() -> Desk:
    bank = factories.actor(Role.CREDITOR, factories.organisation())
    agency = licensed()
    join(agency, at=AT - timedelta(days=9))
    return Desk(bank, agency, agency)


def proposed(desk: Desk, at: datetime, band: str = "s2") -> Introduction:
    hour = at - timedelta(minutes=1)
    asked = desk.ask(sum_band=band, closes_at=hour, at=hour - timedelta(days=2))
    by = {"actor": desk.one, "at": hour - timedelta(days=1)}
    hand_in_quote(request_id=asked.pk, quote=replace(QUOTE), **by)
    open_quotes_due(at=at)
    quote = Quotation.objects.get(request=asked)
    return propose_introduction(quotation_id=quote.pk, actor=desk.bank, at=at)


def introduced(desk: Desk, at: datetime = AT, band: str = "s2") -> Introduction:
    made = proposed(desk, at, band)
    return services.introduce(introduction_id=made.pk, actor=desk.one, at=at)


def booked_whole(desk: Desk, at: datetime = AT, band: str = "s2") -> Introduction:
    """Book as it was before tax was kept apart."""
    made = proposed(desk, at, band)
    made = agree_introduction(introduction_id=made.pk, actor=desk.one, at=at)
    owed = accounts.introduction_due(made.collector_id)
    subject = f"introduction:{made.pk}"
    fee = accounts.fees(made.pk)
    post_many(postings=[Posting(owed, fee, made.fee, "CNY", "introduction.fee", subject, at)])
    return made


def pay_fee(made: Introduction, at: datetime = AT) -> None:
    clerk = actor(Role.OPERATOR)
    services.receive_fee(introduction_id=made.pk, reference="B1", actor=clerk, at=at)


def kept() -> bool:
    return not any(found(name, at=AT) for name in PROMISES)


def shown(month: date = NOVEMBER) -> list[tuple[object, ...]]:
    rows = Invoice.objects.filter(close__month=month).order_by("serial")
    return [(row.kind, row.issuer, row.gross, row.tax, str(row.rate)) for row in rows]


def test_tax_is_booked_apart_and_the_invoice_says_so() -> None:
    taxed(factories.organisation("operator", name="清和示例运营有限公司"), "general")
    desk = made_desk()
    made = introduced(desk)
    assert books.balance(path=accounts.fees(made.pk), currency="CNY") == TAX - FEE
    assert books.balance(path=accounts.tax(made.pk), currency="CNY") == -TAX
    owed = accounts.introduction_due(made.collector_id)
    assert books.balance(path=owed, currency="CNY") == FEE
    assert kept()
    pay_fee(made)
    assert books.balance(path=owed, currency="CNY") == 0
    assert kept()
    assert issue(closed()) == 1
    assert shown() == [("fee", None, FEE, TAX, "0.0600")]
    (row,) = invoices(actor=desk.one)
    assert (row.issuer_name, row.net) == ("清和示例运营有限公司", FEE - TAX)
    assert row.recipient_name == Invoice.objects.get().recipient.name
    assert invoices(actor=desk.bank) == []


def test_the_agencys_statement_and_the_export_tell_fee_and_tax() -> None:
    taxed(factories.organisation("operator"), "general")
    desk = made_desk()
    introduced(desk)
    shown = statement(actor=desk.one, starts_on=NOVEMBER, ends_on=date(2026, 11, 30))
    assert [(line.kind, line.amount) for line in shown.lines] == [
        ("introduction.fee", TAX - FEE),
        ("introduction.fee_tax", -TAX),
    ]
    assert words_of("introduction.fee_tax") != words_of("unknown")
    assert shown.closing == -FEE
    # A commission it is not.
    assert shown.commission == 0
    assert "84.91" in statement_csv(shown).decode()
    close = closed()
    (whole,) = [each for each in stated(close) if each.organisation_id == desk.one.org_id]
    assert (whole.opening, whole.closing) == (0, -FEE)
    for fmt in ("beancount", "csv"):
        assert "Liabilities:Platform:Tax" in export(month=NOVEMBER, fmt=fmt, zone=ZONE).decode()


def test_without_a_rate_the_whole_fee_is_the_platforms() -> None:
    desk = made_desk()
    introduced(desk)
    issue(closed())
    assert shown() == [("fee", None, FEE, 0, "0.0000")]
    assert not Transfer.objects.filter(kind="introduction.fee_tax").exists()


def test_what_was_booked_before_without_tax_is_billed_as_the_books_have_it() -> None:
    taxed(factories.organisation("operator"), "general")
    desk = made_desk()
    pay_fee(booked_whole(desk))
    introduced(desk)
    assert kept()
    issue(closed())
    assert shown() == [("fee", None, FEE, TAX, "0.0600"), ("fee", None, FEE, 0, "0.0000")]


def test_a_month_that_was_billed_without_them_gets_the_missing_ones_only() -> None:
    desk = made_desk()
    close = closed()
    booked_whole(desk, THEN)
    december = closed(DECEMBER, LATER)
    assert issue(close, LATER) == 0
    assert issue(december, LATER) == 1
    assert issue(december, LATER) == 0


def test_a_fee_that_nobody_paid_yet_is_no_money_to_lend() -> None:
    made = introduced(made_desk())
    receive(None, FEE)
    at = AT + timedelta(minutes=1)
    lend = {"currency": "CNY", "kind": "t", "subject": "t", "at": at}
    post_many(postings=[Posting(accounts.OWN, accounts.BANK, FEE, **lend)])
    check_own(currency="CNY", at=at)
    clerk = factories.organisation()
    collected = accounts.collected(clerk.pk)
    post_many(postings=[Posting(accounts.OWN, collected, 1, **lend)])
    with pytest.raises(OwnMoneyShort):
        check_own(currency="CNY", at=at)
    pay_fee(made)
    check_own(currency="CNY", at=at)


def test_a_fee_half_booked_breaks_a_promise() -> None:
    desk = made_desk()
    made = proposed(desk, AT)
    agree_introduction(introduction_id=made.pk, actor=desk.one, at=AT)
    assert found("introductions-are-booked-whole", at=AT) == [str(made.pk)]


@pytest.mark.parametrize("seed", range(4))
def test_for_any_fees_and_rates_what_is_billed_is_what_was_booked(seed: int) -> None:
    chance, house, desk = random.Random(seed), factories.organisation("operator"), made_desk()
    for month in (NOVEMBER, DECEMBER, date(2027, 1, 1)):
        start = AT if month == NOVEMBER else datetime(month.year, month.month, 20, 4, tzinfo=UTC)
        kind = chance.choice(("none", "small", "general"))
        taxed(house, kind, month, start)
        before = moved()
        for turn in range(chance.randrange(1, 4)):
            at, band = start + timedelta(hours=turn), chance.choice(("s1", "s2", "s3"))
            make = booked_whole if chance.random() < 0.3 else introduced
            made = make(desk, at, band)
            if chance.random() < 0.5:
                pay_fee(made, at)
        end = datetime.combine(after(month), AT.time(), UTC) + timedelta(days=1)
        issue(closed(month, end), end)
        rows = list(Invoice.objects.filter(close__month=month))
        assert Counter(gross=sum(r.gross for r in rows), tax=sum(r.tax for r in rows)) == (
            moved() - before
        )
        for row in rows:
            assert row.rate in (Decimal(0), vat_on(month, kind))
            if row.rate == 0:
                assert row.tax == 0
            else:
                # Rounded fee by fee: at most half a cent apart for each.
                assert abs(row.tax - contained(row.gross, row.rate)) <= 2
        assert kept()


def moved() -> Counter[str]:
    """Return what was booked of fees and of the tax in them so far."""
    of = Transfer.objects.filter(debit__path__endswith=":introduction_due")
    tax = Account.objects.filter(path__startswith="platform:tax:")
    return Counter(
        gross=sum(of.values_list("amount", flat=True)),
        tax=-sum(tax.values_list("balance", flat=True)),
    )


def test_a_stranger_sees_no_invoice_of_another_agency() -> None:
    introduced(made_desk())
    issue(closed())
    other: Actor = licensed()
    assert invoices(actor=other) == []
