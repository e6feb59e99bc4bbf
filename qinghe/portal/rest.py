"""What is left of a claim whose plan was kept: how much, why, until when it is quiet, one press."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from qinghe.casework.terms import PlanState
from qinghe.claims.days import day_of
from qinghe.claims.queries.payable import Payable
from qinghe.claims.terms import HoldKind
from qinghe.portal.claims import MyClaim
from qinghe.portal.fields import OnceForm
from qinghe.portal.forms import ALL
from qinghe.portal.plans import MyPlan, grew
from qinghe.settlement.ways import ways


@dataclass(frozen=True)
class Press:
    """One way to pay all that is left at once."""

    way: str
    name: object
    form: OnceForm
    choice: str = ALL


@dataclass(frozen=True)
class Rest:
    """What is open after the last payment of a plan; minor units."""

    left: int
    # Of it, the late interest that grew while the plan ran.
    ran: int
    # The last day on which nobody contacts about it; none once it is over.
    quiet_until: date | None
    presses: tuple[Press, ...]

    @property
    def all_interest(self) -> bool:
        """Tell whether nothing but that interest is left."""
        return self.ran == self.left


def rest_of(plan: MyPlan | None, claim: MyClaim, limit: Payable, *, offer: bool) -> Rest | None:
    """
    Return what a kept plan left; None where it left nothing, or is not the latest.

    Where an offer asks for less, or less is lawful than is claimed, nobody is led past those words.
    """
    if plan is None or plan.state != PlanState.COMPLETED or not claim.open or not claim.owed:
        return None
    plain = limit.most == claim.owed and not offer and not claim.contest
    return Rest(
        left=claim.owed,
        ran=min(grew(claim, plan.since), claim.owed),
        quiet_until=_quiet_until(claim),
        presses=tuple(Press(way, name, OnceForm()) for way, name in _ways(claim)) if plain else (),
    )


def _ways(claim: MyClaim) -> list[tuple[str, object]]:
    return [*ways(claim.currency)] or [("", "")]


def _quiet_until(claim: MyClaim) -> date | None:
    ends = (hold.ends_at for hold in claim.view.holds if hold.kind == HoldKind.PLAN)
    days = [day_of(end - timedelta(microseconds=1)) for end in ends if end]
    return max((day for day in days if day >= claim.today), default=None)
