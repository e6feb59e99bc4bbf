"""An instalment is not late while its debit is under way, and a failed one leaves time to pay."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from qinghe.casework.models import Instalment, Plan
from qinghe.casework.services import judge_instalments
from qinghe.contact.models import Attempt
from qinghe.settlement import services
from qinghe.settlement.models import Debit, DebitMandate, Payment
from qinghe.settlement.queries.debits import failed_days, my_debit, to_recall
from tests.factories import AT, claim, debtor_of
from tests.settlement.banked import ONE
from tests.settlement.test_debits import (
    PAID,
    TELL,
    World,
    allow,
    announced,
    cancel,
    hear,
    planned_world,
    sent,
    state,
)
from tests.settlement.test_debits import _files as _files
from tests.settlement.test_payments import assert_books, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return planned_world()


def on(month: int, day: int) -> datetime:
    year = 2026 if month > 6 else 2027
    return datetime(year, month, day, 4, tzinfo=AT.tzinfo)


def judged(month: int, day: int) -> str:
    """Judge all instalments on a day; return the state of the plan."""
    at = on(month, day)
    judge_instalments(day=at.date(), at=at)
    return str(Plan.objects.get().state)


def test_a_debit_days_after_the_due_day_breaks_no_plan(world: World) -> None:
    allow(world, days_after=10)
    assert announced().collects_on == date(2027, 1, 2)
    assert judged(12, 27) == "active"
    assert judged(1, 2) == "active"
    sent(on(1, 1))
    assert hear("成功", at=on(1, 4)) == "paid"
    assert Instalment.objects.get(seq=1).paid == 20_000
    assert judged(1, 20) == "active"
    assert_books(fresh(world.claim))


def test_a_bank_that_takes_its_time_breaks_no_plan(world: World) -> None:
    allow(world)
    announced()
    sent()
    assert judged(12, 28) == "active"
    assert hear("成功", at=on(12, 28)) == "paid"
    assert (state(), Instalment.objects.get(seq=1).paid) == ("collected", 20_000)


def test_what_came_back_leaves_the_whole_grace_to_pay(world: World) -> None:
    allow(world)
    announced()
    sent()
    hear("失败", "余额不足", on(12, 28))
    assert judged(12, 31) == "active"
    assert failed_days(claim_id=world.claim.pk, actor=world.debtor) == {
        date(2026, 12, 23): date(2026, 12, 31)
    }
    assert failed_days(claim_id=world.claim.pk, actor=debtor_of(claim())) == {}
    assert judged(1, 1) == "broken"
    assert failed_days(claim_id=world.claim.pk, actor=world.debtor) == {}


def test_a_bank_that_never_answers_is_not_waited_for_without_end(world: World) -> None:
    allow(world)
    announced()
    sent()
    assert judged(1, 5) == "active"
    assert judged(1, 20) == "broken"
    services.plan_debits(at=on(1, 20))
    assert DebitMandate.objects.get().state == "over"
    # It was told and not taken back: what it brings after all pays the claim.
    assert to_recall(actor=ONE, at=on(1, 20)) == ()
    assert hear("成功", at=on(1, 21)) == "paid"
    assert (state(), Payment.objects.get().amount) == ("collected", 20_000)
    assert fresh(world.claim).paid == 20_000


def test_who_cancels_after_the_due_day_has_the_grace_to_pay(world: World) -> None:
    allow(world, days_after=10)
    announced()
    cancel(world, on(12, 28))
    assert judged(12, 31) == "active"
    assert judged(1, 1) == "broken"


def test_a_debit_nobody_can_be_told_of_does_not_wait_without_end(world: World) -> None:
    allow(world, days_after=10)
    services.plan_debits(at=TELL)
    Debit.objects.update(collects_on=date(2027, 3, 1), notice=None)
    services.plan_debits(at=TELL)
    assert Instalment.objects.get(seq=1).expected_on == date(2027, 1, 22)


def test_a_debit_that_came_back_is_told_once(world: World) -> None:
    allow(world)
    announced()
    sent()
    hear("失败", "余额不足", PAID)
    debit = Debit.objects.get()
    assert debit.return_notice_id is not None
    notice = Attempt.objects.get(pk=debit.return_notice_id)
    assert (notice.template, notice.purpose) == ("debit_returned@2026-12", "legal_notice")
    services.plan_debits(at=PAID + timedelta(days=1))
    assert Attempt.objects.filter(template__startswith="debit_returned").count() == 1
    mine = my_debit(claim_id=world.claim.pk, actor=world.debtor)
    assert mine is not None
    assert [row.pay_by for row in mine.rows] == [date(2026, 12, 26)]


def test_where_the_gate_says_no_it_is_told_another_day_with_new_grace(world: World) -> None:
    allow(world)
    announced()
    sent()
    # At night nobody is told anything.
    hear("失败", "余额不足", on(12, 24).replace(hour=18))
    if Debit.objects.get().return_notice_id is None:
        services.plan_debits(at=on(12, 26))
        assert Debit.objects.get().return_notice_id is not None
        assert Instalment.objects.get(seq=1).expected_on == date(2026, 12, 26)
