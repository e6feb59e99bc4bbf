"""Kept searches of the hall, and how many orders are new in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db.models import F, Q, QuerySet

from qinghe.kernel.actor import Actor
from qinghe.kernel.again import together_again
from qinghe.kernel.together import Reading, counted
from qinghe.market.models import SavedSearch
from qinghe.market.queries.filters import HallFilters, shown
from qinghe.market.queries.hall import orders_for

# Beyond this a search says "more than".
NEW_CAP: Final = 100


@dataclass(frozen=True)
class SearchRow:
    """One kept search; `new` stops at a cap, `told` tells that a notice waits to be seen."""

    id: UUID
    name: str
    filters: HallFilters
    notice: bool
    new: int
    capped: bool
    told: bool


class Kept(NamedTuple):
    """What is read of a kept search."""

    pk: UUID
    name: str
    filters: dict[str, Any]
    notice: bool
    looked_at: datetime
    told_at: datetime | None


def searches(*, actor: Actor, at: datetime) -> list[SearchRow]:
    """Return the kept searches of a member by name, with what is new in each. Two statements."""

    def kept(_when: datetime) -> dict[str, Reading]:
        return {"kept": of_member(actor).order_by("name", "id").values_list(*Kept._fields)}

    found = together_again(("searches", actor.reader), at, kept)
    rows = [Kept(*row) for row in found["kept"]]
    new = new_in(rows, actor, at) if rows else []
    return [
        SearchRow(
            id=row.pk,
            name=row.name,
            filters=of_json(row.filters),
            notice=row.notice,
            new=min(n, NEW_CAP),
            capped=n > NEW_CAP,
            told=row.told_at is not None and row.told_at > row.looked_at,
        )
        for row, n in zip(rows, new, strict=True)
    ]


def new_in(rows: Sequence[Kept | SavedSearch], actor: Actor, at: datetime) -> list[int]:
    """Return how many orders came since each was looked at, up to one past the cap."""
    parts: dict[str, QuerySet[Any]] = {
        f"s{i}": shown(orders_for(actor, at), of_json(row.filters))
        .filter(listed_at__gt=row.looked_at)
        .values("pk")
        for i, row in enumerate(rows)
    }
    found = counted(cap=NEW_CAP + 1, **parts)
    return [found[f"s{i}"] for i in range(len(rows))]


def of_member(actor: Actor) -> QuerySet[SavedSearch]:
    """Return the kept searches of whoever acts, in the organisation they act for."""
    return SavedSearch.objects.filter(user=actor.user_id, organisation=actor.org_id)


def noticed(actor: Actor) -> QuerySet[SavedSearch]:
    """Return the kept searches of a member whose notice was not looked at yet."""
    return of_member(actor).filter(Q(told_at__gt=F("looked_at")))


def as_json(filters: HallFilters) -> dict[str, Any]:
    """Return filters as plain JSON; what filters nothing is left out."""
    told = {name: value for name, value in asdict(filters).items() if value}
    return {name: str(v) if isinstance(v, Decimal) else v for name, v in told.items()}


def of_json(told: dict[str, Any]) -> HallFilters:
    """Return filters as they were kept; a word that is known no more is left out."""
    known: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in told.items()
        if name in HallFilters.__annotations__
    }
    rate = known.pop("min_commission", None)
    return replace(HallFilters(**known), min_commission=Decimal(rate) if rate else None)
