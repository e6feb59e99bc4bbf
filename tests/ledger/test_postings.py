from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qinghe.kernel.ids import new_id
from qinghe.ledger import queries, services
from qinghe.ledger.models import Account, DayEnd, Transfer
from qinghe.ledger.terms import Posting, side_of
from tests.races import race

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
CASH, HELD, FEES = "platform:cash:bank", "creditor:a:collected", "platform:fees"


def posting(debit: str, credit: str, amount: int, currency: str = "CNY") -> Posting:
    return Posting(debit, credit, amount, currency, "test", "test:1", AT)


def balances() -> dict[str, int]:
    return queries.balances(paths=[CASH, HELD, FEES], currency="CNY")


@pytest.mark.django_db
class TestPost:
    def test_a_posting_moves_both_balances(self) -> None:
        services.post(
            debit_path=CASH,
            credit_path=HELD,
            amount=500,
            currency="CNY",
            kind="payment.in",
            subject="payment:1",
            at=AT,
        )
        assert balances() == {CASH: 500, HELD: -500, FEES: 0}
        assert queries.trial_balance() == {"CNY": 0}

    def test_postings_of_one_call_need_only_fit_together(self) -> None:
        services.post_many(postings=[posting(HELD, FEES, 100), posting(CASH, HELD, 100)])
        assert balances() == {CASH: 100, HELD: 0, FEES: -100}

    def test_paying_out_more_than_is_held_is_refused_and_leaves_nothing(self) -> None:
        services.post_many(postings=[posting(CASH, HELD, 100)])
        with pytest.raises(IntegrityError, match="ledger_"), transaction.atomic():
            services.post_many(postings=[posting(HELD, CASH, 101)])
        assert balances() == {CASH: 100, HELD: -100, FEES: 0}

    def test_nothing_moves_a_balance_without_a_transfer(self) -> None:
        services.post_many(postings=[posting(CASH, HELD, 100)])
        with pytest.raises(IntegrityError, match="only with a transfer"), transaction.atomic():
            Account.objects.filter(path=CASH).update(balance=1)

    def test_a_transfer_is_never_changed(self) -> None:
        services.post_many(postings=[posting(CASH, HELD, 100)])
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Transfer.objects.update(amount=1)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Transfer.objects.all().delete()

    def test_two_currencies_never_meet(self) -> None:
        yuan = services.open_account(path=CASH, currency="CNY")
        dollars = services.open_account(path=HELD, currency="USD")
        with pytest.raises(IntegrityError, match="one currency"), transaction.atomic():
            Transfer.objects.create(
                debit=yuan, credit=dollars, amount=1, currency="CNY", kind="x", subject="x", at=AT
            )

    def test_a_transfer_says_the_currency_of_its_accounts(self) -> None:
        cash = services.open_account(path=CASH, currency="CNY")
        held = services.open_account(path=HELD, currency="CNY")
        with pytest.raises(IntegrityError, match="one currency"), transaction.atomic():
            Transfer.objects.create(
                debit=cash, credit=held, amount=1, currency="USD", kind="x", subject="x", at=AT
            )

    def test_an_account_keeps_its_path_and_its_currency(self) -> None:
        services.post_many(postings=[posting(CASH, HELD, 100)])
        for change in ({"currency": "USD"}, {"path": FEES}):
            with pytest.raises(IntegrityError, match="keeps its path"), transaction.atomic():
                Account.objects.filter(path=CASH).update(**change)

    @pytest.mark.parametrize("count", [1, 2])
    @pytest.mark.parametrize("side", ["debit_id", "credit_id"])
    def test_a_transfer_needs_accounts_that_exist(self, side: str, count: int) -> None:
        told = {"amount": 1, "currency": "CNY", "kind": "x", "subject": "x", "at": AT}
        cash = services.open_account(path=CASH, currency="CNY", side="mixed").pk
        held = services.open_account(path=HELD, currency="CNY", side="mixed").pk
        wrong = Transfer(**{**told, "debit_id": cash, "credit_id": held, side: new_id()})
        right = [Transfer(**told, debit_id=cash, credit_id=held) for _other in range(1, count)]
        with pytest.raises(IntegrityError, match="accounts that exist"), transaction.atomic():
            Transfer.objects.bulk_create([wrong, *right])

    def test_an_account_is_never_deleted(self) -> None:
        services.open_account(path=FEES, currency="CNY")
        with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
            Account.objects.filter(path=FEES)._raw_delete("default")

    def test_an_unknown_path_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no side"):
            services.open_account(path="somewhere:else", currency="CNY")

    @pytest.mark.parametrize("count", [1, 200])
    def test_many_postings_take_a_fixed_number_of_statements(
        self, django_assert_num_queries: object, count: int
    ) -> None:
        postings = [posting(CASH, f"creditor:{n}:collected", 1) for n in range(count)]
        services.post_many(postings=postings)
        with django_assert_num_queries(1):  # type: ignore[operator]
            services.post_many(postings=postings)


@pytest.mark.django_db
class TestReverse:
    def test_a_reversal_restores_the_balances_and_keeps_the_original(self) -> None:
        (transfer,) = services.post_many(postings=[posting(CASH, HELD, 700)])
        mirror = services.reverse(transfer_id=transfer, at=AT)
        assert balances() == {CASH: 0, HELD: 0, FEES: 0}
        assert mirror.reverses_id == transfer
        assert Transfer.objects.count() == 2
        assert queries.standing(subject="test:1") == []

    @pytest.mark.parametrize("change", [{"amount": 699}, {"amount": 700, "turned": False}])
    def test_a_reversal_that_is_no_mirror_is_refused(self, change: dict[str, int]) -> None:
        services.post_many(postings=[posting(CASH, HELD, 5000)])
        (transfer,) = services.post_many(postings=[posting(CASH, HELD, 700)])
        there, back = (HELD, CASH) if change.pop("turned", True) else (CASH, HELD)
        wrong = replace(posting(there, back, **change), reverses=transfer)
        with pytest.raises(IntegrityError, match="mirrors"), transaction.atomic():
            services.post_many(postings=[wrong])

    def test_nothing_is_reversed_twice(self) -> None:
        (transfer,) = services.post_many(postings=[posting(CASH, HELD, 700)])
        services.reverse(transfer_id=transfer, at=AT)
        with pytest.raises(services.AlreadyReversed):
            services.reverse(transfer_id=transfer, at=AT)


@pytest.mark.django_db(transaction=True)
def test_crossing_postings_neither_deadlock_nor_lose_money() -> None:
    services.post_many(postings=[posting(CASH, HELD, 1000), posting(CASH, FEES, 1000)])

    def post(n: int) -> None:
        for _round in range(10):
            there = [posting(HELD, FEES, 1), posting(CASH, HELD, 1)]
            services.post_many(postings=there if n % 2 else there[::-1])

    race(range(8), post)
    assert balances() == {CASH: 2080, HELD: -1000, FEES: -1080}
    assert queries.wrong_balances() == []


PATHS = ("claim:1:principal", "creditor:a:claimed", CASH, HELD, FEES)
paths = st.sampled_from(PATHS)
moves = st.lists(st.tuples(paths, paths, st.integers(1, 10**12)), max_size=12)


class TestBooks(TestCase):
    @settings(max_examples=50, deadline=None)
    @given(moves)
    def test_books_balance_after_any_sequence(self, asked: list[tuple[str, str, int]]) -> None:
        for debit, credit, amount in asked:
            try:
                with transaction.atomic():
                    services.post_many(postings=[posting(debit, credit, amount)])
            except IntegrityError:
                # Refused by a constraint: what matters is that nothing moved.
                continue
        assert queries.trial_balance().get("CNY", 0) == 0
        assert queries.wrong_balances() == []
        for account in Account.objects.all():
            sign = 1 if side_of(account.path) == "debit" else -1
            assert account.balance * sign >= 0


HOURS = st.integers(0, 60)
among = st.lists(st.tuples(paths, paths, st.integers(1, 100), HOURS), min_size=1, max_size=8)


class TestOneByOne(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(among)
    def test_one_by_one_and_all_together_leave_the_same_books(
        self, asked: list[tuple[str, str, int, int]]
    ) -> None:
        postings = [
            replace(posting(debit, credit, amount), at=AT + timedelta(hours=hours))
            for debit, credit, amount, hours in asked
            if debit != credit
        ]
        found = []
        for calls in ([[each] for each in postings], [postings]):
            with transaction.atomic():
                for call in calls:
                    services.post_many(postings=call, sides=dict.fromkeys(PATHS, "mixed"))
                found.append(books())
                transaction.set_rollback(True)
        assert found[0] == found[1]


def books() -> list[set[tuple[object, ...]]]:
    """Return every balance with its latest day, and every end of a day."""
    ends = DayEnd.objects.values_list("account__path", "day", "balance")
    return [set(Account.objects.values_list("path", "balance", "moved_on")), set(ends)]
