"""The numbers of the side bar: what waits for a role, its own things only, in one query."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from qinghe.casework.models import Plan, Promise
from qinghe.claims.models import Dispute
from qinghe.kernel.actor import Role
from qinghe.market.models import Mandate
from qinghe.quality.models import Complaint
from qinghe.reporting.queries import waiting
from tests import factories
from tests.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Mandate:
    """One order with an open promise, a proposed plan, an open dispute and complaint."""
    claim, agency = factories.claim(), factories.collector()
    order = factories.mandate(claim, agency)
    Promise.objects.create(
        claim=claim, mandate=order, amount=5, due_on=AT.date(), paid_before=0, made_at=AT
    )
    Plan.objects.create(
        claim=claim,
        total=10,
        monthly=5,
        count=2,
        first_due_on=date(2026, 12, 1),
        proposed_by="debtor",
        proposed_at=AT,
    )
    Dispute.objects.create(
        claim=claim, person=claim.debtor, reason="paid", opened_at=AT, answer_due_at=AT
    )
    Complaint.objects.create(
        number="K-1", claim=claim, collector=agency, kind="rude", opened_at=AT, due_on=AT.date()
    )
    factories.claim(state="submitted")
    return order


def test_everybody_sees_what_waits_for_them(
    order: Mandate, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    expected = {
        Role.CREDITOR: (
            {
                "plans": 1,
                "hardships": 0,
                "untold": 0,
                "asked": 0,
                "complaints": 1,
                "standing": 0,
                "hearings": 0,
                "lowered": 0,
                "returned": 0,
            },
            order.creditor,
        ),
        Role.COLLECTOR: (
            {
                "orders": 1,
                "promises": 1,
                "complaints": 1,
                "standing": 0,
                "hearings": 0,
                "searches": 0,
                "lowered": 0,
                "returned": 0,
            },
            order.collector,
        ),
        Role.REVIEWER: ({"verify": 1, "objections": 0, "parties": 0, "organisations": 0}, None),
        Role.COMPLIANCE: (
            {
                "complaints": 1,
                "disputes": 1,
                "appeals": 0,
                "integrity": 0,
                "lowered": 0,
                "verify": 1,
                "objections": 0,
                "parties": 0,
                "organisations": 0,
            },
            None,
        ),
        Role.OPERATOR: (
            {
                "organisations": 0,
                "payouts": 0,
                "came-back": 0,
                "undoings": 0,
                "suspense": 0,
                "line-objections": 0,
                "letters": 0,
                "complaints": 1,
            },
            None,
        ),
    }
    for role, (counts, office) in expected.items():
        actor = factories.actor(role, office)
        with django_assert_num_queries(1):
            assert waiting(actor=actor, at=AT) == counts


def test_nobody_sees_what_waits_for_others(order: Mandate) -> None:
    for role in (Role.CREDITOR, Role.COLLECTOR):
        stranger = factories.actor(role, factories.organisation())
        assert not any(waiting(actor=stranger, at=AT).values())


def test_a_mandate_that_ran_out_waits_no_more(order: Mandate) -> None:
    collector = factories.actor(Role.COLLECTOR, order.collector)
    later = order.ends_at + timedelta(seconds=1)
    assert waiting(actor=collector, at=later)["orders"] == 0


def test_a_regulator_has_no_queue(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert waiting(actor=factories.actor(Role.REGULATOR), at=AT) == {}
