from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from urllib.parse import urlencode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.claims.terms import Component
from qinghe.settlement import accounts, cashier
from qinghe.settlement.allocation import ORDER, allocate
from qinghe.settlement.reading import mapping_named, mapping_names, read_payments
from qinghe.settlement.refusals import BadFile, MissingColumn, UnknownMapping
from qinghe.settlement.splitting import (
    Advance,
    Taxes,
    divide,
    refunded,
    undivided,
    with_costs,
    with_taxes,
)
from qinghe.settlement.terms import fee_on

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
ONE = UUID("0193f000-0000-7000-8000-000000000001")
TWO = UUID("0193f000-0000-7000-8000-000000000002")
amounts = st.integers(0, 10**13)
owed = st.fixed_dictionaries({component.value: amounts for component in Component})
rates = st.decimals(0, Decimal("0.9999"), places=4)
shares = st.decimals(0, 1, places=4)


class TestAllocation:
    @given(owed, amounts)
    def test_nothing_is_lost(self, owed: dict[str, int], amount: int) -> None:
        allocated = allocate(owed, amount)
        assert allocated.total + allocated.excess == amount
        assert all(0 < part <= owed[name] for name, part in allocated.parts.items())

    @given(owed, amounts)
    def test_a_later_part_is_paid_only_when_the_earlier_are(
        self, owed: dict[str, int], amount: int
    ) -> None:
        parts = allocate(owed, amount).parts
        for earlier, later in pairwise(ORDER):
            if parts.get(later):
                assert parts.get(earlier, 0) == owed[earlier]

    @given(owed, amounts)
    def test_excess_only_when_all_is_paid(self, owed: dict[str, int], amount: int) -> None:
        allocated = allocate(owed, amount)
        if allocated.excess:
            assert allocated.total == sum(owed.values())

    @given(owed, amounts, amounts)
    def test_two_payments_pay_what_one_of_both_amounts_pays(
        self, owed: dict[str, int], first: int, second: int
    ) -> None:
        one = allocate(owed, first)
        left = {name: owed[name] - one.parts.get(name, 0) for name in owed}
        two = allocate(left, second)
        both = allocate(owed, first + second)
        for name in owed:
            assert one.parts.get(name, 0) + two.parts.get(name, 0) == both.parts.get(name, 0)
        assert one.excess + two.excess == both.excess

    def test_costs_come_before_interest_before_principal(self) -> None:
        debt = {"costs": 100, "interest": 200, "principal": 1000}
        assert allocate(debt, 250).parts == {"costs": 100, "interest": 150}


class TestSplit:
    @given(amounts, rates, shares)
    def test_shares_sum_to_the_amount_and_none_is_negative(
        self, amount: int, rate: Decimal, quality: Decimal
    ) -> None:
        cut = divide(amount, rate=rate, quality_share=quality, fee_rate=Fraction(1, 20))
        assert cut.creditor + cut.gross == amount
        assert min(cut.creditor, cut.commission, cut.reserve, cut.fee) >= 0

    @given(amounts, rates, shares)
    def test_the_creditor_never_pays_more_than_the_agreed_rate(
        self, amount: int, rate: Decimal, quality: Decimal
    ) -> None:
        cut = divide(amount, rate=rate, quality_share=quality, fee_rate=Fraction(1, 20))
        assert 0 <= amount * Fraction(rate) - cut.gross < 1

    @given(
        st.integers(0, 10**9),
        st.integers(0, 10**9),
        rates,
        shares,
        st.lists(st.tuples(st.integers(0, 2), st.integers(1, 10**9)), max_size=4),
        st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("0.06"), Decimal("0.13")]),
    )
    def test_with_costs_and_taxes_every_leg_is_there_once(
        self,
        costs: int,
        rest: int,
        rate: Decimal,
        quality: Decimal,
        told: list[tuple[int, int]],
        tax: Decimal,
    ) -> None:
        orgs = [UUID(int=n + 1) for n in range(3)]
        advances = [Advance(UUID(int=n), orgs[who], open_) for n, (who, open_) in enumerate(told)]
        backs = refunded(costs, advances)
        base = costs + rest - sum(each.amount for each in backs)
        cut = divide(base, rate=rate, quality_share=quality, fee_rate=Fraction(1, 20))
        cut = with_taxes(with_costs(cut, backs, orgs[0]), Taxes(tax, tax))
        fee_net, earned = cut.fee - cut.fee_tax, cut.commission + cut.reserve
        legs = [cut.creditor - cut.own, cut.own, cut.back, earned - cut.commission_tax]
        legs += [cut.commission_tax, fee_net, cut.fee_tax]
        assert sum(legs) == costs + rest
        assert min(legs) >= 0
        # The oldest is made whole before the next one gets anything, and nobody gets too much.
        assert sum(each.amount for each in backs) == min(costs, sum(n for _who, n in told))
        for each, advance in zip(backs[:-1], advances, strict=False):
            assert (each.advance_id, each.amount) == (advance.id, advance.open)
        # Nobody earns on what goes back.
        assert cut.gross <= (costs + rest - cut.back - cut.own) * Fraction(rate)
        # Tax is the rate of the net, to the nearest cent.
        assert abs(cut.fee_tax - fee_net * Fraction(tax)) <= 1

    def test_a_known_case(self) -> None:
        cut = divide(
            100_000,
            rate=Decimal("0.25"),
            quality_share=Decimal("0.2"),
            fee_rate=fee_on(date(2026, 11, 23)),
        )
        assert (cut.creditor, cut.fee, cut.reserve, cut.commission) == (75_000, 1250, 4750, 19_000)

    def test_a_day_before_any_fee_is_an_error(self) -> None:
        with pytest.raises(LookupError):
            fee_on(date(1999, 12, 31))


class TestPostings:
    def facts(self, source: str, excess: int = 0) -> accounts.Facts:
        cut = divide(
            900, rate=Decimal("0.3"), quality_share=Decimal("0.5"), fee_rate=Fraction(1, 20)
        )
        return accounts.Facts(
            payment_id=ONE,
            claim_id=TWO,
            creditor_id=ONE,
            debtor_id=TWO,
            collector_id=ONE,
            source=source,
            provider="sandbox",
            currency="CNY",
            parts={"interest": 100, "principal": 800},
            excess=excess,
            shares=cut,
            at=AT,
        )

    def test_cash_in_equals_what_was_paid(self) -> None:
        moves = accounts.postings(self.facts("cashier", excess=40))
        box = accounts.cash("sandbox", TWO)
        assert sum(move.amount for move in moves if move.debit == box) == 940

    def test_money_the_creditor_reports_moves_no_cash(self) -> None:
        moves = accounts.postings(self.facts("creditor", excess=40))
        assert not any(
            path.startswith("platform:cash") for m in moves for path in (m.debit, m.credit)
        )
        due = accounts.commission_due(ONE)
        assert sum(move.amount for move in moves if move.debit == due) == 270

    def test_the_claim_falls_by_what_was_allocated(self) -> None:
        for source in ("cashier", "creditor"):
            moves = accounts.postings(self.facts(source))
            falls = {m.credit: m.amount for m in moves if m.credit.startswith("claim:")}
            assert falls == {f"claim:{TWO}:interest": 100, f"claim:{TWO}:principal": 800}

    def test_without_a_mandate_all_is_the_creditors(self) -> None:
        assert undivided(5).creditor == 5


class TestCashier:
    def notice(self, **changes: object) -> bytes:
        fields = json.loads(cashier.notice_body(cashier.Notice(ONE, cashier.PAID, 500, "CNY", AT)))
        return json.dumps({**fields, **changes}).encode()

    def test_a_signed_notice_is_read(self) -> None:
        body = self.notice()
        assert cashier.read_notice(body, cashier.sign(body)) == cashier.Notice(
            ONE, "paid", 500, "CNY", AT
        )

    def test_a_changed_notice_is_refused(self) -> None:
        signature = cashier.sign(self.notice())
        with pytest.raises(cashier.BadSignature):
            cashier.read_notice(self.notice(amount=5), signature)

    @pytest.mark.parametrize(
        "changes",
        [
            {"event": "refunded"},
            {"amount": "500"},
            {"amount": True},
            {"at": "2026-11-23T04:00:00"},
            {"order": "x"},
        ],
    )
    def test_a_signed_notice_that_makes_no_sense_is_refused(
        self, changes: dict[str, object]
    ) -> None:
        body = self.notice(**changes)
        with pytest.raises(cashier.BadNotice):
            cashier.read_notice(body, cashier.sign(body))

    def test_a_checkout_survives_the_way_and_nothing_can_be_changed_on_it(self) -> None:
        checkout = cashier.Checkout(ONE, 500, "CNY")
        query = cashier.checkout_query(checkout)
        assert cashier.read_checkout(query) == checkout
        with pytest.raises(cashier.BadSignature):
            cashier.read_checkout(query.replace("amount=500", "amount=1"))
        with pytest.raises(cashier.BadSignature):
            cashier.read_checkout(urlencode({"order": str(ONE)}))


class TestReading:
    header = ("invoiceNumber", "InvoiceAmount", "SettledDate")

    def read(self, *row: str) -> list[object]:
        return list(read_payments(self.header, [row], mapping_named("ar_ibm")))

    def test_a_row_becomes_a_payment(self) -> None:
        (payment,) = read_payments(
            self.header, [("0001", "1,055.94", "1/15/2013")], mapping_named("ar_ibm")
        )
        assert (payment.amount, payment.currency) == (105594, "USD")
        assert (payment.paid_on, payment.reference) == (date(2013, 1, 15), "0001")

    def test_a_row_without_a_day_is_no_payment_yet(self) -> None:
        assert self.read("0001", "5.00", " ") == []

    @pytest.mark.parametrize("amount", ["", "0", "-1", "1.005", "12a", "NaN", "1e30", "1e999999"])
    def test_a_broken_amount_names_its_row(self, amount: str) -> None:
        with pytest.raises(BadFile) as refusal:
            self.read("0001", amount, "1/15/2013")
        assert refusal.value.facts == {"row": 2, "column": "amount"}

    def test_a_broken_day_names_its_row(self) -> None:
        with pytest.raises(BadFile, match="paid_on"):
            self.read("0001", "1", "2013-01-15")

    def test_a_missing_column_is_named(self) -> None:
        with pytest.raises(MissingColumn, match="SettledDate"):
            read_payments(self.header[:2], [], mapping_named("ar_ibm"))

    def test_only_shipped_mappings_exist(self) -> None:
        assert mapping_names() == ["ar_ibm", "qinghe"]
        with pytest.raises(UnknownMapping):
            mapping_named("../terms")
