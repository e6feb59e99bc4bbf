"""A plan under a hold: nothing is late meanwhile, nor before the grace after it is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from qinghe.casework.models import Instalment, Plan
from qinghe.casework.queries import plan_of
from qinghe.casework.respite import respite_of
from qinghe.casework.schedules import EQUAL, Variation, first_day, month_later
from qinghe.casework.services import (
    ask_hardship,
    contest_claim,
    decide_hardship,
    decide_plan,
    judge_instalments,
    propose_plan,
)
from qinghe.claims.models import Claim
from qinghe.claims.services import lift_hold, place_hold, withdraw_dispute
from qinghe.claims.services.sweep import lift_ended_holds
from qinghe.claims.terms import HoldKind
from qinghe.kernel.actor import Actor, Role, system
from tests import factories
from tests.contact.conftest import Case, make_case
from tests.factories import AT

DAY = timedelta(days=1)
ZONE = ZoneInfo("Asia/Shanghai")
DUE = date(2026, 12, 23)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZONE)


def agreed(case: Case, variation: Variation = EQUAL) -> Plan:
    debtor, at = factories.debtor_of(case.claim), AT
    creditor = factories.actor(Role.CREDITOR, case.claim.creditor)
    plan = propose_plan(
        claim_id=case.claim.pk, monthly=30_000, variation=variation, actor=debtor, at=at
    )
    return decide_plan(plan_id=plan.pk, agreed=True, actor=creditor, at=at)


def judged(day: date) -> str:
    judge_instalments(day=day, at=noon(day))
    return str(Plan.objects.latest("proposed_at").state)


def due_days() -> list[date]:
    return list(Instalment.objects.order_by("seq").values_list("due_on", flat=True))


def granted(case: Case, debtor: Actor, creditor: Actor, asked: date, until: date) -> None:
    request = ask_hardship(claim_id=case.claim.pk, statement="", actor=debtor, at=noon(asked))
    decide_hardship(
        hardship_id=request.pk,
        granted=True,
        pause_until=until,
        actor=creditor,
        at=noon(asked + DAY),
    )


def test_what_is_being_looked_at_breaks_no_plan(case: Case, debtor: Actor) -> None:
    agreed(case)
    ask_hardship(claim_id=case.claim.pk, statement="", actor=debtor, at=noon(DUE - DAY))
    assert judged(DUE + 30 * DAY) == "active"
    known = respite_of(claim_id=case.claim.pk, person_id=case.claim.debtor_id)
    assert known.last_day(DUE) is None


def test_who_contested_has_the_whole_grace_after_the_answer(case: Case, debtor: Actor) -> None:
    agreed(case)
    contest_claim(claim_id=case.claim.pk, reason="amount", statement="", actor=debtor, at=noon(DUE))
    assert judged(DUE + 10 * DAY) == "active"
    over = DUE + 11 * DAY
    withdraw_dispute(claim_id=case.claim.pk, actor=debtor, at=noon(over))
    known = respite_of(claim_id=case.claim.pk, person_id=case.claim.debtor_id)
    assert known.last_day(DUE) == over + 3 * DAY
    assert judged(over + 3 * DAY) == "active"
    assert judged(over + 4 * DAY) == "broken"


def test_a_declined_pause_leaves_the_grace_too(case: Case, debtor: Actor, creditor: Actor) -> None:
    agreed(case)
    asked = ask_hardship(claim_id=case.claim.pk, statement="", actor=debtor, at=noon(DUE))
    over = DUE + 20 * DAY
    decide_hardship(
        hardship_id=asked.pk, granted=False, refusal="plan", actor=creditor, at=noon(over)
    )
    assert due_days()[0] == DUE
    assert judged(over + 3 * DAY) == "active"
    assert judged(over + 4 * DAY) == "broken"


def test_a_granted_pause_moves_what_falls_into_it(
    case: Case, debtor: Actor, creditor: Actor
) -> None:
    agreed(case)
    granted(case, debtor, creditor, date(2026, 12, 1), date(2027, 2, 28))
    assert due_days() == [
        date(2027, 3, 23), date(2027, 4, 23), date(2027, 5, 23), date(2027, 6, 23)
    ]  # fmt: skip
    assert judged(date(2027, 3, 26)) == "active"
    assert judged(date(2027, 3, 27)) == "broken"


def test_what_is_due_behind_the_pause_stays(case: Case, debtor: Actor, creditor: Actor) -> None:
    agreed(case)
    granted(case, debtor, creditor, date(2026, 12, 1), DUE)
    assert due_days()[0] == DUE


def test_what_is_paid_stays_where_it_was(case: Case, debtor: Actor, creditor: Actor) -> None:
    agreed(case)
    Instalment.objects.filter(seq=1).update(paid=30_000)
    granted(case, debtor, creditor, DUE, date(2027, 1, 24))
    assert due_days()[:2] == [DUE, date(2027, 2, 23)]


def test_payments_by_the_seasons_keep_their_months(
    case: Case, debtor: Actor, creditor: Actor
) -> None:
    agreed(case, Variation("seasonal", months=(1, 2), otherwise=20_000))
    before = due_days()
    granted(case, debtor, creditor, date(2026, 12, 1), date(2027, 2, 1))
    assert [(day.year - 1, day.month, day.day) for day in due_days()] == [
        (day.year, day.month, day.day) for day in before
    ]


def test_a_plan_made_in_a_pause_begins_behind_it(
    case: Case, debtor: Actor, creditor: Actor
) -> None:
    waits = propose_plan(claim_id=case.claim.pk, monthly=30_000, actor=debtor, at=AT)
    granted(case, debtor, creditor, date(2026, 12, 1), date(2027, 2, 1))
    waits.refresh_from_db()
    assert waits.first_due_on == date(2027, 2, 23)
    decide_plan(plan_id=waits.pk, agreed=True, actor=creditor, at=noon(date(2026, 12, 3)))
    assert due_days()[0] == date(2027, 2, 23)


def test_the_day_of_the_month_survives_a_short_month() -> None:
    assert month_later(date(2027, 2, 28), 1, on=31) == date(2027, 3, 31)
    assert first_day(date(2026, 11, 30), date(2027, 2, 28)) == date(2027, 2, 28)
    assert first_day(date(2027, 1, 30), date(2027, 3, 10)) == date(2027, 3, 30)


def test_a_plan_that_begins_in_february_keeps_the_wished_day(
    case: Case, debtor: Actor, creditor: Actor
) -> None:
    asked_at = noon(date(2027, 1, 30))
    plan = propose_plan(claim_id=case.claim.pk, monthly=30_000, actor=debtor, at=asked_at)
    wished = [date(2027, 2, 28), date(2027, 3, 30), date(2027, 4, 30), date(2027, 5, 30)]
    view = plan_of(claim_id=case.claim.pk, actor=debtor)
    assert view is not None
    assert [part.due_on for part in view.parts] == wished
    decide_plan(plan_id=plan.pk, agreed=True, actor=creditor, at=asked_at + DAY)
    assert due_days() == wished
    granted(case, debtor, creditor, date(2027, 2, 1), date(2027, 3, 1))
    assert due_days()[:2] == [date(2027, 3, 30), date(2027, 4, 30)]


@dataclass(frozen=True)
class Held:
    """A hold from a day on: lifted some days later, or until a day, or neither."""

    start: int
    length: int
    how: str
    kind: HoldKind
    whole_person: bool

    @property
    def end(self) -> int | None:
        return None if self.how == "stands" else self.start + self.length

    def covers(self, day: int) -> bool:
        """Tell whether it stood on a day (days after the due day); the day it ended counts."""
        return self.start <= day and (self.end is None or day <= self.end)


HOLDS = st.lists(
    st.builds(
        Held,
        start=st.integers(-5, 12),
        length=st.integers(1, 12),
        how=st.sampled_from(["lifted", "until", "lifted", "until", "stands"]),
        kind=st.sampled_from(
            [HoldKind.HARDSHIP, HoldKind.DISPUTE, HoldKind.COMPLAINT, HoldKind.MORATORIUM]
        ),
        whole_person=st.booleans(),
    ),
    max_size=4,
)


@pytest.mark.django_db
@settings(max_examples=10, deadline=None)
@given(holds=HOLDS)
def test_no_plan_breaks_under_a_hold_nor_before_the_grace_after_it(holds: list[Held]) -> None:
    with transaction.atomic():
        case = make_case()
        agreed(case)
        stood = 0
        for day in range(-5, 30):
            _step(case.claim, holds, day)
            if day >= 0 and any(held.covers(day) for held in holds):
                stood = day
            state = judged(DUE + day * DAY)
            assert state == ("broken" if day > stood + 3 else "active"), day
            if state == "broken":
                break
        transaction.set_rollback(True)


def _step(claim: Claim, holds: list[Held], day: int) -> None:
    """Place and lift what begins and ends on a day."""
    robot, at = system("test"), noon(DUE + day * DAY)
    lift_ended_holds(at=at)
    for n, held in enumerate(holds):
        if held.start == day:
            until = DUE + (held.start + held.length) * DAY
            place_hold(
                person_id=claim.debtor_id,
                claim_id=None if held.whole_person else claim.pk,
                kind=held.kind,
                cause=f"test:{n}",
                ends_at=datetime.combine(until, time(), ZONE) if held.how == "until" else None,
                actor=robot,
                at=at,
            )
        if held.how == "lifted" and held.end == day:
            lift_hold(cause=f"test:{n}", actor=robot, at=at)
