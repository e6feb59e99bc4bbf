"""What may be called from a deposit, and what was called and has not arrived."""

from __future__ import annotations

from django.db.models import Sum

from qinghe.kernel.actor import Actor
from qinghe.parties.models import Cover
from qinghe.parties.roles import Permission, require
from qinghe.quality.models import DepositCall, Ruling
from qinghe.quality.signs.table import rules

LATEST = 200


def most_of(ruling: Ruling, cover: Cover) -> int:
    """Return the most that may still be called from a deposit for a ruling, in minor units."""
    mine = DepositCall.objects.filter(ruling=ruling)
    called = int(mine.aggregate(sum=Sum("amount"))["sum"] or 0)
    here = int(mine.filter(cover=cover).aggregate(sum=Sum("amount"))["sum"] or 0)
    scale = cover.amount * rules()[ruling.flag.rule].most_percent // 100
    return max(min(ruling.damage - called, scale - here, cover.amount - cover.called), 0)


def calls_waiting(*, actor: Actor) -> list[DepositCall]:
    """
    Return the called deposits whose money has not arrived, the oldest first.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = DepositCall.objects.filter(received_at=None).select_related(
        "cover__organisation", "ruling__harmed"
    )
    return list(rows.order_by("called_at", "pk")[:LATEST])
