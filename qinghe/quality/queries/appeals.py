"""Appeals: the queue of the officers, and what a collector has asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from qinghe.kernel.actor import Actor, Role
from qinghe.parties.roles import Permission, may
from qinghe.quality.models import Appeal
from qinghe.quality.refusals import NoSuchAppeal
from qinghe.quality.terms import (
    AppealAbout,
    AppealGround,
    AppealReason,
    AppealState,
)

LATEST = 200
_ROW = (
    "id", "collector_id", "collector__name", "about", "complaint_id", "complaint__number",
    "complaint__kind", "complaint__decision_text", "standing_id", "standing__grade", "rating_id",
    "ground", "statement_id", "state", "opened_at", "due_on", "first_officer", "reason",
    "decided_at",
)  # fmt: skip


@dataclass(frozen=True)
class AppealRow:
    """One appeal; `statement_id` points into the vault and is set for officers only."""

    id: UUID
    collector_id: UUID
    collector_name: str
    about: str
    complaint_id: UUID | None
    complaint_number: str | None
    complaint_kind: str | None
    decision_text: str | None
    standing_id: UUID | None
    grade: str | None
    rating_id: UUID | None
    ground: str
    statement_id: UUID | None
    state: str
    opened_at: datetime
    due_on: date
    first_officer: str
    reason: str
    decided_at: datetime | None

    @property
    def about_label(self) -> str:
        return str(AppealAbout(self.about).label)

    @property
    def ground_label(self) -> str:
        return str(AppealGround(self.ground).label)

    @property
    def state_label(self) -> str:
        return str(AppealState(self.state).label)

    @property
    def reason_label(self) -> str:
        return str(AppealReason(self.reason).label) if self.reason else ""

    @property
    def open(self) -> bool:
        return self.state == AppealState.OPEN


def appeals(*, actor: Actor, limit: int = LATEST) -> list[AppealRow]:
    """Return the appeals an actor may see: open ones by their day, then the latest. One query."""
    open_first = Case(
        When(state=AppealState.OPEN, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = _visible(actor).annotate(rank=open_first).order_by("rank", "due_on", "id")
    return [_row(row, actor) for row in rows.values_list(*_ROW)[:limit]]


def appeal_for(*, appeal_id: UUID, actor: Actor) -> AppealRow:
    """
    Return one appeal.

    :raises NoSuchAppeal: unknown, or another collector's
    """
    found = _visible(actor).filter(pk=appeal_id).values_list(*_ROW).first()
    if found is None:
        raise NoSuchAppeal
    return _row(found, actor)


def appealed(collector_id: UUID) -> dict[UUID, str]:
    """Return what a collector has appealed, by the id of the thing, with the state."""
    rows = Appeal.objects.filter(collector=collector_id)
    fields = ("complaint_id", "standing_id", "rating_id", "pause_id", "state")
    return {
        target: str(AppealState(state).label)
        for *targets, state in rows.values_list(*fields)
        for target in targets
        if target is not None
    }


def _visible(actor: Actor) -> QuerySet[Appeal]:
    if may(actor, Permission.DECIDE_COMPLAINTS):
        return Appeal.objects.all()
    mine = actor.role is Role.COLLECTOR and actor.org_id is not None
    return Appeal.objects.filter(Q(collector=actor.org_id) if mine else Q(pk__in=[]))


def _row(fields: tuple[object, ...], actor: Actor) -> AppealRow:
    row = dict(zip(AppealRow.__dataclass_fields__, fields, strict=True))
    if not may(actor, Permission.DECIDE_COMPLAINTS):
        row["statement_id"], row["first_officer"] = None, ""
    return AppealRow(**row)  # type: ignore[arg-type]
