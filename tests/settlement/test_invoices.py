"""Invoices of a closed month: no gap, no change, and what was deducted is what is billed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from qinghe.kernel.actor import Role
from qinghe.parties.roles import NotPermitted
from qinghe.rules.vat import contained
from qinghe.settlement import closing_refusals, services
from qinghe.settlement.models import Invoice, MonthClose
from qinghe.settlement.queries.invoices import invoices
from tests.factories import actor, claim, collector, mandate
from tests.races import race
from tests.settlement.test_closing import LATER, THEN, closed
from tests.settlement.test_covering import told
from tests.settlement.test_payments import pay
from tests.settlement.test_reversal import reverse


def earned() -> dict[str, Any]:
    target, agency = claim(principal=200_000), collector()
    mandate(target, agency)
    return {"payment": pay(target, 100_000, source="cashier"), "agency": agency}


def issue(close: MonthClose, at: Any = THEN) -> int:
    return services.issue_invoices(close_id=close.pk, actor=actor(Role.OPERATOR), at=at)


def cancel(invoice: Invoice, reason: str = "wrong buyer") -> Invoice:
    boss = actor(Role.OPERATOR)
    return services.cancel_invoice(invoice_id=invoice.pk, reason=reason, actor=boss, at=THEN)


@pytest.mark.django_db
class TestInvoices:
    def test_what_was_deducted_is_billed_once(self) -> None:
        earned()
        close = closed()
        assert issue(close) == 2
        assert issue(close) == 0
        rows = Invoice.objects.order_by("serial").values_list("number", "kind", "gross", "tax")
        # 25 % of 1,000.00 is commission, of which 5 % is the platform's.
        assert list(rows) == [
            ("FP-2026-000001", "fee", 1_250, 0),
            ("FP-2026-000002", "commission", 23_750, 0),
        ]

    def test_what_came_back_in_a_later_month_is_a_credit_note(self) -> None:
        world = earned()
        issue(closed())
        own = told(None, 100_000)
        services.confirm_receipt(receipt_id=own.pk, actor=actor(Role.OPERATOR), at=THEN)
        reverse(world["payment"])
        issue(closed(MonthClose.objects.get().month.replace(month=12), LATER), LATER)
        back = Invoice.objects.filter(year=2027).order_by("serial")
        assert [(row.serial, row.kind, row.gross) for row in back] == [
            (1, "credit", -1_250),
            (2, "credit", -23_750),
        ]

    def test_one_is_taken_back_by_a_credit_note_and_only_once(self) -> None:
        earned()
        issue(closed())
        fee = Invoice.objects.get(kind="fee")
        with pytest.raises(closing_refusals.InvoiceReason):
            cancel(fee, " ")
        note = cancel(fee)
        assert (note.number, note.gross, note.cancels) == ("FP-2026-000003", -1_250, fee)
        with pytest.raises(closing_refusals.InvoiceCancelled):
            cancel(fee)
        with pytest.raises(closing_refusals.NoSuchInvoice):
            cancel(note)
        shown = invoices(actor=actor(Role.OPERATOR))
        assert [(row.number[-1], row.cancelled) for row in shown] == [
            ("3", False), ("2", False), ("1", True),
        ]  # fmt: skip

    def test_the_table_takes_the_next_number_only_and_no_change(self) -> None:
        earned()
        issue(closed())
        row = Invoice.objects.get(kind="fee")
        for change in ({"serial": 9}, {"gross": 1, "net": 1}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Invoice.objects.filter(pk=row.pk).update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.delete()
        row.pk, row.serial, row.number, row.cancels_id = None, 9, "x", None
        row._state.adding = True
        with pytest.raises(IntegrityError, match="next number"), transaction.atomic():
            row.save(force_insert=True)

    def test_only_for_a_closed_month_and_by_the_operator(self) -> None:
        earned()
        close = closed()
        with pytest.raises(NotPermitted):
            services.issue_invoices(close_id=close.pk, actor=actor(Role.CREDITOR), at=THEN)
        with pytest.raises(closing_refusals.NoSuchClose):
            services.issue_invoices(close_id=claim().pk, actor=actor(Role.OPERATOR), at=THEN)


@pytest.mark.django_db(transaction=True)
def test_many_credit_notes_at_once_leave_no_gap() -> None:
    for _each in range(3):
        earned()
    issue(closed())
    notes = race(list(Invoice.objects.all()), cancel)
    assert sorted(note.serial for note in notes) == list(range(7, 13))


@given(st.integers(-(10**12), 10**12), st.sampled_from(["0", "0.01", "0.03", "0.06", "0.13"]))
def test_tax_is_what_the_amount_contains(gross: int, rate: str) -> None:
    tax, share = contained(gross, Decimal(rate)), Decimal(rate)
    assert contained(-gross, share) == -tax
    assert abs((gross - tax) * share - tax) <= (1 + share) / 2
