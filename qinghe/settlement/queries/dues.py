"""What creditors owe for commission on money they received themselves, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Sum

from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import Split
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
