"""A debtor allows a direct debit for a running plan, and ends it with one press."""

from __future__ import annotations

import pytest
from django.test import Client

from qinghe.casework.models import Plan
from qinghe.casework.services import decide_plan, propose_plan
from qinghe.kernel.actor import Actor, Role
from qinghe.settlement.models import DebitMandate
from tests.factories import actor
from tests.portal.conftest import NOON, World

FIELDS = {
    "holder": "陈示例", "bank": "示例银行", "account": "6222 0000 1111 2222", "most": "1,000",
    "days_after": "2",
}  # fmt: skip


def running(world: World) -> Plan:
    debtor = Actor(Role.DEBTOR, person_id=world.claim.debtor_id)
    plan = propose_plan(claim_id=world.claim.pk, monthly=30_000, actor=debtor, at=NOON)
    creditor = actor(Role.CREDITOR, world.claim.creditor)
    return decide_plan(plan_id=plan.pk, agreed=True, actor=creditor, at=NOON)


@pytest.mark.django_db
def test_without_a_running_plan_nothing_is_asked(inside: Client, world: World) -> None:
    page = inside.get(f"/d/claims/{world.claim.pk}/debit/").text
    assert 'data-test="debit-no-plan"' in page
    assert 'data-test="debit-allow"' not in page


@pytest.mark.django_db
def test_allowed_shown_masked_and_ended_with_one_press(inside: Client, world: World) -> None:
    running(world)
    place = f"/d/claims/{world.claim.pk}/debit/"
    assert 'data-test="debit-allow"' in inside.get(place).text
    low = inside.post(place, {**FIELDS, "most": "1", "request_key": "k1"})
    assert not DebitMandate.objects.exists()
    assert "300.00" in low.text
    page = inside.post(place, {**FIELDS, "request_key": "k2"}, follow=True).text
    given = DebitMandate.objects.get()
    assert (given.state, given.most, given.days_after) == ("active", 100_000, 2)
    assert 'data-test="debit-running"' in page
    assert "6222000011112222" not in page
    # One press, nothing filled in, and the page says so at once.
    page = inside.post(place + "cancel/", follow=True).text
    given.refresh_from_db()
    assert given.state == "cancelled"
    assert 'data-test="debit-ended"' in page
    assert inside.post(place + "cancel/").status_code == 404
