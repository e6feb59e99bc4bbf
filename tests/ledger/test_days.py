"""What an account held at the end of a day, or at an instant, without reading its history."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from typer.testing import CliRunner

from qinghe.claims.days import day_of, end_of
from qinghe.cli.ledger import app
from qinghe.ledger import queries, services
from qinghe.ledger.models import Account, DayEnd
from qinghe.ledger.terms import Posting
from tests.ledger.replay import assert_as_of_equals_replay
from tests.ledger.test_opening import opened, rows
from tests.races import race

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = date(2026, 11, 23)
CASH, HELD, FEES = "platform:cash:bank", "creditor:a:collected", "platform:fees"


def posted(*moves: tuple[str, str, int, datetime]) -> None:
    services.post_many(
        postings=[Posting(d, c, amount, "CNY", "test", "test:1", at) for d, c, amount, at in moves]
    )


def on(day: date, path: str = CASH) -> int:
    return queries.balances_on(paths=[path], currency="CNY", day=day)[path]


def at(moment: datetime, path: str = CASH) -> int:
    return queries.balances_at(paths=[path], currency="CNY", at=moment)[path]


def days(count: int) -> timedelta:
    return timedelta(days=count)


@pytest.mark.django_db
class TestDays:
    def test_a_day_that_is_over_keeps_what_it_ended_with(self) -> None:
        posted((CASH, HELD, 500, AT))
        posted((CASH, HELD, 70, AT + days(3)))
        assert [on(DAY + days(n)) for n in range(-1, 5)] == [0, 500, 500, 500, 570, 570]
        assert on(DAY, HELD) == -500

    def test_the_first_posting_of_a_day_costs_a_row_and_the_others_none(self) -> None:
        for hours in range(10):
            posted((CASH, HELD, 1, AT + timedelta(hours=hours)))
        assert not DayEnd.objects.exists()
        for hours in range(10):
            posted((CASH, HELD, 1, AT + days(1) + timedelta(hours=hours)))
        assert set(DayEnd.objects.values_list("account__path", "day", "balance")) == {
            (CASH, DAY, 10),
            (HELD, DAY, -10),
        }

    def test_a_day_ends_at_midnight_of_the_market(self) -> None:
        posted((CASH, HELD, 1, datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)))
        posted((CASH, HELD, 2, datetime(2026, 11, 23, 16, tzinfo=UTC)))
        assert (on(DAY), on(DAY + days(1))) == (1, 3)
        assert at(end_of(DAY)) == 3
        assert at(end_of(DAY) - timedelta(microseconds=1)) == 1

    def test_the_database_and_the_product_mean_the_same_day(self) -> None:
        moments = [AT + timedelta(minutes=7 * n) for n in range(400)]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT qinghe_ledger_day(m), qinghe_ledger_begins(qinghe_ledger_day(m))"
                " FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS w (m, n) ORDER BY n",
                [moments],
            )
            found = cursor.fetchall()
        assert found == [(day_of(m), end_of(day_of(m) - days(1))) for m in moments]

    def test_a_posting_for_a_day_that_is_over_corrects_it_and_the_days_since(self) -> None:
        posted((CASH, HELD, 100, AT))
        posted((CASH, HELD, 10, AT + days(4)))
        posted((CASH, HELD, 1, AT + days(2)), (CASH, FEES, 7, AT - days(1)))
        found = [on(DAY + days(n)) for n in range(-2, 6)]
        assert found == [0, 7, 107, 107, 108, 108, 118, 118]
        assert on(DAY - days(1), FEES) == on(DAY + days(9), FEES) == -7
        assert_as_of_equals_replay()

    def test_postings_of_several_days_in_one_call(self) -> None:
        posted((CASH, HELD, 1, AT), (CASH, HELD, 2, AT + days(1)), (HELD, CASH, 3, AT + days(2)))
        assert [on(DAY + days(n)) for n in range(3)] == [1, 3, 0]
        assert_as_of_equals_replay()

    def test_an_instant_counts_what_was_booked_until_then(self) -> None:
        posted((CASH, HELD, 1, AT), (CASH, HELD, 2, AT + timedelta(hours=1)))
        assert at(AT - timedelta(microseconds=1)) == 0
        assert (at(AT), at(AT + timedelta(hours=1)), at(AT + days(9))) == (1, 3, 3)

    def test_accounts_that_begin_with_a_transfer_begin_on_its_day(self) -> None:
        opened(*rows(500, 7))
        posted(("claim:0:costs", "creditor:a:claimed", 1, AT + days(1)))
        assert on(DAY, "claim:0:principal") == 500
        assert on(DAY - days(1), "claim:0:principal") == 0
        assert on(DAY, "creditor:a:claimed") == -507
        assert_as_of_equals_replay()

    def test_nobody_writes_the_end_of_a_day(self) -> None:
        posted((CASH, HELD, 1, AT))
        posted((CASH, HELD, 1, AT + days(1)))
        account = Account.objects.get(path=CASH)
        for write in (
            lambda: DayEnd.objects.update(balance=5),
            lambda: DayEnd.objects.all().delete(),
            lambda: DayEnd.objects.create(account=account, day=DAY - days(9), balance=1),
        ):
            with (
                pytest.raises(IntegrityError, match="follows from transfers"),
                transaction.atomic(),
            ):
                write()
        with pytest.raises(IntegrityError, match="only with a transfer"), transaction.atomic():
            Account.objects.update(moved_on=DAY)

    def test_what_moved_before_the_table_was_is_filled_in(self) -> None:
        posted((CASH, HELD, 100, AT))
        posted((CASH, HELD, 10, AT + days(4)), (HELD, FEES, 3, AT + days(4)))
        fill = import_module("qinghe.ledger.migrations.0008_days").FILL
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE ledger_dayend DISABLE TRIGGER guard")
            cursor.execute("ALTER TABLE ledger_account DISABLE TRIGGER guard")
            cursor.execute("DELETE FROM ledger_dayend; UPDATE ledger_account SET moved_on = NULL")
            cursor.execute("DROP FUNCTION qinghe_ledger_day; DROP FUNCTION qinghe_ledger_begins")
            cursor.execute(fill)
        assert_as_of_equals_replay()

    def test_a_balance_of_old_reads_a_row_and_no_history(self) -> None:
        for n in range(40):
            posted((CASH, HELD, 1, AT + days(n)))
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(
                f"EXPLAIN {queries.ON}", {"paths": [CASH], "currency": "CNY", "day": DAY}
            )
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "ledger_dayend_pkey" in plan
        assert "ledger_transfer" not in plan


@pytest.mark.django_db
class TestCommand:
    def test_it_tells_what_an_account_held(self) -> None:
        posted((CASH, HELD, 500, AT))
        posted((CASH, HELD, 70, AT + days(3)))
        told = CliRunner().invoke(app, ["balance", CASH, "--on", "2026-11-24", "--json"])
        assert json.loads(told.output) == [{"path": CASH, "currency": "CNY", "balance": 500}]

    def test_it_tells_what_lies_below_a_path(self) -> None:
        posted((f"{CASH}:1", HELD, 500, AT), (f"{CASH}:2", HELD, 3, AT))
        told = CliRunner().invoke(app, ["balance", CASH, "--under", "--json"])
        assert [row["balance"] for row in json.loads(told.output)] == [500, 3]

    def test_an_account_nobody_used_is_said_to_be_unknown(self) -> None:
        told = CliRunner().invoke(app, ["balance", "platform:nothing"])
        assert told.exit_code == 1
        assert "platform:nothing" in told.output


moves = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from([CASH, "claim:1:costs"]),
            st.sampled_from([HELD, FEES]),
            st.integers(1, 1000),
            st.integers(-100, 100).map(lambda hours: AT + timedelta(hours=hours)),
        ),
        min_size=1,
        max_size=4,
    ),
    max_size=8,
)


class TestAnyOrder(TestCase):
    @settings(max_examples=30, deadline=None)
    @given(moves)
    def test_as_of_equals_a_replay_in_whatever_order_days_come(
        self, asked: list[list[tuple[str, str, int, datetime]]]
    ) -> None:
        for each in asked:
            posted(*each)
        assert_as_of_equals_replay()


@pytest.mark.django_db(transaction=True)
def test_postings_of_several_days_beside_each_other_keep_every_day() -> None:
    posted((CASH, HELD, 1, AT))

    def run(number: int) -> None:
        for round_ in range(12):
            posted((CASH, HELD, 1, AT + days((number + round_) % 3)))

    race(range(6), run)
    assert on(DAY + days(2)) == 73
    assert_as_of_equals_replay()
