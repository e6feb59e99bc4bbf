"""Debits of a plan that a pause moved, and of a plan that gave way to another."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from qinghe.casework.services import ask_hardship, decide_hardship, decide_plan, propose_plan
from qinghe.claims.services.sweep import lift_ended_holds
from qinghe.contact.models import Attempt
from qinghe.contact.services import send
from qinghe.kernel.actor import Role
from qinghe.settlement import services
from qinghe.settlement.debit_terms import WhyNot
from qinghe.settlement.models import Debit, DebitMandate
from qinghe.settlement.queries.debits import debited_days, mandate_for, my_debit
from tests.factories import AT, actor
from tests.settlement.test_debit_waits import judged, on
from tests.settlement.test_debits import (
    TELL,
    World,
    allow,
    announced,
    cancel,
    planned_world,
    why,
)
from tests.settlement.test_debits import _files as _files

pytestmark = pytest.mark.django_db
AGREED = datetime(2026, 12, 14, 4, tzinfo=AT.tzinfo)


@pytest.fixture
def world() -> World:
    return planned_world()


def paused(world: World, asked: datetime, until: date) -> None:
    request = ask_hardship(claim_id=world.claim.pk, statement="", actor=world.debtor, at=asked)
    decide_hardship(
        hardship_id=request.pk,
        granted=True,
        pause_until=until,
        actor=actor(Role.CREDITOR, world.claim.creditor),
        at=asked,
    )


def replaced(world: World, at: datetime = AGREED) -> None:
    plan = propose_plan(claim_id=world.claim.pk, monthly=10_000, actor=world.debtor, at=at)
    creditor = actor(Role.CREDITOR, world.claim.creditor)
    decide_plan(plan_id=plan.pk, agreed=True, actor=creditor, at=at)


def test_a_debit_follows_its_instalment_behind_the_pause(world: World) -> None:
    allow(world, days_after=8)
    assert announced().collects_on == date(2026, 12, 31)
    paused(world, on(12, 15), date(2026, 12, 28))
    assert debited_days(claim_id=world.claim.pk, actor=world.debtor) == {date(2027, 1, 23)}
    assert why(on(12, 27)) == WhyNot.HOLD
    after = on(12, 29)
    lift_ended_holds(at=after)
    # The day that was told lies behind the pause, but before the new due day.
    assert why(after) == WhyNot.PAST
    services.plan_debits(at=after)
    debit = Debit.objects.get()
    assert debit.collects_on == date(2027, 1, 31)
    assert debit.notice_id is not None
    assert send(attempt_id=debit.notice_id, at=after) == "done"
    services.plan_debits(at=on(12, 30))
    assert Debit.objects.get().notice_id == debit.notice_id
    assert why(on(1, 29)) is None
    assert judged(1, 31) == "active"


def test_a_replaced_plan_ends_its_debit_with_words_of_its_own(world: World) -> None:
    allow(world)
    replaced(world)
    # Before the night the page tells the truth already.
    for _again in range(2):
        mine = my_debit(claim_id=world.claim.pk, actor=world.debtor)
        assert mine is not None
        assert (mine.running, mine.state, mine.replaced) == (False, "over", True)
        assert mine.holder == ""
        services.plan_debits(at=AGREED + timedelta(days=1))
    assert DebitMandate.objects.get().state == "over"
    told = Attempt.objects.filter(template__startswith="debit_replaced@")
    assert [(each.purpose, each.state) for each in told] == [("legal_notice", "permitted")]
    services.plan_debits(at=AGREED + timedelta(days=2))
    assert told.count() == 1


def test_at_night_nobody_is_told_and_the_next_day_somebody_is(world: World) -> None:
    allow(world)
    replaced(world)
    night = AGREED.replace(hour=18)
    services.plan_debits(at=night)
    told = Attempt.objects.filter(template__startswith="debit_replaced@").exclude(state="refused")
    first = told.count()
    services.plan_debits(at=AGREED + timedelta(days=1))
    assert (first, told.count()) in {(0, 1), (1, 1)}


def test_who_allowed_it_anew_is_told_nothing_and_cancels_the_new_one(world: World) -> None:
    allow(world)
    replaced(world)
    new = allow(world, at=AGREED)
    assert mandate_for(claim_id=world.claim.pk, actor=world.debtor) == new
    services.plan_debits(at=AGREED + timedelta(days=1))
    assert not Attempt.objects.filter(template__startswith="debit_replaced@").exists()
    mine = my_debit(claim_id=world.claim.pk, actor=world.debtor)
    assert mine is not None
    assert (mine.running, mine.replaced) == (True, False)


def test_a_debit_that_was_cancelled_ends_in_its_own_words(world: World) -> None:
    allow(world)
    cancel(world, TELL)
    replaced(world)
    services.plan_debits(at=AGREED + timedelta(days=1))
    mine = my_debit(claim_id=world.claim.pk, actor=world.debtor)
    assert mine is not None
    assert (mine.state, mine.replaced) == ("cancelled", False)
    assert not Attempt.objects.filter(template__startswith="debit_replaced@").exists()
