"""Three tellings of a day: every cent that one of them does not tell is listed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.kernel.actor import Role
from qinghe.parties.roles import NotPermitted
from qinghe.settlement import services
from qinghe.settlement.models import CashierOrder, ProviderLine
from qinghe.settlement.provider_reports import BadRow, read_report
from qinghe.settlement.queries.reconciliation import reconcile
from qinghe.settlement.reconciling import Differs, Entry, Told, differences, paid_out
from qinghe.settlement.services.reporting_in import (
    BadProviderReport,
    LineChanged,
    UnknownCurrency,
    UnknownProvider,
)
from tests.factories import AT, actor, claim, debtor_of
from tests.settlement.bank_files import Said, csv
from tests.settlement.banked import ONE
from tests.settlement.test_payments import pay
from tests.settlement.test_suspense import take

DAY = date(2026, 11, 23)
HEAD = "number,kind,amount,fee,day"
told = st.lists(
    st.builds(
        Told,
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from(["paid", "back"]),
        st.integers(1, 99),
    ),
    max_size=12,
)


def report(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *rows]).encode()


def signed(rows: list[Told]) -> int:
    return sum(each.amount if each.kind == "paid" else -each.amount for each in rows)


class TestPure:
    @given(told, told)
    def test_without_a_difference_the_sums_are_equal_by_number(
        self, ours: list[Told], theirs: list[Told]
    ) -> None:
        found = differences(ours, theirs)
        by = {(each.number, each.what): each for each in found}
        gap = sum(each.ours or 0 for each in found) - sum(each.theirs or 0 for each in found)
        # The lines make up the columns, where what went back is below nothing.
        assert gap == signed(ours) - signed(theirs)
        assert all(each.ours != each.theirs for each in by.values())
        assert differences(ours, ours) == []

    @given(
        st.dictionaries(st.dates(DAY, DAY + timedelta(days=9)), st.integers(-50, 50)),
        st.lists(st.tuples(st.dates(DAY, DAY + timedelta(days=12)), st.integers(1, 50))),
    )
    def test_every_day_is_at_the_bank_or_listed_and_no_entry_counts_twice(
        self, nets: dict[date, int], came: list[tuple[date, int]]
    ) -> None:
        entries = [Entry(str(n), on, amount) for n, (on, amount) in enumerate(came)]
        found, missing = paid_out(nets, entries)
        due = {day for day, net in nets.items() if net > 0}
        assert set(found) | {date.fromisoformat(each.number) for each in missing} == due
        assert len({entry.id for entry in found.values()}) == len(found)
        assert all(found[day].amount == nets[day] for day in found)

    def test_reports_are_read_in_both_languages_and_strictly(self) -> None:
        rows = read_report(
            "交易号,类型,金额,手续费,日期\nT1,收款,100.00,0.60,2026/11/23\n".encode("gb18030"),
            "CNY",
        )
        assert [(row.number, row.kind, row.amount, row.fee, row.net) for row in rows] == [
            ("T1", "paid", 10_000, 60, 9_940)
        ]
        for bad in ("T1,x,1,0,2026-11-23", "T1,paid,0,0,2026-11-23", "T1,paid,1,0,soon",
                    "T1,paid,1.001,0,2026-11-23", ",paid,1,0,2026-11-23"):  # fmt: skip
            with pytest.raises(BadRow) as refusal:
                read_report(report(bad), "CNY")
            assert refusal.value.row == 2
        with pytest.raises(BadRow):
            read_report(report("T1,paid,1,0,2026-11-23", "T1,paid,1,0,2026-11-23"), "CNY")
        with pytest.raises(BadRow) as refusal:
            read_report(report(head="number,kind"), "CNY")
        assert refusal.value.row == 1


@pytest.mark.django_db
class TestADay:
    def paid(self, amount: int, number: str) -> None:
        target = claim(principal=amount)
        order = services.create_cashier_order(
            claim_id=target.pk, amount=amount, actor=debtor_of(target), at=AT
        )
        CashierOrder.objects.filter(pk=order.pk).update(
            state="paid", provider="alipay", number=number
        )
        order.refresh_from_db()
        pay(target, amount, str(order.pk), source="cashier", order=order)

    def take_in(self, *rows: str, provider: str = "alipay") -> int:
        content = report(*rows)
        return services.import_provider_report(
            provider=provider, currency="CNY", content=content, actor=ONE, at=AT
        )

    def test_a_currency_that_nothing_is_accounted_in_is_refused(self) -> None:
        with pytest.raises(UnknownCurrency):
            services.import_provider_report(
                provider="alipay", currency="ZZZ", content=report(), actor=ONE, at=AT
            )

    def test_a_day_on_which_all_three_say_the_same(self) -> None:
        self.paid(10_000, "A1")
        self.paid(5_000, "A2")
        assert self.take_in("A1,paid,100,0.6,2026-11-23", "A2,paid,50,0.3,2026-11-23") == 2
        take(csv([Said(14_910, "alipay settlement", "B1", day=date(2026, 11, 24))]))
        (row,) = reconcile(day=DAY, actor=ONE)
        assert (row.ours, row.ledger, row.theirs) == (15_000, 15_000, 15_000)
        assert (row.fees, row.net, row.bank, row.agrees) == (90, 14_910, 14_910, True)

    def test_every_difference_is_listed(self) -> None:
        self.paid(10_000, "A1")
        self.paid(5_000, "A2")
        self.take_in("A2,paid,49,0,2026-11-23", "A3,paid,7,0,2026-11-23")
        (row,) = reconcile(day=DAY, actor=ONE)
        assert {(each.what, each.number) for each in row.differences} == {
            (Differs.NOT_THERE, "A1"), (Differs.AMOUNT, "A2"), (Differs.NOT_HERE, "A3"),
            (Differs.NOT_AT_BANK, "2026-11-23"),
        }  # fmt: skip
        assert not row.agrees

    def test_the_same_again_changes_nothing_and_another_figure_is_refused(self) -> None:
        one = "A1,paid,100,0.6,2026-11-23"
        assert [self.take_in(one), self.take_in(one)] == [1, 0]
        assert self.take_in(one, "A2,paid,1,0,2026-11-23") == 1
        with pytest.raises(LineChanged):
            self.take_in("A1,paid,101,0.6,2026-11-23")
        assert ProviderLine.objects.count() == 2
        with pytest.raises(BadProviderReport):
            self.take_in("A1,what")
        with pytest.raises(UnknownProvider):
            self.take_in(one, provider="nobody")
        with pytest.raises(NotPermitted):
            reconcile(day=DAY, actor=actor(Role.CREDITOR))
