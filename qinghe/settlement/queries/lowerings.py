"""Placed claims that were lowered: what a collector, a creditor and an officer see of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.shown import mark
from qinghe.parties.roles import Permission, may, require
from qinghe.settlement.models import Lowering
from qinghe.settlement.refusals import NoSuchLowering
from qinghe.settlement.terms import LoweringState

LATEST: Final = 100
WAITING: Final = (LoweringState.OBJECTED, LoweringState.ASKED)


@dataclass(frozen=True)
class LoweringRow:
    """One lowering, without anything about the debtor; amounts in minor units."""

    id: UUID
    claim_id: UUID
    claim_number: str
    creditor_name: str
    collector_name: str
    amount: int
    currency: str
    seen: dict[str, Any]
    lowered_at: datetime
    object_until: datetime
    state: str
    objected_at: datetime | None
    answer_until: datetime | None
    answered_at: datetime | None
    due: int
    reason: str
    asked_by: str
    decided_at: datetime | None
    objection_id: UUID | None
    answer_id: UUID | None

    @property
    def shown(self) -> str:
        """Return the mark of what a second officer decides: the proposal, and both sides."""
        sides = (self.objection_id, self.answer_id)
        return mark(self.id, self.state, self.due, self.reason, self.asked_by, *sides)


def own_lowerings(*, actor: Actor) -> list[LoweringRow]:
    """
    Return what concerns an actor's organisation, the newest first. One query.

    A collector sees every lowering of its orders; a creditor those that were objected to.

    :raises NotPermitted: the actor does not speak for an organisation
    """
    require(actor, Permission.DECLARE_PARTY)
    return [_row(each) for each in _own(actor).order_by("-told_at", "pk")[:LATEST]]


def lowerings_at_the_desk(*, actor: Actor) -> list[LoweringRow]:
    """
    Return the objections that wait for officers, the oldest first.

    :raises NotPermitted: the actor does not suspend
    """
    require(actor, Permission.SUSPEND)
    rows = _rows().filter(state__in=WAITING).order_by("objected_at", "pk")
    return [_row(each) for each in rows[:LATEST]]


def lowering_for(*, lowering_id: UUID, actor: Actor) -> LoweringRow:
    """
    Return one lowering as an officer sees it.

    :raises NotPermitted: the actor does not suspend
    :raises NoSuchLowering: unknown
    """
    require(actor, Permission.SUSPEND)
    found = _rows().filter(pk=lowering_id).first()
    if found is None:
        raise NoSuchLowering
    return _row(found)


def lowerings_waiting(actor: Actor, at: datetime) -> QuerySet[Lowering]:
    """Return what an actor can do something about now: object, answer, or decide."""
    if may(actor, Permission.SUSPEND):
        return Lowering.objects.filter(state__in=WAITING)
    can = Q(state=LoweringState.TOLD, object_until__gt=at)
    if actor.role == Role.CREDITOR:
        can = Q(state__in=WAITING, answered_at__isnull=True)
    return _own(actor).filter(can)


def _own(actor: Actor) -> QuerySet[Lowering]:
    if actor.role == Role.COLLECTOR:
        return _rows().filter(collector=actor.org_id)
    return _rows().filter(creditor=actor.org_id, objected_at__isnull=False)


def _rows() -> QuerySet[Lowering]:
    return Lowering.objects.select_related("claim", "creditor", "collector")


def _row(each: Lowering) -> LoweringRow:
    same = LoweringRow.__dataclass_fields__.keys() & {f.attname for f in Lowering._meta.fields}
    return LoweringRow(
        **{name: getattr(each, name) for name in same},
        claim_number=each.claim.number,
        creditor_name=each.creditor.name,
        collector_name=each.collector.name,
    )
