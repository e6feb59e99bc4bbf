"""A plan as its person reads it: before it is sent, while it waits, while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from qinghe.casework.queries import plan_of
from qinghe.casework.services.plans import month_later, parts
from qinghe.casework.terms import PlanState
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

    @property
    def live(self) -> bool:
        return self.state in LIVE


@dataclass(frozen=True)
class Step:
    """Which page of how many; drawn by components/steps.html."""

    number: int
    of: int
    title: str

    @property
    def marks(self) -> list[bool]:
        return [i < self.number for i in range(self.of)]


def draft_of(claim: MyClaim, monthly: int) -> Draft:
    """Return the whole schedule of a monthly amount, the first payment in a month."""
    days = parts(claim.owed, monthly, month_later(claim.today, 1))
    return Draft(monthly, claim.owed, tuple(Row(due_on, amount) for due_on, amount in days))


def my_plan(claim_id: UUID, actor: Actor) -> MyPlan | None:
    """Return the newest plan on a claim; None without any."""
    view = plan_of(claim_id=claim_id, actor=actor)
    if view is None:
        return None
    rows = tuple(
        Row(part.due_on, part.amount, part.paid, part.missed_at is not None)
        for part in view.instalments
    )
    if not rows:
        days = parts(view.total, view.monthly, view.first_due_on)
        rows = tuple(Row(due_on, amount) for due_on, amount in days)
    return MyPlan(view.state, view.monthly, view.total, rows)
