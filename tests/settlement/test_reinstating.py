"""A payment that does not stay ends no order: the mandate is in force again, and earns again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qinghe.casework.queries import timeline
from qinghe.casework.queries.activity import activity
from qinghe.claims.models import Claim, Dispute
from qinghe.claims.services import place_hold
from qinghe.claims.terms import HoldKind
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role
from qinghe.market.models import Capacity, Extension, Mandate
from qinghe.market.queries import mandate_for, mandates
from qinghe.market.services import designate, end_expired, give_back, recall, set_capacity, suspend
from qinghe.parties.models import Licence, Organisation
from qinghe.parties.terms import OrgState
from qinghe.portal.workers import worker_of
from qinghe.quality.services import rate_mandate
from qinghe.reporting.contraventions import found
from qinghe.settlement.models import Payment, Split
from tests.factories import AT, actor, claim, collector, mandate, point
from tests.settlement.test_payments import JOB, assert_books, fresh, pay
from tests.settlement.test_reversal import reverse as undo_payment
from tests.web.people import signed_in

LATER = AT + timedelta(days=1)
CHECKS = ("capacity-counts", "one-live-mandate-per-claim", "mandates-last-by-what-debtors-did")


class Order:
    """A claim of 10,000 with its collector, and what is seen of both."""

    def __init__(self, **fields: Any) -> None:
        self.agency = collector(limit=fields.pop("limit", 3))
        self.claim = claim(principal=10_000, **fields.pop("claim", {}))
        self.mandate = mandate(self.claim, self.agency, **fields)

    @property
    def state(self) -> str:
        return Mandate.objects.get(pk=self.mandate.pk).state

    @property
    def places(self) -> tuple[int, int]:
        row = Capacity.objects.get(collector=self.agency)
        return row.live, row.limit

    @property
    def seen(self) -> tuple[Any, ...]:
        names = ("state", "reason", "closed_at", "closed_from", "ends_at", "hand")
        row = Mandate.objects.filter(pk=self.mandate.pk).values_list(*names).get()
        return (*row, fresh(self.claim).state, fresh(self.claim).hand, self.places)

    def settle(self, **fields: Any) -> Payment:
        payment = pay(self.claim, 10_000, "settles", **fields)
        assert (self.state, fresh(self.claim).state) == ("completed", "closed")
        return payment

    def stands(self) -> bool:
        return (self.state, fresh(self.claim).state, self.places[0]) == ("active", "placed", 1)

    def stays_over(self) -> bool:
        return (self.state, fresh(self.claim).state, self.places[0]) == ("completed", "ready", 0)


def commission(payment: Payment) -> int:
    return Split.objects.get(payment=payment).commission


def kept() -> list[str]:
    return [name for name in CHECKS if found(name, at=LATER)]


def by_one_self(order: Order, payment: Payment) -> None:
    who = actor(Role.CREDITOR, order.claim.creditor)
    undo_payment(payment, actor=who)
    # Who was settled is asked again by two.
    undo_payment(payment, actor=actor(Role.OPERATOR))


def by_two(_order: Order, payment: Payment) -> None:
    for _ in range(2):
        undo_payment(payment, actor=actor(Role.OPERATOR))


def by_machine(_order: Order, payment: Payment) -> None:
    undo_payment(payment)


@pytest.mark.django_db
class TestInForceAgain:
    @pytest.mark.parametrize("undo", [by_one_self, by_two, by_machine])
    def test_whoever_undoes_it(self, undo: Callable[[Order, Payment], None]) -> None:
        order = Order()
        before = order.seen
        undo(order, order.settle())
        assert order.stands()
        assert order.seen == before
        assert kept() == []
        assert_books(order.claim)
        told = Entry.objects.get(kind="market.mandate-reinstated")
        assert told.subject == f"claim:{order.claim.pk}"
        assert told.facts["mandate"] == str(order.mandate.pk)

    def test_one_person_who_only_asks_changes_nothing(self) -> None:
        order = Order()
        payment = order.settle()
        undo_payment(payment, actor=actor(Role.CREDITOR, order.claim.creditor))
        assert (order.state, fresh(order.claim).state) == ("completed", "closed")
        assert not Entry.objects.filter(kind="market.mandate-reinstated").exists()

    def test_a_payment_that_was_only_a_part_of_it(self) -> None:
        order = Order()
        part = pay(order.claim, 4_000, "part")
        pay(order.claim, 6_000, "rest", at=AT + timedelta(hours=1))
        assert order.state == "completed"
        undo_payment(part)
        assert order.stands()
        assert fresh(order.claim).principal == 4_000

    def test_a_payment_that_was_too_much_changes_nothing(self) -> None:
        order = Order()
        order.settle()
        second = pay(order.claim, 500, "second", at=AT + timedelta(hours=1))
        third = pay(order.claim, 500, "third", source="cashier", at=AT + timedelta(hours=2))
        undo_payment(second)
        assert (order.state, fresh(order.claim).state) == ("completed", "closed")
        assert Split.objects.get(payment=third).mandate_id is None

    def test_a_suspended_mandate_is_suspended_again(self) -> None:
        order = Order()
        suspend(mandate_id=order.mandate.pk, cause="complaint", actor=JOB, at=AT)
        before = order.seen
        payment = order.settle()
        undo_payment(payment)
        assert order.seen == before
        assert order.state == "suspended"

    def test_a_hold_stops_its_work_and_not_its_return(self) -> None:
        order = Order()
        payment = order.settle()
        place_hold(
            person_id=order.claim.debtor_id,
            claim_id=order.claim.pk,
            kind=HoldKind.HARDSHIP,
            cause="test",
            ends_at=None,
            actor=JOB,
            at=AT,
        )
        undo_payment(payment)
        assert order.stands()

    def test_a_full_collector_has_it_back_and_its_limit_follows_down(self) -> None:
        order = Order(limit=1)
        Capacity.objects.update(granted=1, granted_band=7)
        payment = order.settle()
        mandate(claim(), order.agency)
        undo_payment(payment)
        assert order.state == "active"
        assert order.places == (2, 2)
        # No room beyond what was granted opens for anything new.
        with pytest.raises(IntegrityError), transaction.atomic():
            Capacity.objects.update(limit=3)
        assert kept() == []
        recall(mandate_id=order.mandate.pk, reason="x", actor=JOB, at=LATER)
        assert order.places == (1, 1)

    def test_what_was_granted_stays_the_limit_where_nobody_had_granted_it(self) -> None:
        order = Order(limit=1)
        payment = order.settle()
        mandate(claim(), order.agency)
        undo_payment(payment)
        recall(mandate_id=order.mandate.pk, reason="x", actor=JOB, at=LATER)
        assert order.places == (1, 1)
        set_capacity(collector_id=order.agency.pk, limit=2, actor=actor(Role.OPERATOR), at=LATER)
        assert order.places == (1, 2)

    def test_the_days_between_count_towards_no_service(self) -> None:
        order = Order(warned_at=AT, warned_for="report")
        undo_payment(order.settle())
        row = Mandate.objects.select_related("claim").get(pk=order.mandate.pk)
        assert activity([row], LATER)[row.pk].resumed_at == LATER

    def test_what_the_undone_payment_had_lengthened_is_short_again(self) -> None:
        ends = AT + timedelta(days=3)
        order = Order(ends_at=ends, agreed_ends_at=ends)
        part = pay(order.claim, 4_000, "part")
        assert Mandate.objects.get(pk=order.mandate.pk).ends_at > ends
        assert Extension.objects.filter(source=part.pk).exists()
        pay(order.claim, 6_000, "rest", at=AT + timedelta(hours=1))
        undo_payment(part)
        assert order.stands()
        assert Mandate.objects.get(pk=order.mandate.pk).ends_at == ends
        assert kept() == []

    def test_it_ends_by_the_next_payment_and_comes_back_once_more(self) -> None:
        order = Order()
        undo_payment(order.settle())
        again = pay(order.claim, 10_000, "again", at=LATER + timedelta(hours=1))
        assert order.state == "completed"
        undo_payment(again, at=LATER + timedelta(hours=2))
        assert order.stands()
        assert Entry.objects.filter(kind="market.mandate-reinstated").count() == 2


@pytest.mark.django_db
class TestStaysOver:
    def test_its_term_has_passed(self) -> None:
        order = Order(ends_at=LATER)
        undo_payment(order.settle())
        assert order.stays_over()
        assert not Entry.objects.filter(kind="market.mandate-reinstated").exists()

    def test_its_term_has_passed_without_what_the_undone_payment_had_added(self) -> None:
        ends = AT + timedelta(hours=12)
        order = Order(ends_at=ends, agreed_ends_at=ends)
        part = pay(order.claim, 4_000, "part")
        pay(order.claim, 6_000, "rest", at=AT + timedelta(hours=1))
        assert Mandate.objects.get(pk=order.mandate.pk).ends_at > LATER
        undo_payment(part)
        assert order.stays_over()

    def test_its_collector_is_suspended(self) -> None:
        order = Order()
        payment = order.settle()
        Organisation.objects.filter(pk=order.agency.pk).update(state=OrgState.SUSPENDED)
        undo_payment(payment)
        assert order.stays_over()

    def test_its_collector_is_registered_no_more(self) -> None:
        order = Order()
        payment = order.settle()
        Licence.objects.filter(organisation=order.agency).update(ends_on=date(2026, 11, 1))
        undo_payment(payment)
        assert order.stays_over()

    def test_the_proofs_of_its_collector_have_lapsed(self) -> None:
        order = Order()
        payment = order.settle()
        lapsed = date(2026, 11, 1)
        Organisation.objects.filter(pk=order.agency.pk).update(level_until=lapsed)
        undo_payment(payment)
        assert order.stays_over()

    def test_it_was_decided_that_nothing_is_owed(self) -> None:
        order = Order()
        payment = order.settle()
        Dispute.objects.create(
            claim=order.claim,
            person=order.claim.debtor,
            reason="not_mine",
            state="upheld",
            opened_at=AT,
            answer_due_at=AT,
            decided_at=AT,
        )
        undo_payment(payment)
        assert (order.state, fresh(order.claim).state) == ("completed", "withdrawn")
        assert order.places[0] == 0

    @pytest.mark.parametrize("how", [recall, give_back])
    def test_it_had_ended_otherwise(self, how: Callable[..., Mandate]) -> None:
        order = Order()
        over = how(mandate_id=order.mandate.pk, reason="x", actor=JOB, at=AT)
        payment = pay(order.claim, 10_000, at=AT + timedelta(hours=1))
        undo_payment(payment)
        assert order.state == over.state
        assert fresh(order.claim).state == "ready"

    def test_it_was_completed_by_another_settling(self) -> None:
        order = Order()
        payment = order.settle()
        Mandate.objects.filter(pk=order.mandate.pk).update(closed_at=AT - timedelta(hours=1))
        undo_payment(payment)
        assert order.stays_over()


@pytest.mark.django_db
class TestOthers:
    def lost(self) -> tuple[Order, Payment]:
        """Return an order that did not come back, and a part of its claim that is still paid."""
        order = Order()
        point(order.claim.debtor)
        part = pay(order.claim, 1_000, "part")
        rest = pay(order.claim, 9_000, "rest", at=AT + timedelta(hours=1))
        Organisation.objects.filter(pk=order.agency.pk).update(state=OrgState.SUSPENDED)
        undo_payment(rest)
        Organisation.objects.filter(pk=order.agency.pk).update(state=OrgState.ACTIVE)
        assert order.stays_over()
        return order, part

    def listed(self, order: Order, agency: Organisation) -> Any:
        return designate(
            claim_id=order.claim.pk,
            collector_id=agency.pk,
            commission_rate=Decimal("0.2"),
            quality_share=Decimal("0.2"),
            period_days=90,
            actor=actor(Role.CREDITOR, order.claim.creditor),
            at=LATER,
        )

    def test_what_is_listed_since_stays_listed(self) -> None:
        order, part = self.lost()
        self.listed(order, collector())
        undo_payment(part, at=LATER + timedelta(hours=1))
        assert (order.state, fresh(order.claim).state) == ("completed", "listed")

    def test_what_another_took_since_stays_with_the_other(self) -> None:
        order, _part = self.lost()
        other = collector()
        new = mandate(order.claim, other, starts_at=LATER)
        payment = pay(order.claim, 9_000, "new", at=LATER + timedelta(hours=1))
        assert Mandate.objects.get(pk=new.pk).state == "completed"
        undo_payment(payment, at=LATER + timedelta(hours=2))
        assert (order.state, order.places[0]) == ("completed", 0)
        assert Mandate.objects.get(pk=new.pk).state == "active"
        assert fresh(order.claim).state == "placed"

    def test_what_another_has_since_is_not_the_first_ones_even_of_one_settling(self) -> None:
        order = Order()
        payment = order.settle()
        new = mandate(order.claim, collector(), starts_at=AT, state="recalled", closed_at=AT)
        Claim.objects.filter(pk=order.claim.pk).update(state="closed")
        undo_payment(payment)
        assert order.state == "completed"
        assert Mandate.objects.get(pk=new.pk).state == "recalled"


@pytest.mark.django_db
class TestEarning:
    @pytest.mark.parametrize("source", ["creditor", "cashier"])
    def test_a_payment_that_comes_afterwards_earns(self, source: str) -> None:
        order = Order()
        first = order.settle()
        earned = commission(first)
        undo_payment(first)
        second = pay(
            order.claim,
            10_000,
            "second",
            source=source,
            paid_on=date(2026, 11, 24),
            at=LATER + timedelta(hours=1),
        )
        assert commission(second) == earned > 0
        assert order.state == "completed"
        assert_books(order.claim)

    @pytest.mark.parametrize("source", ["creditor", "cashier"])
    def test_a_payment_that_was_too_much_is_applied_anew_and_earns(self, source: str) -> None:
        order = Order()
        first = order.settle()
        earned = commission(first)
        second = pay(order.claim, 10_000, "second", source=source, at=AT + timedelta(hours=1))
        assert commission(second) == 0
        undo_payment(first)
        second.refresh_from_db()
        assert (second.excess, commission(second)) == (0, earned)
        assert Split.objects.get(payment=second).mandate_id == order.mandate.pk
        assert (order.state, fresh(order.claim).state) == ("completed", "closed")
        assert order.places[0] == 0
        assert kept() == []
        assert_books(order.claim)

    def test_what_was_too_much_and_pays_a_part_leaves_the_order_in_force(self) -> None:
        order = Order()
        first = order.settle()
        second = pay(order.claim, 4_000, "second", source="cashier", at=AT + timedelta(hours=1))
        undo_payment(first)
        assert commission(second) > 0
        assert order.stands()
        assert fresh(order.claim).principal == 6_000

    def test_it_earns_by_its_moment_though_the_term_has_passed_since(self) -> None:
        order = Order(ends_at=LATER)
        first = order.settle()
        earned = commission(first)
        second = pay(order.claim, 10_000, "second", source="cashier", at=AT + timedelta(hours=1))
        late = pay(order.claim, 10_000, "late", source="cashier", at=LATER + timedelta(hours=1))
        after = LATER + timedelta(hours=2)
        undo_payment(first, at=after)
        assert commission(second) == earned
        assert order.state == "completed"
        undo_payment(second, at=after)
        late.refresh_from_db()
        assert (late.excess, commission(late)) == (0, 0)
        assert_books(order.claim)

    @pytest.mark.parametrize("source", ["creditor", "cashier"])
    def test_what_came_while_it_was_suspended_earns_nothing_anew(self, source: str) -> None:
        order = Order(state="suspended")
        first = order.settle()
        second = pay(order.claim, 10_000, "second", source=source, at=AT + timedelta(hours=1))
        undo_payment(first)
        second.refresh_from_db()
        assert (second.excess, commission(second)) == (0, 0)


@pytest.mark.django_db
class TestShown:
    def test_both_sides_and_the_debtor_see_it(self) -> None:
        order = Order()
        payment = order.settle()
        assert worker_of(order.claim.pk) is None
        undo_payment(payment)
        worker = worker_of(order.claim.pk)
        assert worker is not None
        assert worker.name == order.agency.name
        works = actor(Role.COLLECTOR, order.agency)
        assert mandate_for(claim_id=order.claim.pk, actor=works, at=LATER).pk == order.mandate.pk
        for who in (works, actor(Role.CREDITOR, order.claim.creditor)):
            items = timeline(claim_id=order.claim.pk, actor=who, at=LATER)
            kinds = [each.kind for each in items]
            assert kinds.count("market.reinstated") == 1
            assert "market.ended" not in kinds
            (row,) = mandates(actor=who)
            assert (row.state, row.reinstated_at) == ("active", LATER)

    def test_an_order_that_was_over_again_at_once_tells_its_end_alone(self) -> None:
        order = Order()
        first = order.settle()
        pay(order.claim, 10_000, "second", at=AT + timedelta(hours=1))
        undo_payment(first)
        creditor = actor(Role.CREDITOR, order.claim.creditor)
        kinds = [e.kind for e in timeline(claim_id=order.claim.pk, actor=creditor, at=LATER)]
        assert "market.reinstated" not in kinds
        assert kinds.count("market.ended") == 1

    def test_the_pages_of_both_sides_say_so(self) -> None:
        order = Order()
        undo_payment(order.settle())
        sides = ((Role.CREDITOR, order.claim.creditor), (Role.COLLECTOR, order.agency))
        for role, side in sides:
            page = signed_in(role, side).get(reverse("web:mandate", args=[order.mandate.pk]))
            assert 'data-test="reinstated"' in page.content.decode()
        lists = signed_in(*sides[0]).get(reverse("web:mandates")).content.decode()
        assert "again since" in lists

    def test_an_answer_about_its_end_stands_and_is_asked_no_more(self) -> None:
        order = Order()
        payment = order.settle()
        who = actor(Role.CREDITOR, order.claim.creditor)
        rate_mandate(mandate_id=order.mandate.pk, marks=[5, 5, 5, 5], actor=who, at=AT)
        undo_payment(payment)
        page = signed_in(Role.CREDITOR, order.claim.creditor).get(reverse("web:ratings"))
        assert page.status_code == 200


PARTS = st.lists(st.integers(1, 12_000), min_size=1, max_size=4)


class TestAsBefore(TestCase):
    @settings(max_examples=12, deadline=None)
    @given(
        paid=PARTS,
        again=st.integers(0, 3),
        suspended=st.booleans(),
        interest=st.booleans(),
    )
    def test_completed_and_undone_everything_stands_as_before(
        self, paid: list[int], again: int, suspended: bool, interest: bool
    ) -> None:
        fields = {"overdue_rate_pct": Decimal(12), "interest_to": date(2026, 11, 1)}
        order = Order(claim=fields if interest else {})
        if suspended:
            suspend(mandate_id=order.mandate.pk, cause="complaint", actor=JOB, at=AT)
        before = order.seen
        payments = [
            pay(order.claim, amount, f"r{n}", at=AT + timedelta(minutes=n))
            for n, amount in enumerate([*paid, 12_000])
        ]
        assert order.state == "completed"
        ordered = payments[again % len(payments) :] + payments[: again % len(payments)]
        for n, payment in enumerate(ordered):
            undo_payment(payment, at=LATER + timedelta(minutes=n))
            assert kept() == []
        assert order.seen == before
        assert_books(order.claim)


@pytest.mark.django_db
def test_the_daily_sweep_leaves_it_in_force() -> None:
    order = Order()
    undo_payment(order.settle())
    assert set(end_expired(at=LATER).values()) == {0}
    assert order.stands()
