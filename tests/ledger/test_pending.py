"""Transfers in two phases: set aside, then posted, let go, or timed out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import IntegrityError, transaction

from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import new_id
from qinghe.ledger import jobs, queries, services
from qinghe.ledger.models import Pending, Transfer
from qinghe.ledger.terms import PendingState, Posting
from tests.races import race

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
LATER = AT + timedelta(hours=1)
END = AT + timedelta(days=2)
CASH, HELD, OWED = "platform:cash:bank", "creditor:a:collected", "platform:payout:1"


def move(debit: str, credit: str, amount: int) -> Posting:
    return Posting(debit, credit, amount, "CNY", "test", "test:1", AT)


def held(amount: int = 1000) -> None:
    services.post_many(postings=[move(CASH, HELD, amount)])


def aside(amount: int, debit: str = HELD, credit: str = CASH) -> UUID:
    return services.set_aside(posting=move(debit, credit, amount), expires_at=END).pk


def balances() -> tuple[int, int]:
    found = queries.balances(paths=[CASH, HELD], currency="CNY")
    return found[CASH], found[HELD]


def free(path: str = CASH) -> int:
    return queries.available(path=path, currency="CNY")


@pytest.mark.django_db
class TestPending:
    def test_what_is_set_aside_can_be_taken_by_nobody_else(self) -> None:
        held()
        aside(700)
        assert balances() == (1000, -1000)
        assert (free(), free(HELD)) == (300, 300)
        for take in (
            lambda: aside(301),
            lambda: services.post_many(postings=[move(OWED, CASH, 301)]),
            lambda: services.post_many(postings=[move(HELD, OWED, 301)]),
        ):
            with pytest.raises(IntegrityError, match="ledger_"), transaction.atomic():
                take()
        assert Pending.objects.count() == Transfer.objects.count() == 1

    def test_posting_books_it_under_the_same_id(self) -> None:
        held()
        one = aside(700)
        assert services.post_pending(pending_id=one, at=LATER) == one
        booked = Transfer.objects.get(pk=one)
        assert (booked.amount, booked.at, booked.subject) == (700, LATER, "test:1")
        assert balances() == (300, -300)
        assert (free(), free(HELD)) == (300, 300)

    def test_posting_a_part_lets_the_rest_go(self) -> None:
        held()
        services.post_pending(pending_id=aside(700), at=LATER, amount=200)
        assert balances() == (800, -800)
        assert free() == 800

    def test_letting_go_moves_nothing(self) -> None:
        held()
        services.void_pending(pending_id=aside(700), at=LATER)
        assert balances() == (1000, -1000)
        assert free() == 1000

    @pytest.mark.parametrize("first", ["post", "void", "time"])
    def test_it_is_settled_once(self, first: str) -> None:
        held()
        one = aside(700)
        acts: dict[str, Callable[[], Any]] = {
            "post": lambda: services.post_pending(pending_id=one, at=LATER),
            "void": lambda: services.void_pending(pending_id=one, at=LATER),
            "time": lambda: services.void_timed_out(at=END),
        }
        acts[first]()
        seen = (balances(), free(), Pending.objects.values().get())
        for name in ("post", "void"):
            with pytest.raises(services.PendingSettled):
                acts[name]()
        assert acts["time"]() == 0
        assert (balances(), free(), Pending.objects.values().get()) == seen

    def test_after_its_time_nothing_is_posted_and_the_job_lets_it_go(self) -> None:
        held()
        one = aside(700)
        assert services.void_timed_out(at=END - timedelta(seconds=1)) == 0
        with pytest.raises(services.PendingTimedOut):
            services.post_pending(pending_id=one, at=END)
        with time_machine.travel(END, tick=False):
            jobs.time_out()
        assert free() == 1000
        assert Pending.objects.get().state == PendingState.TIMED_OUT

    @pytest.mark.parametrize("amount", [0, -1, 701])
    def test_no_more_is_posted_than_was_set_aside(self, amount: int) -> None:
        held()
        one = aside(700)
        with pytest.raises(services.PendingExceeded):
            services.post_pending(pending_id=one, at=LATER, amount=amount)
        assert free() == 300

    def test_an_unknown_one_is_refused(self) -> None:
        for act in (services.post_pending, services.void_pending):
            with pytest.raises(services.NoSuchPending):
                act(pending_id=new_id(), at=AT)

    def test_what_waits_is_listed(self) -> None:
        held()
        one, two = aside(1), aside(2)
        services.void_pending(pending_id=one, at=LATER)
        assert [row.id for row in queries.pendings()] == [two]
        assert [row.state for row in queries.pendings(subject="test:1")] == ["voided", "pending"]


CHANGES: tuple[dict[str, Any], ...] = (
    {"state": "posted", "posted": 701, "settled_at": LATER},
    {"state": "posted", "posted": 700, "settled_at": END},
    {"state": "posted", "posted": 700},
    {"state": "voided"},
    {"state": "voided", "posted": 1, "settled_at": LATER},
    {"state": "timed_out", "settled_at": LATER},
    {"amount": 1},
    {"expires_at": END + timedelta(days=9)},
    {"state": "voided", "settled_at": LATER, "amount": 1},
)


@pytest.mark.django_db
class TestInTheDatabase:
    """Nobody needs to trust the services: the tables refuse."""

    @pytest.mark.parametrize("change", CHANGES, ids=str)
    def test_a_row_changes_only_as_it_is_settled(self, change: dict[str, Any]) -> None:
        held()
        aside(700)
        with pytest.raises(IntegrityError, match=r"set aside|ledger_"), transaction.atomic():
            Pending.objects.update(**change)
        assert free() == 300

    @pytest.mark.parametrize("state", ["posted", "voided"])
    def test_what_is_settled_stays_so(self, state: str) -> None:
        held()
        aside(700)
        posted = 700 if state == "posted" else 0
        Pending.objects.update(state=state, settled_at=LATER, posted=posted)
        for change in ({"state": "pending", "settled_at": None, "posted": 0}, {"state": "voided"}):
            with pytest.raises(IntegrityError, match="settled once"), transaction.atomic():
                Pending.objects.update(**change)
        with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
            Pending.objects.all().delete()
        assert free() == 1000 - posted

    def test_two_currencies_never_meet(self) -> None:
        held()
        ids = services.lock_accounts(keys=[(CASH, "CNY"), (OWED, "USD")])
        with pytest.raises(IntegrityError, match="one currency"), transaction.atomic():
            Pending.objects.create(
                debit_id=ids[OWED, "USD"], credit_id=ids[CASH, "CNY"], amount=1, currency="CNY",
                kind="x", subject="x", at=AT, expires_at=END,
            )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_many_who_settle_at_once_one_does() -> None:
    held()
    one = aside(700)

    def settle(n: int) -> str:
        try:
            if n % 2:
                services.post_pending(pending_id=one, at=LATER)
            else:
                services.void_pending(pending_id=one, at=LATER)
        except DomainError as refusal:
            return refusal.code
        return "done"

    assert sorted(race(range(8), settle)) == ["done"] + ["ledger.pending-settled"] * 7
    assert balances() in {(1000, -1000), (300, -300)}
    assert free() == balances()[0]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_set_aside_at_once_none_takes_too_much() -> None:
    held()

    def take(_n: int) -> bool:
        try:
            aside(300)
        except IntegrityError:
            return False
        return True

    assert sum(race(range(8), take)) == 3
    assert free() == 100
