"""Tax is contained in commission and fee at the rate of the day, on splits, books and invoices."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from qinghe.kernel.actor import Role
from qinghe.ledger import queries as books
from qinghe.parties.models import Organisation, TaxStatus
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services import tell_taxpayer
from qinghe.parties.services.taxes import NotThatMonth
from qinghe.rules.vat import BadRates, contained, parse, rates, vat_on
from qinghe.settlement import accounts, services
from qinghe.settlement.models import Invoice, Split
from qinghe.settlement.queries.statements import statement
from tests import factories
from tests.factories import AT, actor, claim, collector, mandate
from tests.settlement.test_closing import THEN, closed
from tests.settlement.test_costs import kept
from tests.settlement.test_covering import receive
from tests.settlement.test_payments import assert_books, pay
from tests.settlement.test_reversal import reverse

JOB = actor(Role.SYSTEM)
MONTH = date(2026, 11, 1)


def taxed(owner: Organisation, kind: str, from_on: date = MONTH, at: datetime = AT) -> TaxStatus:
    return tell_taxpayer(org_id=owner.pk, taxpayer=kind, from_on=from_on, actor=JOB, at=at)


def test_the_rates_of_the_table() -> None:
    assert vat_on(date(2026, 11, 1), "general") == Decimal("0.06")
    assert vat_on(date(2022, 12, 31), "small") == Decimal("0.03")
    assert vat_on(date(2023, 1, 1), "small") == Decimal("0.01")
    assert vat_on(date(2028, 1, 1), "small") == Decimal("0.03")
    assert set(rates()) == {"general", "small", "none"}
    with pytest.raises(LookupError):
        vat_on(date(2016, 4, 30), "general")


@pytest.mark.parametrize("days", [["2026-01-02"], ["2026-02-01", "2026-01-01"]])
def test_a_rate_changes_on_the_first_of_a_month_and_in_order(days: list[str]) -> None:
    with pytest.raises(BadRates):
        parse([{"from": day, "pct": "1"} for day in days])


@pytest.mark.django_db
class TestTaxes:
    def world(self, agency_is: str = "small") -> tuple[Organisation, Split]:
        house, agency = factories.organisation("operator"), collector()
        taxed(house, "general")
        taxed(agency, agency_is)
        target = claim(principal=200_000)
        mandate(target, agency)
        split = Split.objects.get(payment=pay(target, 100_000, source="cashier"))
        return agency, split

    def test_what_is_earned_contains_the_tax_of_who_earns_it(self) -> None:
        agency, split = self.world()
        # 1,250 with 6 % in it; 23,750 with 1 % in it.
        assert (split.fee_tax, split.commission_tax) == (71, 235)
        assert split.creditor_share == 75_000
        assert books.balance_under(prefix=accounts.FEES, currency="CNY") == -1_179
        assert books.balance_under(prefix=accounts.TAX, currency="CNY") == -71
        assert books.balance(path=accounts.payable(agency.pk), currency="CNY") == -split.commission
        assert kept() == []

    def test_who_said_nothing_is_billed_without_tax(self) -> None:
        agency = collector()
        target = claim(principal=200_000)
        mandate(target, agency)
        split = Split.objects.get(payment=pay(target, 100_000, source="cashier"))
        assert (split.fee_tax, split.commission_tax) == (0, 0)

    def test_a_status_counts_from_its_month_on(self) -> None:
        agency, split = self.world()
        taxed(agency, "general", date(2026, 12, 1))
        other = claim(principal=200_000)
        mandate(other, agency)
        again = Split.objects.get(payment=pay(other, 100_000, source="cashier"))
        assert again.commission_tax == split.commission_tax
        third = claim(principal=200_000)
        mandate(third, agency)
        later = pay(third, 100_000, source="cashier", at=THEN)
        assert Split.objects.get(payment=later).commission_tax == contained(23_750, Decimal("0.06"))

    def test_tax_of_covered_commission_is_kept_apart_too(self) -> None:
        agency, _split = self.world()
        target = claim(principal=200_000)
        mandate(target, agency)
        pay(target, 100_000)
        assert books.balance_under(prefix=accounts.TAX, currency="CNY") == -71
        receive(target.creditor, 25_000)
        assert books.balance_under(prefix=accounts.TAX, currency="CNY") == -142
        assert kept() == []

    def test_undone_money_takes_its_tax_back(self) -> None:
        _agency, split = self.world()
        target = split.payment.claim
        assert target is not None
        reverse(split.payment)
        assert books.balance_under(prefix=accounts.TAX, currency="CNY") == 0
        assert_books(target)

    def test_invoices_and_statements_show_it(self) -> None:
        agency, split = self.world()
        creditor = actor(Role.CREDITOR, split.payment.creditor)
        lines = statement(actor=creditor, starts_on=MONTH, ends_on=date(2026, 11, 30)).lines
        told = {line.kind: line.amount for line in lines}
        assert (told["payment.fee"], told["payment.fee_tax"]) == (-1_179, -71)
        close = closed()
        services.issue_invoices(close_id=close.pk, actor=actor(Role.OPERATOR), at=THEN)
        rows = Invoice.objects.order_by("serial")
        shown = [(row.kind, row.net, row.tax, row.gross, str(row.rate)) for row in rows]
        assert shown == [
            ("fee", 1_179, 71, 1_250, "0.0600"),
            ("commission", 23_515, 235, 23_750, "0.0100"),
        ]
        assert rows[1].issuer == agency

    def test_costs_that_go_back_are_on_no_invoice(self) -> None:
        agency = collector()
        target = claim(principal=100_000, costs=10_000)
        mandate(target, agency)
        advance = services.tell_advance(
            claim_id=target.pk, kind="court", amount=10_000, paid_on=MONTH, receipt="R-1",
            actor=actor(Role.COLLECTOR, agency), at=AT,
        )  # fmt: skip
        creditor = actor(Role.CREDITOR, target.creditor)
        services.agree_advance(advance_id=advance.pk, actor=creditor, at=AT)
        pay(target, 10_000, source="cashier")
        close = closed()
        assert services.issue_invoices(close_id=close.pk, actor=actor(Role.OPERATOR), at=THEN) == 0

    def test_only_the_operator_says_it_and_not_of_a_month_that_is_over(self) -> None:
        agency = collector()
        own = actor(Role.COLLECTOR, agency)
        with pytest.raises(NotPermitted):
            tell_taxpayer(org_id=agency.pk, taxpayer="small", from_on=MONTH, actor=own, at=AT)
        for day in (date(2026, 10, 1), date(2026, 11, 2)):
            with pytest.raises(NotThatMonth):
                taxed(agency, "small", day)
        taxed(agency, "small")
        taxed(agency, "general")
        assert TaxStatus.objects.get().taxpayer == "general"
