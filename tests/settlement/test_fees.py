"""What providers and the bank keep is booked by two persons, and books and bank are compared."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from qinghe.kernel.actor import Role
from qinghe.ledger import queries as books
from qinghe.parties.roles import NotPermitted
from qinghe.reporting.contraventions import found
from qinghe.settlement import accounts, fee_refusals, services
from qinghe.settlement.bank.refusals import NoSuchEntry, ReasonMissing
from qinghe.settlement.models import CashierOrder, Fee, StatementEntry, Suspense
from qinghe.settlement.queries.bankbook import BankBook, Why, bank_books
from qinghe.settlement.queries.closing import open_matters
from qinghe.settlement.queries.fees import open_fees
from qinghe.settlement.refusals import OwnMoneyShort
from tests.factories import AT, actor, claim, debtor_of
from tests.settlement.bank_files import Said, camt
from tests.settlement.banked import ONE, OTHER, said_known
from tests.settlement.banked import known as know
from tests.settlement.test_closing import NOVEMBER
from tests.settlement.test_covering import receive
from tests.settlement.test_payments import pay
from tests.settlement.test_suspense import take

pytestmark = pytest.mark.django_db
DAY, NEXT = date(2026, 11, 23), date(2026, 11, 24)


def paid(amount: int, number: str) -> None:
    target = claim(principal=amount)
    order = services.create_cashier_order(
        claim_id=target.pk, amount=amount, actor=debtor_of(target), at=AT
    )
    told = {"state": "paid", "provider": "alipay", "number": number}
    CashierOrder.objects.filter(pk=order.pk).update(**told)
    order.refresh_from_db()
    pay(target, amount, str(order.pk), source="cashier", order=order)


def reported(*rows: str) -> None:
    content = "\n".join(["number,kind,amount,fee,day", *rows]).encode()
    services.import_provider_report(
        provider="alipay", currency="CNY", content=content, actor=ONE, at=AT
    )


def passed_on() -> None:
    """334.29 came, 3.00 of it the provider kept; the rest is at the bank and said to be known."""
    paid(33_429, "A1")
    reported("A1,paid,334.29,3.00,2026-11-23")
    take(camt([Said(33_129, "alipay settlement", "B1", day=NEXT)]))
    came = Suspense.objects.get()
    know(came)
    services.prepare_payouts(actor=ONE, at=AT)
    services.agree(suspense_id=came.pk, actor=OTHER, at=AT)


def one() -> BankBook:
    (found_,) = bank_books(actor=ONE)
    return found_


def why(book: BankBook) -> dict[Why, int]:
    return {item.why: item.amount for item in book.items}


def own(amount: int) -> None:
    receive(None, amount, "own")


def test_a_providers_fee_is_booked_by_two_and_then_books_and_bank_agree() -> None:
    passed_on()
    assert (one().difference, why(one()), one().unexplained) == (300, {Why.FEES: 300}, 0)
    assert "fees" in {each.matter for each in open_matters(month=NOVEMBER)}
    (open_,) = open_fees(actor=ONE)
    assert (open_.provider, open_.day, open_.amount, open_.id) == ("alipay", DAY, 300, None)
    told: dict[str, Any] = {"provider": "alipay", "currency": "CNY", "day": DAY}
    fee = services.ask_provider_fee(**told, actor=ONE, at=AT)
    with pytest.raises(fee_refusals.NoFeeLeft):
        services.ask_provider_fee(**told, actor=OTHER, at=AT)
    with pytest.raises(fee_refusals.FeeBySamePerson):
        services.book_fee(fee_id=fee.pk, actor=ONE, at=AT)
    with pytest.raises(OwnMoneyShort):
        services.book_fee(fee_id=fee.pk, actor=OTHER, at=AT)
    own(10_000)
    before = books.balance(path=accounts.OWN, currency="CNY")
    services.book_fee(fee_id=fee.pk, actor=OTHER, at=AT)
    assert books.balance(path=accounts.OWN, currency="CNY") == before + 300
    # The own money is in the books and on no statement yet; the fee explains nothing any more.
    assert (why(one()), one().unexplained) == ({Why.HAND: 10_000}, 0)
    assert open_fees(actor=ONE) == []
    with pytest.raises(fee_refusals.NoSuchFee):
        services.book_fee(fee_id=fee.pk, actor=OTHER, at=AT)
    for promise in ("cash-covers-what-is-held", "only-own-money-is-lent"):
        assert not found(promise, at=AT)


def test_a_later_report_of_the_same_day_leaves_only_what_is_new() -> None:
    reported("A1,paid,10,0.10,2026-11-23")
    told: dict[str, Any] = {"provider": "alipay", "currency": "CNY", "day": DAY, "at": AT}
    paid(1_000, "A1")
    own(1_000)
    fee = services.ask_provider_fee(**told, actor=ONE)
    services.book_fee(fee_id=fee.pk, actor=OTHER, at=AT)
    reported("A2,paid,10,0.20,2026-11-23")
    assert services.ask_provider_fee(**told, actor=ONE).amount == 20


def test_a_charge_of_the_bank_is_booked_from_its_statement() -> None:
    own(10_000)
    take(camt([Said(10_000, "own money", "B1"), Said(-1_500, "账户管理费", "B2")]))
    came = Suspense.objects.get()
    know(came)
    services.agree(suspense_id=came.pk, actor=OTHER, at=AT)
    entry = StatementEntry.objects.get(credit=False)
    assert why(one()) == {Why.OUT: 1_500}
    told: dict[str, Any] = {"entry_id": entry.pk, "at": AT}
    with pytest.raises(ReasonMissing):
        services.ask_bank_fee(**told, note=" ", actor=ONE)
    dropped = services.ask_bank_fee(**told, note="Account fee", actor=ONE)
    with pytest.raises(fee_refusals.FeeAsked):
        services.ask_bank_fee(**told, note="Account fee", actor=OTHER)
    services.drop_fee(fee_id=dropped.pk, actor=ONE, at=AT)
    fee = services.ask_bank_fee(**told, note="Account fee", actor=ONE)
    services.book_fee(fee_id=fee.pk, actor=OTHER, at=AT)
    entry.refresh_from_db()
    assert (entry.explained, one().difference, one().items) == ("Account fee", 0, ())
    with pytest.raises(NoSuchEntry):
        services.ask_bank_fee(**told, note="Account fee", actor=ONE)
    # What a booked fee explains is no note to be taken back, nor behind the services' back.
    with pytest.raises(NoSuchEntry):
        services.withdraw_note(entry_id=entry.pk, actor=ONE, at=AT)
    with pytest.raises(DatabaseError, match="never altered"), transaction.atomic():
        StatementEntry.objects.filter(pk=entry.pk).update(explained="", explained_by="")


def test_money_with_the_provider_and_in_suspense_explains_the_difference() -> None:
    paid(10_000, "A1")
    reported("A1,paid,100,0.60,2026-11-23")
    take(camt([Said(700, "who is this", "B1")]))
    # Not passed on yet; what waits in suspense is in the books and at the bank alike.
    assert (why(one()), one().unexplained) == ({Why.TRANSIT: 9_940, Why.FEES: 60}, 0)
    take(camt([Said(9_940, "alipay settlement", "B2", day=NEXT)], opening=700))
    assert (why(one()), one().unexplained) == ({Why.FEES: 60, Why.TWICE: 9_940}, 0)


def known(amount: int) -> None:
    came = Suspense.objects.get(amount=amount)
    said_known(came)
    services.agree(suspense_id=came.pk, actor=OTHER, at=AT)


def test_what_was_said_wrongly_is_explained_by_nothing_and_told_before_closing() -> None:
    own(5_000)
    take(camt([Said(700, "who is this", "B1")]))
    known(700)
    assert (why(one()), one().unexplained) == ({Why.HAND: 4_300}, 0)
    take(camt([Said(9_000, "and this", "B2", day=NEXT)], opening=700))
    known(9_000)
    assert (why(one()), one().unexplained) == ({}, -4_700)
    matters = {each.matter: each.amount for each in open_matters(month=NOVEMBER)}
    assert matters["bank"] == 4_700


def test_the_table_wants_two_persons_and_the_pages_the_operator() -> None:
    told: dict[str, Any] = {"provider": "alipay", "currency": "CNY", "day": DAY}
    with pytest.raises(NotPermitted):
        services.ask_provider_fee(**told, actor=actor(Role.CREDITOR), at=AT)
    with pytest.raises(NotPermitted):
        bank_books(actor=actor(Role.COLLECTOR))
    made = Fee.objects.create(**told, amount=1, asked_by="a", asked_at=AT)
    for change in ({"agreed_by": "a"}, {"state": "booked"}, {"amount": 0}, {"provider": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Fee.objects.filter(pk=made.pk).update(**change)
