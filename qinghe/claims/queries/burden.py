"""What else is claimed from the person a claim is against: the burden, and patterns in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, F, QuerySet, Window

from qinghe.claims.models import Claim
from qinghe.claims.queries.access import visible
from qinghe.kernel.actor import Actor

# Nobody reads more of them beside one claim; the rest is counted.
SHOWN: Final = 20


@dataclass(frozen=True)
class OtherClaim:
    """One claim as it stands in a row beside others; amounts in minor units, no identity."""

    id: UUID
    number: str
    creditor_name: str
    state: str
    product: str
    currency: str
    claimed: int
    owed: int
    contract_on: date | None
    due_on: date
    created_at: datetime


@dataclass(frozen=True)
class Others:
    """The newest of a person's other claims, and how many there are."""

    rows: tuple[OtherClaim, ...]
    count: int

    @property
    def left_out(self) -> int:
        """Return how many are counted and not shown."""
        return self.count - len(self.rows)


_ROW = (
    "id", "number", "creditor__name", "state", "product", "currency", "claimed", "open_amount",
    "contract_on", "due_on", "created_at",
)  # fmt: skip


def others_of(*, claim_id: UUID, debtor_id: UUID, actor: Actor, limit: int = SHOWN) -> Others:
    """Return the other claims against the person of a claim, the newest first. One query."""
    rows = Claim.objects.filter(visible(actor), debtor=debtor_id).exclude(pk=claim_id)
    counted = _rows(rows).annotate(n=Window(Count("pk"))).order_by("-created_at", "-pk")
    found = list(counted.values_list(*_ROW, "n")[:limit])
    return Others(tuple(OtherClaim(*row[:-1]) for row in found), found[0][-1] if found else 0)


def side_by_side(claim_ids: Collection[UUID], *, actor: Actor) -> dict[UUID, OtherClaim]:
    """Return claims an actor may see as rows to compare, by claim. One query."""
    rows = _rows(Claim.objects.filter(visible(actor), pk__in=claim_ids))
    return {row[0]: OtherClaim(*row) for row in rows.values_list(*_ROW)}


def _rows(rows: QuerySet[Claim]) -> QuerySet[Claim]:
    return rows.annotate(open_amount=F("principal") + F("interest") + F("costs"))
