"""A plan as its person reads it: before it is sent, while it waits, while it runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from qinghe.casework.queries import plan_of
from qinghe.casework.respite import Respite, respite_of
from qinghe.casework.schedules import EQUAL, Variation, first_day, schedule, wished_day
from qinghe.casework.terms import GRACE_DAYS, QUIET_DAYS, PlanState, Rhythm
from qinghe.claims.days import day_of
from qinghe.claims.interest import accrue
from qinghe.claims.terms import LineKind
from qinghe.kernel.actor import Actor
from qinghe.portal.claims import MyClaim

LIVE = (PlanState.PROPOSED, PlanState.ACTIVE)
# Interest that was booked, and what took some of it off again.
ANEW = (LineKind.REWOUND, LineKind.STOPPED)


@dataclass(frozen=True)
class Row:
    """One payment of a plan, in minor units."""

    due_on: date
    amount: int
    paid: int = 0
    missed: bool = False
    # Its direct debit came back: until when it can be paid by oneself.
    pay_by: date | None = None
    # It fell due while contact was on hold: until when it can be paid.
    late_by: date | None = None
    # Its money was taken back, or is on its way: it is not late before its grace from this day.
    expected_on: date | None = None
    # Until when it can be paid, though its day has passed.
    again_by: date | None = None

    @property
    def left(self) -> int:
        return self.amount - self.paid

    @property
    def done(self) -> bool:
        return self.paid >= self.amount


@dataclass(frozen=True)
class Draft:
    """A plan that was not sent yet."""

    monthly: int
    total: int
    rows: tuple[Row, ...]
    rhythm: str = Rhythm.EQUAL
    # Late interest that grows while it is paid exactly so; about, as days move.
    late: int = 0

    @property
    def even(self) -> bool:
        """Tell whether every payment is the same but for the last."""
        return self.rhythm == Rhythm.EQUAL

    @property
    def ends_on(self) -> date:
        return self.rows[-1].due_on

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def last(self) -> int:
        return self.rows[-1].amount


@dataclass(frozen=True)
class MyPlan:
    """The newest plan of a claim; a proposed one shows the payments it would have."""

    id: UUID
    state: str
    monthly: int
    total: int
    rows: tuple[Row, ...]
    rhythm: str = Rhythm.EQUAL
    # When it was agreed; none while it waits.
    since: datetime | None = None
    ended_at: datetime | None = None
    # Since when it stands again, the money that had ended it was taken back.
    reinstated_at: datetime | None = None
    # How many days somebody has after the due day, or after a hold.
    grace: int = GRACE_DAYS

    @property
    def even(self) -> bool:
        """Tell whether every payment is the same but for the last."""
        return self.rhythm == Rhythm.EQUAL

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def next(self) -> Row | None:
        """Return the first payment that is open."""
        return next((row for row in self.rows if not row.done), None)

    @property
    def running(self) -> bool:
        return self.state == PlanState.ACTIVE


@dataclass(frozen=True)
class Terms:
    """What a plan asks in all, what comes on top, and how late is too late; minor units."""

    total: int
    # Late interest from its first day to its last payment; about, as days move.
    late: int
    ends_on: date
    grace: int = GRACE_DAYS
    quiet: int = QUIET_DAYS


@dataclass(frozen=True)
class Step:
    """Which page of how many; drawn by components/steps.html."""

    number: int
    of: int
    title: str

    @property
    def marks(self) -> list[bool]:
        return [i < self.number for i in range(self.of)]


def draft_of(claim: MyClaim, monthly: int, variation: Variation = EQUAL) -> Draft:
    """
    Return the whole schedule of a proposal, the first payment in a month or behind a pause.

    :raises DomainError: as `schedule`
    """
    first = first_day(claim.today, claim.paused_until)
    on = wished_day(first, claim.today)
    days = schedule(claim.owed, monthly, first, variation, on=on)
    rows = tuple(Row(due_on, amount) for due_on, amount in days)
    return Draft(monthly, claim.owed, rows, variation.rhythm, _late(claim, rows))


def terms_of(plan: Draft | MyPlan, claim: MyClaim) -> Terms:
    """Return what a plan comes to, before it is sent and while it waits or runs."""
    if isinstance(plan, Draft):
        return Terms(plan.total, plan.late, plan.ends_on)
    open_rows = tuple(
        replace(row, amount=row.amount - row.paid) for row in plan.rows if not row.done
    )
    late = grew(claim, plan.since) + _late(claim, open_rows)
    return Terms(plan.total, late, plan.rows[-1].due_on)


def grew(claim: MyClaim, since: datetime | None) -> int:
    """Return the late interest that has grown since a plan was agreed; none while it waits."""
    if since is None:
        return 0
    first = day_of(since).isoformat()
    booked = (
        line.amount
        for line in claim.view.lines
        if (line.kind == LineKind.ACCRUED and str(line.facts.get("from", "")) >= first)
        or (line.kind in ANEW and line.booked_at > since)
    )
    return max(sum(booked) + claim.fresh, 0)


def _late(claim: MyClaim, rows: tuple[Row, ...]) -> int:
    """
    Return the late interest until the last payment; each pays the principal last.

    In a time without interest nothing grows: it runs from the day to which it is booked.
    """
    since = max(claim.today, claim.view.interest_to)
    principal, late = claim.view.principal, 0
    before = max(claim.owed - principal, 0)
    for row in rows:
        grown = accrue(principal, claim.view.overdue_rate_pct, since, row.due_on)[0]
        late, before, since = late + grown, before + grown, max(since, row.due_on)
        first = min(before, row.amount)
        before, principal = before - first, max(principal - (row.amount - first), 0)
    return late


def respite_on(claim: MyClaim) -> Respite:
    """Return until when holds keep what is due of a claim from being late."""
    return respite_of(claim_id=claim.id, person_id=claim.view.debtor_id)


def with_days(
    plan: MyPlan,
    respite: Respite,
    failed: Mapping[date, date],
    debited: Collection[date],
    today: date,
) -> list[Row]:
    """Return the rows of a plan that runs, each with the day it can still be paid by."""
    return [
        replace(
            row,
            pay_by=failed.get(row.due_on),
            # What a debit is to pay is not asked for a second time.
            late_by=None if row.due_on in debited else _late_by(row, respite, today),
            again_by=None if row.due_on in debited else _again_by(row, respite, today),
        )
        for row in plan.rows
    ]


def all_behind(plan: MyPlan, respite: Respite) -> bool:
    """Tell whether nothing of a plan falls due before the day on which a pause is known to end."""
    end = None if respite.open_ended else respite.ends_on
    return end is not None and all(row.done or row.due_on >= end for row in plan.rows)


def _late_by(row: Row, respite: Respite, today: date) -> date | None:
    last = respite.last_day(row.due_on)
    if row.done or row.missed or last is None or respite.ends_on is None:
        return None
    return last if row.due_on < today <= last and row.due_on < respite.ends_on else None


def _again_by(row: Row, respite: Respite, today: date) -> date | None:
    if row.done or row.missed or row.expected_on is None:
        return None
    last = respite.last_day(row.due_on, row.expected_on)
    return last if last is not None and row.due_on < today <= last else None


def set_aside(plan: MyPlan | None, claim: MyClaim) -> bool:
    """Tell whether a proposal ended because its claim was contested, and not by its person."""
    if plan is None or plan.state != PlanState.WITHDRAWN:
        return False
    return any(each.opened_at == plan.ended_at for each in claim.view.disputes)


def my_plan(claim_id: UUID, actor: Actor) -> MyPlan | None:
    """Return the plan that waits or runs, else the newest; None without any."""
    view = plan_of(claim_id=claim_id, actor=actor)
    if view is None:
        return None
    rows = tuple(
        Row(
            part.due_on,
            part.amount,
            part.paid,
            part.missed_at is not None,
            expected_on=part.expected_on,
        )
        for part in view.parts
    )
    return MyPlan(
        view.id,
        view.state,
        view.monthly,
        view.total,
        rows,
        view.rhythm,
        since=view.decided_at,
        ended_at=view.ended_at,
        reinstated_at=view.reinstated_at,
    )


def about_plan(claim: MyClaim, actor: Actor) -> dict[str, Any]:
    """Return what a page says of the plan of a claim, and whether a contest set it aside."""
    plan = my_plan(claim.id, actor)
    return {"plan": plan, "set_aside": set_aside(plan, claim)}
