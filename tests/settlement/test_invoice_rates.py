"""Invoices of months between which a rate changes, and of one taken back: each has one rate."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from qinghe.kernel.actor import Role
from qinghe.ledger.closing import after
from qinghe.ledger.models import Account, Transfer
from qinghe.parties.models import Organisation
from qinghe.rules.vat import contained, vat_on
from qinghe.settlement.models import Invoice, MonthClose, Payment
from qinghe.settlement.queries.invoices import invoice_csv, invoices
from tests import factories
from tests.factories import AT, actor, claim, collector, mandate
from tests.settlement.test_closing import DECEMBER, LATER, NOVEMBER, THEN, closed
from tests.settlement.test_covering import receive
from tests.settlement.test_invoices import cancel, issue
from tests.settlement.test_payments import pay
from tests.settlement.test_reversal import reverse
from tests.settlement.test_taxes import taxed

pytestmark = pytest.mark.django_db
JOB = actor(Role.SYSTEM)


def house(**fields: Any) -> Organisation:
    return factories.organisation("operator", **fields)


def world(principal: int = 1_000_000) -> dict[str, Any]:
    target, agency = claim(principal=principal), collector()
    mandate(target, agency)
    return {"claim": target, "agency": agency, "house": house(name="清和示例运营有限公司")}


def shown(**which: Any) -> list[tuple[object, ...]]:
    rows = Invoice.objects.filter(**which).order_by("serial")
    return [(row.kind, row.gross, row.tax, str(row.rate)) for row in rows]


def test_what_comes_back_of_a_month_before_has_the_rate_of_that_month() -> None:
    it = world()
    first = pay(it["claim"], 123_456, source="cashier")
    issue(closed())
    for each in (it["house"], it["agency"]):
        taxed(each, "general", DECEMBER)
    receive(None, 200_000)
    reverse(first, at=THEN)
    pay(it["claim"], 300_000, "r2", source="cashier", at=THEN)
    issue(closed(DECEMBER, LATER), LATER)
    # 25 % of 3,000.00 is commission, of which 5 % is the platform's, with 6 % in both.
    assert shown(close__month=DECEMBER) == [
        ("fee", 3_750, 212, "0.0600"),
        ("credit", -1_543, 0, "0.0000"),
        ("commission", 71_250, 4_033, "0.0600"),
        ("credit", -29_321, 0, "0.0000"),
    ]


def test_what_is_applied_again_keeps_the_rate_of_the_day_it_came() -> None:
    it = world()
    first = pay(it["claim"], 100_000, source="cashier")
    pay(it["claim"], 100_000, "r2", source="cashier", at=AT + timedelta(minutes=1))
    issue(closed())
    taxed(it["agency"], "general", DECEMBER)
    receive(None, 200_000)
    reverse(first, at=THEN)
    issue(closed(DECEMBER, LATER), LATER)
    assert shown(close__month=DECEMBER) == [
        ("credit", -1_250, 0, "0.0000"),
        ("credit", -23_750, 0, "0.0000"),
    ]


def test_one_taken_back_is_issued_again_with_the_names_of_that_day() -> None:
    it = world()
    pay(it["claim"], 100_000, source="cashier")
    close = closed()
    issue(close)
    fee = Invoice.objects.get(kind="fee")
    cancel(fee)
    Organisation.objects.filter(pk=fee.recipient_id).update(name="示例改名有限公司")
    assert issue(close) == 1
    again = Invoice.objects.get(replaces=fee)
    assert (again.recipient_name, again.gross) == ("示例改名有限公司", fee.gross)
    assert issue(close) == 0
    cancel(again)
    assert issue(close) == 1
    assert Invoice.objects.get(replaces=again).number == "FP-2026-000006"


def test_the_table_takes_no_second_one_beside_one_that_stands() -> None:
    it = world()
    pay(it["claim"], 100_000, source="cashier")
    close = closed()
    issue(close)
    row = Invoice.objects.get(kind="fee")
    told = {"serial": 3, "number": "FP-2026-000003", "pk": None}
    for replaces in (None, row.pk):
        again = Invoice.objects.get(pk=row.pk)
        for name, value in {**told, "replaces_id": replaces}.items():
            setattr(again, name, value)
        again._state.adding = True
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save(force_insert=True)


def test_the_seller_of_the_platforms_fees_is_the_operator_as_registered() -> None:
    it = world()
    Organisation.objects.filter(pk=it["house"].pk).update(credit_code="EXAMPLE-CODE-1")
    pay(it["claim"], 100_000, source="cashier")
    issue(closed())
    fee = Invoice.objects.get(kind="fee")
    assert (fee.issuer, fee.issuer_name) == (None, "清和示例运营有限公司")
    table = invoice_csv(invoices(actor=actor(Role.OPERATOR))).decode()
    assert "清和示例运营有限公司,EXAMPLE-CODE-1" in table


def _deducted(months: tuple[date, ...]) -> int:
    """Return what creditors were deducted, from the books."""
    sides: Counter[str] = Counter()
    for side, other in (("debit", "credit"), ("credit", "debit")):
        rows = Transfer.objects.filter(**{f"{side}__path__startswith": "creditor:"})
        rows = rows.exclude(**{f"{other}__path__startswith": "creditor:"})
        for start in ("collector:", "platform:fees", "platform:tax"):
            own = rows.filter(**{f"{other}__path__startswith": start})
            sides[side] += own.aggregate(sum=Sum("amount"))["sum"] or 0
    return sides["debit"] - sides["credit"]


@pytest.mark.parametrize("seed", range(6))
def test_for_any_payments_reversals_and_rates_all_is_billed_at_the_right_rate(seed: int) -> None:
    chance, months = random.Random(seed), (NOVEMBER, DECEMBER, date(2027, 1, 1))
    it, booked = world(100_000_000), []
    receive(None, 50_000_000)
    kinds = ("none", "small", "general")
    rates: dict[tuple[str, date], Decimal] = {}
    for month in months:
        for name in ("house", "agency"):
            kind = chance.choice(kinds)
            at = datetime.combine(month, AT.time(), UTC) if month != NOVEMBER else AT
            taxed(it[name], kind, month, at)
            rates[name, month] = vat_on(month, kind)
        start = datetime(month.year, month.month, 20, 4, tzinfo=UTC)
        for turn in range(chance.randrange(2, 6)):
            at = start + timedelta(hours=turn)
            if booked and chance.random() < 0.4:
                back = booked.pop(chance.randrange(len(booked)))
                reverse(Payment.objects.get(pk=back.pk), at=at)
                continue
            amount = chance.randrange(1, 400_000)
            booked.append(pay(it["claim"], amount, f"r{month}{turn}", source="cashier", at=at))
        end = datetime.combine(after(month), AT.time(), UTC) + timedelta(days=1)
        issue(closed(month, end), end)
    found = list(Invoice.objects.all())
    assert sum(row.gross for row in found) == _deducted(months)
    for row in found:
        allowed = {rates["agency" if row.issuer_id else "house", month] for month in months}
        assert row.rate in allowed
        if row.issuer_id:
            assert row.tax == contained(row.gross, row.rate)
    kept = Account.objects.filter(path__startswith="platform:tax:").aggregate(sum=Sum("balance"))
    own = [row for row in found if row.issuer_id is None]
    assert sum(row.tax for row in own) == -(kept["sum"] or 0)
    assert all(row.tax == 0 for row in own if row.rate == 0)
    assert MonthClose.objects.count() == len(months)
