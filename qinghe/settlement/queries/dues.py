"""What creditors owe for commission on money they received themselves, and what came for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Sum

from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import Receipt, Split
from qinghe.settlement.terms import PaymentState


@dataclass(frozen=True)
class DueRow:
    """What one creditor owes in one currency, minor units; `since` the oldest payment's booking."""

    creditor_id: UUID
    creditor_name: str
    currency: str
    amount: int
    payments: int
    since: datetime


@dataclass(frozen=True)
class WaitingRow:
    """Money that one person recorded; `recorded_by` is a journal label. No creditor: own money."""

    id: UUID
    creditor_name: str | None
    amount: int
    currency: str
    reference: str
    recorded_by: str
    at: datetime


def receipts_waiting(*, actor: Actor) -> list[WaitingRow]:
    """
    Return what was recorded and waits for a second person, the oldest first. One query.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    waiting = Receipt.objects.filter(confirmed_at=None).order_by("at", "pk")
    fields = ("pk", "creditor__name", "amount", "currency", "reference", "recorded_by", "at")
    return [WaitingRow(*row) for row in waiting.values_list(*fields)]


def dues(*, actor: Actor) -> list[DueRow]:
    """
    Return who owes commission. One query.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    names = ("payment__creditor", "payment__creditor__name", "payment__currency")
    open_ = Split.objects.filter(uncovered__gt=0, payment__state=PaymentState.POSTED)
    rows = open_.values_list(*names).annotate(
        total=Sum("uncovered"), payments=Count("pk"), since=Min("at")
    )
    return [DueRow(*row) for row in rows.order_by("since", *names)]
