from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qinghe.ledger import queries, services
from qinghe.ledger.closing import (
    LOCK,
    MonthClosed,
    MonthNotNext,
    MonthNotOver,
    after,
    close_period,
)
from qinghe.ledger.models import ClosingBalance, Period, Transfer
from qinghe.ledger.terms import Posting
from qinghe.reporting.contraventions import found
from tests.races import race

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
CASH, HELD, FEES, OWN = (
    "platform:cash:bank",
    "creditor:a:collected",
    "platform:fees",
    "platform:own",
)
CHECKS = (
    "closed-months-are-sealed",
    "closing-balances-are-the-replay",
    "closed-months-stay-closed",
)


def ends(month: date) -> datetime:
    """Return the end of a month in China's time."""
    last = after(month)
    return datetime(last.year, last.month, last.day, tzinfo=UTC) - timedelta(hours=8)


def close(month: date = NOVEMBER) -> Period:
    return close_period(month=month, until=ends(month), at=ends(month) + timedelta(days=3))


def put(amount: int, at: datetime = AT, debit: str = CASH, credit: str = HELD) -> Transfer:
    (made,) = services.post_many(
        postings=[Posting(debit, credit, amount, "CNY", "test", "test:1", at)]
    )
    return Transfer.objects.get(pk=made)


def stood(period: Period) -> dict[str, int]:
    rows = ClosingBalance.objects.filter(period=period)
    return dict(rows.values_list("account__path", "balance"))


def assert_proven() -> None:
    for name in CHECKS:
        assert found(name, at=AT) == []


@pytest.mark.django_db
class TestClose:
    def test_what_stood_at_the_end_is_kept(self) -> None:
        put(500)
        put(200, debit=HELD, credit=FEES)
        period = close()
        assert stood(period) == {CASH: 500, HELD: -300, FEES: -200}
        assert period.transfers == 2
        assert len(period.root) == 64
        put(50, at=ends(NOVEMBER))
        second = close(DECEMBER)
        assert second.previous == period.root != second.root
        # What did not move has no row of its own; its last one stands.
        assert stood(second) == {CASH: 550, HELD: -350}
        assert_proven()

    def test_what_comes_late_is_booked_in_the_open_month_and_says_so(self) -> None:
        put(500)
        close()
        late = put(40)
        assert (late.at, late.meant_at) == (ends(NOVEMBER), AT)
        assert put(1, at=ends(NOVEMBER)).meant_at is None
        assert queries.balance(path=CASH, currency="CNY") == 541
        assert_proven()

    def test_a_correction_of_a_closed_month_stands_in_the_open_one(self) -> None:
        wrong = put(500)
        close()
        mirror = services.reverse(transfer_id=wrong.pk, at=AT)
        assert (mirror.at, mirror.meant_at) == (ends(NOVEMBER), AT)
        assert_proven()

    def test_what_was_set_aside_is_told_that_its_month_is_closed(self) -> None:
        put(500)
        waits = services.set_aside(
            posting=Posting(HELD, CASH, 200, "CNY", "test", "test:1", AT),
            expires_at=ends(DECEMBER),
        )
        close()
        with pytest.raises(MonthClosed):
            services.post_pending(pending_id=waits.pk, at=AT)
        services.post_pending(pending_id=waits.pk, at=ends(NOVEMBER))
        assert queries.balance(path=CASH, currency="CNY") == 300

    # On the day on which the accounts moved last, and on a later one.
    @pytest.mark.parametrize("at", [AT, ends(NOVEMBER) - timedelta(microseconds=1)])
    @pytest.mark.parametrize("count", [1, 2])
    def test_the_table_itself_refuses_a_closed_month(self, at: datetime, count: int) -> None:
        row = put(500)
        close()
        told = {"amount": 1, "currency": "CNY", "kind": "test", "subject": "test:2", "at": at}
        sides = {"debit_id": row.debit_id, "credit_id": row.credit_id}
        late = [Transfer(**sides, **told) for _each in range(count)]
        with pytest.raises(IntegrityError, match="closed month"), transaction.atomic():
            Transfer.objects.bulk_create(late)

    def test_months_are_closed_in_order_and_when_they_are_over(self) -> None:
        put(500)
        with pytest.raises(MonthNotOver):
            close_period(month=NOVEMBER, until=ends(NOVEMBER), at=AT)
        close()
        for month in (OCTOBER, NOVEMBER, date(2027, 1, 1)):
            with pytest.raises(MonthNotNext):
                close(month)

    @pytest.mark.parametrize("table", ["ledger_period", "ledger_closingbalance"])
    @pytest.mark.parametrize("how", ["DELETE FROM {}", "UPDATE {} SET id = id"])
    def test_what_was_closed_is_never_changed(self, table: str, how: str) -> None:
        put(500)
        close()
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(how.format(table))

    def test_nothing_is_added_to_what_a_closed_month_kept(self) -> None:
        put(500)
        period = close()
        put(1, at=ends(NOVEMBER))
        other = services.open_account(path=OWN, currency="CNY")
        with pytest.raises(IntegrityError, match="keeps the balances"), transaction.atomic():
            ClosingBalance.objects.create(
                period=period, account=other, debits=1, credits=0, balance=1
            )

    def test_an_empty_month_closes_too(self) -> None:
        assert close().transfers == 0
        assert_proven()

    def test_the_checks_find_what_was_altered_behind_the_back(self) -> None:
        put(500)
        close()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER append_only")
            cursor.execute("UPDATE ledger_transfer SET amount = 499")
        assert found("closed-months-are-sealed", at=AT) == ["2026-11"]
        assert sorted(found("closing-balances-are-the-replay", at=AT)) == sorted([CASH, HELD])


DAYS = st.integers(0, 120)
MOVES = st.lists(
    st.tuples(
        st.sampled_from([CASH, HELD, FEES, "platform:suspense"]), st.integers(1, 10**9), DAYS
    ),
    max_size=25,
)


class TestReplay(TestCase):
    @given(MOVES, st.integers(0, 3))
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_closing_balances_are_the_replay_of_all_before(
        self, moves: list[tuple[str, int, int]], months: int
    ) -> None:
        begin = ends(date(2026, 8, 1))
        for path, amount, day in sorted(moves, key=lambda move: move[2]):
            side = {path: "mixed", "platform:other": "mixed"}
            posting = Posting(
                path, "platform:other", amount, "CNY", "t", "t:1", begin + timedelta(days=day)
            )
            services.post_many(postings=[posting], sides=side)
        month = date(2026, 9, 1)
        for _each in range(months):
            period = close(month)
            replay: dict[str, int] = defaultdict(int)
            for row in Transfer.objects.filter(at__lt=ends(month)).select_related(
                "debit", "credit"
            ):
                replay[row.debit.path] += row.amount
                replay[row.credit.path] -= row.amount
            last = _last_known(period)
            assert last == dict(replay)
            month = after(month)
        assert_proven()


def _last_known(period: Period) -> dict[str, int]:
    rows = ClosingBalance.objects.filter(period__until__lte=period.until).order_by("period__until")
    return dict(rows.values_list("account__path", "balance"))


@pytest.mark.django_db(transaction=True)
def test_a_posting_beside_the_close_is_in_the_month_or_after_it() -> None:
    put(1)

    def run(number: int) -> Any:
        if number == 0:
            return close()
        try:
            return put(100, at=ends(NOVEMBER) - timedelta(seconds=number))
        except MonthClosed:
            return None

    answers = race(range(8), run)
    period = answers[0]
    within = Transfer.objects.filter(at__lt=period.until)
    assert period.transfers == within.count()
    assert stood(period)[CASH] == sum(within.values_list("amount", flat=True))
    for row in answers[1:]:
        assert row is None or row.at < period.until or row.meant_at is not None
    assert_proven()


@pytest.mark.django_db(transaction=True)
def test_two_who_close_at_once_close_once() -> None:
    put(1)

    def run(_number: int) -> bool:
        try:
            close()
        except MonthNotNext:
            return False
        return True

    assert sorted(race(range(2), run)) == [False, True]
    assert Period.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("count", [1, 2])
def test_who_posts_into_a_month_waits_for_its_close(count: int) -> None:
    put(1)
    postings = [Posting(CASH, HELD, 1, "CNY", "test", "test:1", AT)] * count
    closer: Any = connection.copy()
    try:
        with closer.cursor() as cursor:
            closer.set_autocommit(False)
            cursor.execute(LOCK, [AT, AT])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
            with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
                services.post_many(postings=postings)
    finally:
        closer.close()
    services.post_many(postings=postings)
