"""Statements of the bank that only whoever took them in has seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, Sum

from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import Statement, StatementEntry

LATEST: Final = 50


@dataclass(frozen=True)
class UncomparedRow:
    """One statement; amounts in minor units of what it told first."""

    id: UUID
    number: str
    currency: str
    starts_on: date | None
    ends_on: date | None
    came: int
    went: int
    imported_by: str
    imported_at: datetime


def uncompared(*, actor: Actor) -> list[UncomparedRow]:
    """
    Return the statements with money that came which nobody compared with the bank, the oldest
    first; at most `LATEST`. Two queries.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    received = StatementEntry.objects.filter(statement=OuterRef("pk"), credit=True)
    waiting = Statement.objects.filter(Exists(received), compared_at__isnull=True)
    rows = list(waiting.order_by("imported_at", "pk")[:LATEST])
    entries = StatementEntry.objects.filter(statement__in=rows).values_list("statement")
    sums = {
        pk: (came or 0, went or 0)
        for pk, came, went in entries.annotate(
            came=Sum("amount", filter=Q(credit=True)), went=Sum("amount", filter=Q(credit=False))
        )
    }
    return [
        UncomparedRow(
            row.pk,
            row.number,
            row.currency,
            row.starts_on,
            row.ends_on,
            *sums[row.pk],
            row.imported_by,
            row.imported_at,
        )
        for row in rows
    ]
