"""What doing nothing costs where something was agreed: what is due, and until when it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qinghe.casework.queries import promises
from qinghe.casework.terms import GRACE_DAYS, last_chance
from qinghe.kernel.actor import Actor
from qinghe.portal.claims import MyClaim
from qinghe.portal.plans import MyPlan, respite_on


@dataclass(frozen=True)
class Due:
    """Money that was agreed for a day; minor units."""

    amount: int
    on: date
    # The last day that is in time; none while a hold keeps everything from being late.
    last: date | None
    over: bool
    grace: int = GRACE_DAYS


def next_due(plan: MyPlan | None, claim: MyClaim) -> Due | None:
    """Return the next payment of a plan that runs; None without one."""
    row = plan.next if plan is not None and plan.running else None
    if row is None:
        return None
    respite = respite_on(claim)
    last = None if respite.stands(claim.today) else respite.last_day(row.due_on, row.expected_on)
    return Due(row.left, row.due_on, last, row.due_on < claim.today)


def promised(claim: MyClaim, actor: Actor) -> Due | None:
    """Return the promise that is noted and not judged; None without one, or once contested."""
    found = promises(actor=actor, claim_id=claim.id)
    if not found or claim.contest:
        return None
    first = found[0]
    last = last_chance(max(first.due_on, first.expected_on or first.due_on))
    return Due(first.amount, first.due_on, last, first.due_on < claim.today)
