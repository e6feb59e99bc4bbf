"""All the work on one claim, read in one statement: for the pages of one case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, F, QuerySet, TextField, Value, When

from qinghe.casework.models import CallBack, Hardship, Instalment, Plan, Promise, Record
from qinghe.casework.queries.agreements import (
    HARDSHIP,
    INSTALMENT,
    NEWEST,
    PLAN,
    PROMISE,
    HardshipRow,
    PlanView,
    PromiseRow,
    plan_views,
)
from qinghe.casework.queries.next_action import Suggestion
from qinghe.casework.queries.worklist import case_facts, own, suggestion_of
from qinghe.casework.terms import PromiseState
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.together import together
from qinghe.market.models import Mandate


@dataclass(frozen=True)
class MandateSpan:
    """Who held the claim, from when, how it ended, and when an end was undone."""

    id: UUID
    starts_at: datetime
    closed_at: datetime | None
    state: str
    reinstated_at: datetime | None
    collector_name: str


@dataclass(frozen=True)
class RecordRow:
    """One collection record, in codes."""

    id: UUID
    at: datetime
    action: str
    result: str


@dataclass(frozen=True)
class AgreedCall:
    """A call that was agreed, made or not."""

    id: UUID
    made_at: datetime
    planned_at: datetime


@dataclass(frozen=True)
class Work:
    """
    Everything done and agreed on one claim; plans and hardship requests with the newest first.

    `suggestion` is there for the collector that works the claim, and for nobody else.
    """

    mandates: tuple[MandateSpan, ...]
    records: tuple[RecordRow, ...]
    promises: tuple[PromiseRow, ...]
    call_backs: tuple[AgreedCall, ...]
    plans: tuple[PlanView, ...]
    hardships: tuple[HardshipRow, ...]
    suggestion: Suggestion | None

    @property
    def plan(self) -> PlanView | None:
        """Return the plan that waits or runs, else the latest."""
        return next(iter(self.plans), None)

    @property
    def promised(self) -> PromiseRow | None:
        """Return the promise that is open."""
        return next((row for row in self.promises if row.state == PromiseState.OPEN), None)

    @property
    def hardship(self) -> HardshipRow | None:
        """Return the latest request for a pause."""
        return next(iter(self.hardships), None)


def work_on(*, claim_id: UUID, actor: Actor, at: datetime) -> Work:
    """Return the work on a claim, for a caller that has passed a guard. One query."""
    about: dict[str, Any] = {"claim": claim_id}
    read = together(
        mandates=Mandate.objects.filter(**about)
        .annotate(who=_name_for(actor))
        .values_list("id", "starts_at", "closed_at", "state", "reinstated_at", "who"),
        records=Record.objects.filter(**about).values_list("id", "at", "action", "result"),
        promises=Promise.objects.filter(**about).values_list(*PROMISE),
        call_backs=CallBack.objects.filter(**about).values_list("id", "made_at", "planned_at"),
        plans=Plan.objects.filter(**about).order_by(*NEWEST).values_list(*PLAN),
        parts=Instalment.objects.filter(plan__claim=claim_id)
        .order_by("plan", "seq")
        .values_list(*INSTALMENT),
        hardships=Hardship.objects.filter(**about).order_by("-asked_at").values_list(*HARDSHIP),
        facts=case_facts(_worked(claim_id, actor, at), at),
    )
    return Work(
        mandates=tuple(MandateSpan(*row) for row in read["mandates"]),
        records=tuple(RecordRow(*row) for row in read["records"]),
        promises=tuple(PromiseRow(*row) for row in read["promises"]),
        call_backs=tuple(AgreedCall(*row) for row in read["call_backs"]),
        plans=tuple(plan_views(read["plans"], read["parts"])),
        hardships=tuple(HardshipRow(*row) for row in read["hardships"]),
        suggestion=next((suggestion_of(row, at) for row in read["facts"]), None),
    )


def _name_for(actor: Actor) -> Case | F:
    """Who worked a claim before is nobody's business of the next collector."""
    if actor.role != Role.COLLECTOR:
        return F("collector__name")
    own_name = When(collector=actor.org_id, then=F("collector__name"))
    return Case(own_name, default=Value(""), output_field=TextField())


def _worked(claim_id: UUID, actor: Actor, at: datetime) -> QuerySet[Mandate]:
    if actor.role != Role.COLLECTOR:
        return Mandate.objects.none()
    return own(actor, at).filter(claim=claim_id)
