"""Pages of a month's books: what is open leads to its page, invoices say what was made."""

from __future__ import annotations

import pytest

from qinghe.kernel.actor import Role
from qinghe.settlement.closing_terms import Matter
from qinghe.settlement.models import Invoice
from qinghe.web.operator.months import PLACES
from tests.factories import claim, collector, mandate
from tests.settlement.bank_files import Said, csv
from tests.settlement.test_closing import THEN, closed
from tests.settlement.test_invoices import cancel
from tests.settlement.test_payments import pay
from tests.settlement.test_suspense import take
from tests.web.people import signed_in
from tests.web.test_money_desks import get, post

pytestmark = pytest.mark.django_db


def test_every_matter_has_a_page_where_it_is_settled() -> None:
    assert set(PLACES) == set(Matter)


def test_what_is_open_is_linked_to_where_it_is_settled() -> None:
    pay(claim(principal=1_000), 1_000, source="cashier")
    take(csv([Said(700, "who is this", "B1")]))
    page = get(signed_in(Role.OPERATOR), "/months/", at=THEN)
    assert '<a href="/suspense/">' in page


def test_the_page_says_how_many_invoices_were_made() -> None:
    target = claim(principal=200_000)
    mandate(target, collector())
    pay(target, 100_000, source="cashier")
    operator, place = signed_in(Role.OPERATOR), f"/months/{closed().pk}/invoices/"
    assert "2 invoices issued." in post(operator, place, at=THEN)
    assert "There is nothing to issue" in post(operator, place, at=THEN)
    cancel(Invoice.objects.get(kind="fee"))
    shown = post(operator, place, at=THEN)
    assert "1 invoice issued." in shown
    assert "In place of FP-2026-000001" in shown


def test_the_statement_shows_the_parts_and_has_a_workbook() -> None:
    target = claim(principal=200_000)
    mandate(target, collector())
    pay(target, 100_000, source="cashier")
    ours = signed_in(Role.CREDITOR, target.creditor)
    page = get(ours, "/statements/?from=2026-11-01&to=2026-11-30")
    assert page.count('data-test="part"') == 4
    told = ours.get("/statements/file.xlsx?from=2026-11-01&to=2026-11-30")
    assert told.status_code == 200
    assert told.content.startswith(b"PK")
