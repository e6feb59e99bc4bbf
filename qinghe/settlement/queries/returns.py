"""Money that goes back, and what providers took back: what waits first, then what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, IntegerField, Value, When

from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import Dispute, Refund
from qinghe.settlement.return_terms import (
    LIVE,
    DisputeKind,
    DisputeState,
    RefundCause,
    RefundState,
)
from qinghe.settlement.ways import NAMES

PAGE = 100


@dataclass(frozen=True)
class RefundRow:
    """One refund; amount in minor units, `asked_by` a journal label."""

    id: UUID
    claim_number: str
    provider: str
    amount: int
    currency: str
    cause: str
    state: str
    asked_by: str
    asked_at: datetime
    tries: int
    next_at: datetime | None
    done_at: datetime | None
    fault: str

    @property
    def cause_label(self) -> str:
        return str(RefundCause(self.cause).label)

    @property
    def state_label(self) -> str:
        return str(RefundState(self.state).label)

    @property
    def provider_label(self) -> str:
        return str(NAMES.get(self.provider, self.provider))

    @property
    def live(self) -> bool:
        return self.state in LIVE


@dataclass(frozen=True)
class DisputeRow:
    """What a provider took back, or is asked about; amount in minor units."""

    id: UUID
    claim_number: str
    provider: str
    kind: str
    number: str
    amount: int
    currency: str
    state: str
    told_at: datetime
    settled_at: datetime | None
    fault: str

    @property
    def kind_label(self) -> str:
        return str(DisputeKind(self.kind).label)

    @property
    def state_label(self) -> str:
        return str(DisputeState(self.state).label)

    @property
    def provider_label(self) -> str:
        return str(NAMES.get(self.provider, self.provider))

    @property
    def answerable(self) -> bool:
        """Tell whether a person ends it: a complaint that is open."""
        return (self.kind, self.state) == (DisputeKind.COMPLAINT, DisputeState.OPEN)


def refunds(*, actor: Actor, offset: int = 0, limit: int = PAGE) -> list[RefundRow]:
    """
    Return refunds: those that wait first, each the newest on top.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    done = Case(When(state__in=LIVE, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = Refund.objects.annotate(done=done).order_by("done", "-asked_at", "pk")
    fields = ("pk", "payment__claim__number", "payment__order__provider", "amount", "currency")
    told = ("cause", "state", "asked_by", "asked_at", "tries", "next_at", "done_at", "fault")
    return [RefundRow(*row) for row in rows.values_list(*fields, *told)[offset : offset + limit]]


def disputes(*, actor: Actor, limit: int = PAGE) -> list[DisputeRow]:
    """
    Return what providers told: open ones first, each the newest on top.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    over = Case(
        When(state=DisputeState.OPEN, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = Dispute.objects.annotate(over=over).order_by("over", "-told_at", "pk")
    fields = ("pk", "order__claim__number", "provider", "kind", "number", "amount", "currency")
    return [
        DisputeRow(*row)
        for row in rows.values_list(*fields, "state", "told_at", "settled_at", "fault")[:limit]
    ]
