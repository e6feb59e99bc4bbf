"""
Any sequence of acts on the books, against a model of a dozen lines that knows no SQL.

The short run is part of every test run; the long one takes more than ten thousand steps.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run

from qinghe.ledger import queries, services
from qinghe.ledger.models import Account
from qinghe.ledger.services import PendingExceeded, PendingSettled, PendingTimedOut
from qinghe.ledger.terms import Posting, side_of
from tests.ledger.replay import assert_as_of_equals_replay

BEGIN = datetime(2026, 11, 23, 4, tzinfo=UTC)
DEBITS, CREDITS = ("claim:1:costs", "platform:cash:bank"), ("creditor:a:collected", "platform:fees")
PATHS, CURRENCIES = st.sampled_from((*DEBITS, *CREDITS)), st.sampled_from(("CNY", "USD"))
AMOUNTS = st.integers(1, 60)
HOURS = st.integers(1, 30)
Key = tuple[str, str]
taken = Counter[str]()


@dataclass
class Aside:
    """What the model knows of an amount set aside."""

    posting: Posting
    expires_at: datetime
    open: bool = True


class Books(RuleBasedStateMachine):
    """Every act is tried on the books and on the model; both must say the same."""

    def __init__(self) -> None:
        super().__init__()
        self.at = BEGIN
        self.held: dict[Key, int] = defaultdict(int)
        self.booked: dict[UUID, Posting] = {}
        self.undone: set[UUID] = set()
        self.aside: dict[UUID, Aside] = {}
        self.outer = transaction.atomic()
        self.outer.__enter__()

    def teardown(self) -> None:
        try:
            assert_as_of_equals_replay()
        finally:
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)

    @initialize(amount=st.integers(50, 200), currency=CURRENCIES)
    def begin(self, amount: int, currency: str) -> None:
        for debit in DEBITS:
            self.post(debit, CREDITS[0], amount, currency, 0)

    @rule(hours=HOURS)
    def wait(self, hours: int) -> None:
        taken["wait"] += 1
        self.at += timedelta(hours=hours)

    @rule(debit=PATHS, credit=PATHS, amount=AMOUNTS, currency=CURRENCIES, late=st.integers(0, 60))
    def post(self, debit: str, credit: str, amount: int, currency: str, late: int) -> None:
        taken["post"] += 1
        self.try_to_book([self.posting(debit, credit, amount, currency, late)])

    @rule(moves=st.lists(st.tuples(PATHS, PATHS, AMOUNTS, CURRENCIES), min_size=2, max_size=5))
    def post_many(self, moves: list[tuple[str, str, int, str]]) -> None:
        taken["post many"] += 1
        self.try_to_book([self.posting(*each) for each in moves])

    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        if not self.booked:
            return
        taken["reverse"] += 1
        one = data.draw(st.sampled_from(list(self.booked)))
        original = self.booked[one]
        mirror = replace(original, debit=original.credit, credit=original.debit)
        if one in self.undone:
            with pytest.raises(services.AlreadyReversed):
                services.reverse(transfer_id=one, at=self.at)
        elif self.tried(lambda: services.reverse(transfer_id=one, at=self.at), [mirror]):
            self.undone.add(one)

    @rule(debit=PATHS, credit=PATHS, amount=AMOUNTS, currency=CURRENCIES, hours=HOURS)
    def set_aside(self, debit: str, credit: str, amount: int, currency: str, hours: int) -> None:
        taken["set aside"] += 1
        posting, until = (
            self.posting(debit, credit, amount, currency),
            self.at + timedelta(hours=hours),
        )
        aside = Aside(posting, until)
        fits = debit != credit and self.fits([], [aside])
        made: list[UUID] = []
        assert fits == self.goes(
            lambda: made.append(services.set_aside(posting=posting, expires_at=until).pk)
        )
        self.aside |= dict.fromkeys(made, aside)

    @rule(data=st.data(), part=st.integers(1, 70))
    def post_pending(self, data: st.DataObject, part: int) -> None:
        if not self.aside:
            return
        taken["post pending"] += 1
        one = data.draw(st.sampled_from(list(self.aside)))
        aside = self.aside[one]
        act = lambda: services.post_pending(pending_id=one, at=self.at, amount=part)  # noqa: E731
        refusal = self.why_not(aside, part)
        if refusal is not None:
            with pytest.raises(refusal):
                act()
            return
        act()
        aside.open = False
        booked = replace(aside.posting, amount=part)
        self.book([booked])
        self.booked[one] = booked

    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        if not self.aside:
            return
        taken["void"] += 1
        one = data.draw(st.sampled_from(list(self.aside)))
        if self.aside[one].open:
            services.void_pending(pending_id=one, at=self.at)
            self.aside[one].open = False
        else:
            with pytest.raises(PendingSettled):
                services.void_pending(pending_id=one, at=self.at)

    @rule()
    def time_out(self) -> None:
        taken["time out"] += 1
        due = [each for each in self.aside.values() if each.open and each.expires_at <= self.at]
        assert services.void_timed_out(at=self.at) == len(due)
        for each in due:
            each.open = False

    @invariant()
    def balances_are_the_models(self) -> None:
        accounts = Account.objects.all()
        assert {(a.path, a.currency): a.balance for a in accounts if a.balance} == {
            key: amount for key, amount in self.held.items() if amount
        }
        assert not any(queries.trial_balance().values())
        assert queries.wrong_balances() == []
        pending = {(a.path, a.currency): (a.pending_debit, a.pending_credit) for a in accounts}
        for key, sums in pending.items():
            assert sums == self.kept(key)

    def posting(
        self, debit: str, credit: str, amount: int, currency: str, late: int = 0
    ) -> Posting:
        at = self.at - timedelta(hours=late)
        return Posting(debit, credit, amount, currency, "test", "test:1", at)

    def try_to_book(self, postings: list[Posting]) -> None:
        made: list[UUID] = []
        if self.tried(lambda: made.extend(services.post_many(postings=postings)), postings):
            self.booked |= dict(zip(made, postings, strict=True))

    def tried(self, act: Callable[[], object], postings: list[Posting]) -> bool:
        """Act, and demand that it goes exactly when the model says so; book it in the model."""
        fits = all(p.debit != p.credit for p in postings) and self.fits(postings, [])
        assert fits == self.goes(act)
        if fits:
            self.book(postings)
        return fits

    def goes(self, act: Callable[[], object]) -> bool:
        try:
            with transaction.atomic():
                act()
        except IntegrityError:
            taken["refused"] += 1
            return False
        return True

    def book(self, postings: list[Posting]) -> None:
        for each in postings:
            self.held[each.debit, each.currency] += each.amount
            self.held[each.credit, each.currency] -= each.amount

    def kept(self, key: Key, more: list[Aside] | None = None) -> tuple[int, int]:
        """Return what is set aside of an account: to come, and to go."""
        aside = [each.posting for each in (*self.aside.values(), *(more or [])) if each.open]
        mine = [each for each in aside if each.currency == key[1]]
        come = sum(each.amount for each in mine if each.debit == key[0])
        return come, sum(each.amount for each in mine if each.credit == key[0])

    def fits(self, postings: list[Posting], aside: list[Aside]) -> bool:
        held = self.held.copy()
        for each in postings:
            held[each.debit, each.currency] += each.amount
            held[each.credit, each.currency] -= each.amount
        told = [*postings, *(each.posting for each in aside)]
        for key in {(path, p.currency) for p in told for path in (p.debit, p.credit)}:
            come, go = self.kept(key, aside)
            if (held[key] < go) if side_of(key[0]) == "debit" else (held[key] > -come):
                return False
        return True

    def why_not(self, aside: Aside, part: int) -> type[Exception] | None:
        if not aside.open:
            return PendingSettled
        if self.at >= aside.expires_at:
            return PendingTimedOut
        return PendingExceeded if part > aside.posting.amount else None


def lived(examples: int, steps: int) -> int:
    """Run the machine; return how many acts were tried on the books."""
    taken.clear()
    run(
        Books,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return sum(taken.values()) - taken["refused"]


@pytest.mark.django_db
def test_the_books_do_what_a_model_of_them_does() -> None:
    assert lived(examples=8, steps=20) > 60
    assert taken["refused"]


@pytest.mark.slow
@pytest.mark.django_db
def test_the_books_do_so_for_more_than_ten_thousand_steps() -> None:
    steps = lived(examples=320, steps=60)
    print(f"{steps} steps: {dict(taken)}")
    assert steps >= 10_000
