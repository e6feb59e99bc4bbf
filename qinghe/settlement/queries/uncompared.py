"""Statements of the bank that only whoever took them in has seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, Sum, Window
from django.db.models.functions import RowNumber

from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import Statement, StatementEntry

LATEST: Final = 50
# Of one statement so many entries are shown, the largest first.
SHOWN: Final = 20


@dataclass(frozen=True)
class CameRow:
    """One entry that came; the amount in minor units."""

    booked_on: date
    amount: int
    payer_masked: str
    claim_number: str


@dataclass(frozen=True)
class UncomparedRow:
    """
    One statement; amounts in minor units of what it told first. `largest` are entries that came,
    at most `SHOWN` of the `entries` that came and went.
    """

    id: UUID
    number: str
    currency: str
    starts_on: date | None
    ends_on: date | None
    came: int
    went: int
    entries: int
    closing: int | None
    largest: tuple[CameRow, ...]
    imported_by: str
    imported_at: datetime


def uncompared(*, actor: Actor) -> list[UncomparedRow]:
    """
    Return the statements with money that came which nobody compared with the bank, the oldest
    first; at most `LATEST`. Three queries.

    :raises NotPermitted: the actor does not manage payments
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    received = StatementEntry.objects.filter(statement=OuterRef("pk"), credit=True)
    waiting = Statement.objects.filter(Exists(received), compared_at__isnull=True)
    rows = list(waiting.order_by("imported_at", "pk")[:LATEST])
    entries = StatementEntry.objects.filter(statement__in=rows).values_list("statement")
    sums = {
        pk: (came or 0, went or 0, told)
        for pk, came, went, told in entries.annotate(
            came=Sum("amount", filter=Q(credit=True)),
            went=Sum("amount", filter=Q(credit=False)),
            told=Count("pk"),
        )
    }
    largest = _largest(rows)
    return [
        UncomparedRow(
            row.pk,
            row.number,
            row.currency,
            row.starts_on,
            row.ends_on,
            *sums[row.pk],
            row.closing,
            tuple(largest[row.pk]),
            row.imported_by,
            row.imported_at,
        )
        for row in rows
    ]


def _largest(statements: Iterable[Statement]) -> dict[UUID, list[CameRow]]:
    place = Window(RowNumber(), partition_by=F("statement"), order_by=["-amount", "pk"])
    came = StatementEntry.objects.filter(statement__in=statements, credit=True)
    ranked = came.annotate(place=place).filter(place__lte=SHOWN).order_by("statement", "place")
    fields = ("booked_on", "amount", "payer_masked", "claim_number")
    found = defaultdict[UUID, list[CameRow]](list)
    for statement, *told in ranked.values_list("statement", *fields):
        found[statement].append(CameRow(*told))
    return found
