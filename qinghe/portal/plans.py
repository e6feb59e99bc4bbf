"""A plan as its person reads it: before it is sent, while it waits, while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from qinghe.casework.queries import plan_of
from qinghe.casework.schedules import EQUAL, Variation, month_later, schedule
from qinghe.casework.terms import PlanState, Rhythm
from qinghe.claims.interest import accrue
from qinghe.kernel.actor import Actor
from qinghe.portal.claims import MyClaim

LIVE = (PlanState.PROPOSED, PlanState.ACTIVE)


@dataclass(frozen=True)
class Row:
    """One payment of a plan, in minor units."""

    due_on: date
    amount: int
    paid: int = 0
    missed: bool = False

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

    state: str
    monthly: int
    total: int
    rows: tuple[Row, ...]
    rhythm: str = Rhythm.EQUAL

    @property
    def even(self) -> bool:
        """Tell whether every payment is the same but for the last."""
        return self.rhythm == Rhythm.EQUAL

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def running(self) -> bool:
        return self.state == PlanState.ACTIVE


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
    Return the whole schedule of a proposal, the first payment in a month.

    :raises DomainError: as `schedule`
    """
    days = schedule(claim.owed, monthly, month_later(claim.today, 1), variation)
    rows = tuple(Row(due_on, amount) for due_on, amount in days)
    return Draft(monthly, claim.owed, rows, variation.rhythm, _late(claim, rows))


def _late(claim: MyClaim, rows: tuple[Row, ...]) -> int:
    """Return the late interest until the last payment; each pays the principal last."""
    principal, since, late = claim.view.principal, claim.today, 0
    before = max(claim.owed - principal, 0)
    for row in rows:
        grown = accrue(principal, claim.view.overdue_rate_pct, since, row.due_on)[0]
        late, before, since = late + grown, before + grown, row.due_on
        first = min(before, row.amount)
        before, principal = before - first, max(principal - (row.amount - first), 0)
    return late


def my_plan(claim_id: UUID, actor: Actor) -> MyPlan | None:
    """Return the plan that waits or runs, else the newest; None without any."""
    view = plan_of(claim_id=claim_id, actor=actor)
    if view is None:
        return None
    rows = tuple(
        Row(part.due_on, part.amount, part.paid, part.missed_at is not None) for part in view.parts
    )
    return MyPlan(view.state, view.monthly, view.total, rows, view.rhythm)
