"""Promises, call-backs, plans and hardship, as their parties may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, When

from qinghe.casework.models import CallBack, Hardship, Instalment, Plan, Promise
from qinghe.casework.schedules import Variation, schedule, wished_day
from qinghe.casework.terms import HardshipRefusal, HardshipState, PlanState, PromiseState, Rhythm
from qinghe.claims.days import day_of
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.together import together
from qinghe.market.models import Mandate
from qinghe.market.queries.teams import in_own_hands
from qinghe.market.terms import LIVE
from qinghe.parties.roles import OVERSIGHT

AT_MOST = 500
# What waits or runs, then the latest.
LIVE_FIRST = Case(When(state__in=(PlanState.PROPOSED, PlanState.ACTIVE), then=0), default=1)
NEWEST = (LIVE_FIRST, "-proposed_at", "-id")
Row = tuple[Any, ...]
# What the rows below are filled from, in their order.
ABOUT = ("id", "claim_id", "claim__number", "claim__debtor__masked_name")
PROMISE = (
    *ABOUT, "claim__currency", "amount", "due_on", "state", "made_at", "decided_at", "expected_on",
)  # fmt: skip
CALL_BACK = (*ABOUT, "planned_at")
PLAN = (
    *ABOUT, "claim__currency", "state", "total", "monthly", "count", "first_due_on",
    "proposed_at", "decided_at", "ended_at", "rhythm", "step", "step_months", "months",
    "otherwise", "largest", "affordable", "replaces_id", "reinstated_at",
)  # fmt: skip
INSTALMENT = ("plan_id", "seq", "due_on", "amount", "paid", "missed_at", "expected_on")
HARDSHIP = (*ABOUT, "state", "statement_id", "asked_at", "decided_at", "pause_until", "refusal")


@dataclass(frozen=True)
class PromiseRow:
    """One promise; amounts in minor units."""

    id: UUID
    claim_id: UUID
    claim_number: str
    debtor_masked: str
    currency: str
    amount: int
    due_on: date
    state: str
    made_at: datetime
    decided_at: datetime | None
    # Until when it is not judged, whatever its day; its grace comes on top.
    expected_on: date | None


@dataclass(frozen=True)
class CallBackRow:
    """One agreed moment to call."""

    id: UUID
    claim_id: UUID
    claim_number: str
    debtor_masked: str
    planned_at: datetime


@dataclass(frozen=True)
class InstalmentRow:
    """One part of a plan."""

    seq: int
    due_on: date
    amount: int
    paid: int
    missed_at: datetime | None
    # Until when it is not late, whatever its due day; its grace comes on top.
    expected_on: date | None = None

    @property
    def open(self) -> int:
        """Return what is still to be paid of this part."""
        return self.amount - self.paid


@dataclass(frozen=True)
class PlanView:
    """A plan with its parts (none before it is agreed)."""

    id: UUID
    claim_id: UUID
    claim_number: str
    debtor_masked: str
    currency: str
    state: str
    total: int
    monthly: int
    count: int
    first_due_on: date
    proposed_at: datetime
    decided_at: datetime | None
    ended_at: datetime | None
    rhythm: str
    step: int
    step_months: int
    months: list[int]
    otherwise: int
    largest: int
    affordable: int | None
    # The plan in whose place it comes, or came.
    replaces_id: UUID | None
    # Since when it stands again, the money that had ended it did not stay.
    reinstated_at: datetime | None
    instalments: tuple[InstalmentRow, ...]

    @property
    def variation(self) -> Variation:
        """Return how the instalments differ from the monthly amount."""
        months = tuple(self.months)
        return Variation(self.rhythm, self.step, self.step_months, months, self.otherwise)

    @property
    def parts(self) -> list[InstalmentRow]:
        """Return the instalments; of a plan that only waits, those it would have."""
        if self.instalments:
            return list(self.instalments)
        on = wished_day(self.first_due_on, day_of(self.proposed_at))
        planned = schedule(self.total, self.monthly, self.first_due_on, self.variation, on=on)
        return [InstalmentRow(n, day, sum_, 0, None) for n, (day, sum_) in enumerate(planned, 1)]

    @property
    def first(self) -> InstalmentRow:
        return self.parts[0]

    @property
    def last(self) -> InstalmentRow:
        return self.parts[-1]

    @property
    def even(self) -> bool:
        """Tell whether every instalment is the same but for the last."""
        return self.rhythm == Rhythm.EQUAL

    @property
    def rhythm_words(self) -> str:
        return str(Rhythm(self.rhythm).label)

    @property
    def paid(self) -> int:
        """Return what was paid into the plan."""
        return sum(part.paid for part in self.instalments)

    @property
    def next_due(self) -> InstalmentRow | None:
        """Return the first part that is not paid in full."""
        return next((part for part in self.instalments if part.open), None)


@dataclass(frozen=True)
class HardshipRow:
    """One request for a pause; the statement stays sealed."""

    id: UUID
    claim_id: UUID
    claim_number: str
    debtor_masked: str
    state: str
    statement_id: UUID | None
    asked_at: datetime
    decided_at: datetime | None
    pause_until: date | None
    refusal: str

    @property
    def refusal_words(self) -> str:
        """Return why it was not granted; empty where no reason was given."""
        return str(HardshipRefusal(self.refusal).label) if self.refusal else ""


def promises(
    *,
    actor: Actor,
    states: Iterable[str] = (PromiseState.OPEN,),
    claim_id: UUID | None = None,
    due: tuple[date, date] | None = None,
) -> list[PromiseRow]:
    """Return promises on an actor's claims, by due day; `due` is a half-open span of days."""
    rows = Promise.objects.filter(mine(actor), state__in=list(states))
    if claim_id is not None:
        rows = rows.filter(claim=claim_id)
    if due is not None:
        rows = rows.filter(due_on__gte=due[0], due_on__lt=due[1])
    return [
        PromiseRow(*row) for row in rows.order_by("due_on", "id").values_list(*PROMISE)[:AT_MOST]
    ]


def call_backs(
    *, actor: Actor, until: datetime | None = None, made: bool = False
) -> list[CallBackRow]:
    """Return the agreed calls that were not made yet, the next one first; `made`: all of them."""
    rows = CallBack.objects.filter(mine(actor))
    if not made:
        rows = rows.filter(done_at__isnull=True)
    if until is not None:
        rows = rows.filter(planned_at__lt=until)
    rows = rows.order_by("planned_at", "id")
    return [CallBackRow(*row) for row in rows.values_list(*CALL_BACK)[:AT_MOST]]


def plan_of(*, claim_id: UUID, actor: Actor) -> PlanView | None:
    """Return the plan that waits or runs on a claim, else the latest; None without any."""
    return next(iter(_plans(Q(claim=claim_id) & mine(actor), NEWEST, 1)), None)


def plans(*, actor: Actor, states: Iterable[str] = (PlanState.PROPOSED,)) -> list[PlanView]:
    """Return plans on an actor's claims, the oldest proposal first. One query."""
    return _plans(Q(state__in=list(states)) & mine(actor), ("proposed_at", "id"), AT_MOST)


def hardship_of(*, claim_id: UUID, actor: Actor) -> HardshipRow | None:
    """Return the latest hardship request on a claim."""
    found = _hardships(Q(claim=claim_id) & mine(actor), "-asked_at")
    return found[0] if found else None


def hardships(*, actor: Actor, states: Iterable[str] = (HardshipState.OPEN,)) -> list[HardshipRow]:
    """Return hardship requests on an actor's claims, the oldest first."""
    return _hardships(mine(actor) & Q(state__in=list(states)), "asked_at")


def _hardships(which: Q, order: str) -> list[HardshipRow]:
    rows = Hardship.objects.filter(which).order_by(order, "id")
    return [HardshipRow(*row) for row in rows.values_list(*HARDSHIP)[:AT_MOST]]


def _plans(which: Q, order: tuple[str | Case, ...], limit: int) -> list[PlanView]:
    rows = Plan.objects.filter(which).order_by(*order)[:limit]
    parts = Instalment.objects.filter(plan__in=rows.values("pk")).order_by("plan", "seq")
    read = together(plans=rows.values_list(*PLAN), parts=parts.values_list(*INSTALMENT))
    return plan_views(read["plans"], read["parts"])


def plan_views(plans: Iterable[Row], parts: Iterable[Row]) -> list[PlanView]:
    """Return plans, each with its own parts, from the fields of both."""
    of_plan: dict[UUID, list[InstalmentRow]] = {}
    for plan_id, *values in parts:
        of_plan.setdefault(plan_id, []).append(InstalmentRow(*values))
    return [PlanView(*(*plan, tuple(of_plan.get(plan[0], ())))) for plan in plans]


def mine(actor: Actor) -> Q:
    """Narrow rows with a `claim` to an actor: a collector's by live mandate."""
    if actor.role in OVERSIGHT:
        return Q()
    if actor.role == Role.CREDITOR and actor.org_id:
        return Q(claim__creditor=actor.org_id)
    if actor.role == Role.DEBTOR and actor.person_id:
        return Q(claim__debtor=actor.person_id)
    if actor.role == Role.COLLECTOR and actor.org_id:
        mine = in_own_hands(actor, "claim__debtor")
        live = Mandate.objects.filter(mine, collector=actor.org_id, state__in=LIVE)
        return Q(claim__in=live.values("claim"))
    return Q(pk__in=[])
