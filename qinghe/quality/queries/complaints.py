"""Reads of this room: complaints within what an actor may see, and a public status by number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from qinghe.claims.models import Hold
from qinghe.claims.queries import Moment
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.together import together
from qinghe.market.queries.teams import in_own_hands
from qinghe.parties.roles import OVERSIGHT
from qinghe.quality.models import Complaint, Sanction
from qinghe.quality.refusals import NoSuchComplaint
from qinghe.quality.terms import CAUSE, ComplaintKind, ComplaintState

LATEST = 200
COMPLAINT = (
    "id", "number", "kind", "state", "opened_at", "due_on", "decided_at", "decision_text",
    "claim_id", "claim__number", "mandate_id", "collector_id", "collector__name", "statement_id",
    "suspended", "held",
)  # fmt: skip


@dataclass(frozen=True)
class ComplaintRow:
    """
    One complaint. `statement_id` points into the vault, for those who hear it and who wrote it;
    `decision_text` is what the person reads; `held` says that contact is stopped because of it.
    """

    id: UUID
    number: str
    kind: str
    state: str
    opened_at: datetime
    due_on: date
    decided_at: datetime | None
    decision_text: str
    claim_id: UUID | None
    claim_number: str
    mandate_id: UUID | None
    collector_id: UUID | None
    collector_name: str
    statement_id: UUID | None
    suspended: bool
    held: bool

    @property
    def kind_label(self) -> str:
        return str(ComplaintKind(self.kind).label)

    @property
    def state_label(self) -> str:
        return str(ComplaintState(self.state).label)

    @property
    def open(self) -> bool:
        return self.state == ComplaintState.OPEN

    @property
    def withdrawn(self) -> bool:
        return self.state == ComplaintState.WITHDRAWN

    def overdue(self, today: date) -> bool:
        """Tell whether the answer is late."""
        return self.open and today > self.due_on


@dataclass(frozen=True)
class PublicStatus:
    """What anybody who knows the number may read; nothing about the claim or the people."""

    number: str
    state: str
    opened_at: datetime
    due_on: date
    decided_at: datetime | None
    decision_text: str

    @property
    def state_label(self) -> str:
        return str(ComplaintState(self.state).label)


def visible(actor: Actor) -> Q:
    """
    Narrow complaints: those who hear them see all, others what they made or what is about them.
    """
    if actor.role in OVERSIGHT:
        return Q()
    if actor.role is Role.DEBTOR and actor.person_id:
        return Q(person_id=actor.person_id)
    if actor.role is Role.COLLECTOR and actor.org_id:
        return Q(in_own_hands(actor, "claim__debtor"), collector_id=actor.org_id)
    if actor.role is Role.CREDITOR and actor.org_id:
        return Q(claim__creditor_id=actor.org_id)
    return Q(pk__in=[])


def complaints(
    *, actor: Actor, state: str | None = None, claim_id: UUID | None = None, limit: int = LATEST
) -> list[ComplaintRow]:
    """
    Return complaints an actor may see: open ones first by the day of answer, then the newest.

    One query; `limit` counts open and decided ones apart.
    """
    rows = Complaint.objects.filter(visible(actor))
    if state:
        rows = rows.filter(state=state)
    if claim_id:
        rows = rows.filter(claim=claim_id)
    waiting = rows.filter(state=ComplaintState.OPEN).order_by("due_on", "pk")
    decided = rows.exclude(state=ComplaintState.OPEN).order_by("-opened_at", "pk")
    read = together(waiting=_fields(waiting)[:limit], decided=_fields(decided)[:limit])
    return [_view(row, actor) for row in (*read["waiting"], *read["decided"])]


def complaint_for(*, complaint_id: UUID, actor: Actor) -> ComplaintRow:
    """
    Return one complaint.

    :raises NoSuchComplaint: unknown, or none of the actor's business
    """
    found = _fields(Complaint.objects.filter(visible(actor), pk=complaint_id)).first()
    if found is None:
        raise NoSuchComplaint
    return _view(found, actor)


def by_number(*, number: str) -> PublicStatus:
    """
    Return how far a complaint is, to whoever knows its number.

    :raises NoSuchComplaint: no complaint has it
    """
    found = Complaint.objects.filter(number=number.strip().upper()).first()
    if found is None:
        raise NoSuchComplaint
    # A decision about a known person may tell of the case; only who has no account reads it here.
    text = found.decision_text if found.person_id is None else ""
    return PublicStatus(
        number=found.number,
        state=found.state,
        opened_at=found.opened_at,
        due_on=found.due_on,
        decided_at=found.decided_at,
        decision_text=text,
    )


def timeline(*, claim_id: UUID) -> list[Moment]:
    """Return the complaints about a claim and their decisions, oldest first."""
    moments = []
    for row in Complaint.objects.filter(claim=claim_id):
        facts: dict[str, object] = {"complaint": row.kind, "number": row.number}
        moments.append(Moment(row.opened_at, "complaint", facts))
        if row.decided_at:
            moments.append(Moment(row.decided_at, f"complaint-{row.state}", facts))
    return sorted(moments, key=lambda moment: moment.at)


def _fields(rows: QuerySet[Complaint]) -> QuerySet[Complaint, tuple[Any, ...]]:
    sanctions = Sanction.objects.filter(complaint=OuterRef("pk"))
    holds = Hold.objects.filter(
        cause=Concat(Value(CAUSE), Cast(OuterRef("pk"), TextField())), lifted_at__isnull=True
    )
    return rows.annotate(suspended=Exists(sanctions), held=Exists(holds)).values_list(*COMPLAINT)


def _view(fields: tuple[Any, ...], actor: Actor) -> ComplaintRow:
    row = dict(zip(COMPLAINT, fields, strict=True))
    # A debtor sees only its own complaints, and reads back what it wrote.
    hears = actor.role in (Role.COMPLIANCE, Role.SYSTEM, Role.DEBTOR)
    row["statement_id"] = row["statement_id"] if hears else None
    row["claim_number"] = row.pop("claim__number") or ""
    row["collector_name"] = row.pop("collector__name") or ""
    return ComplaintRow(**row)
