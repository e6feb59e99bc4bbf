"""Where the orders of the hall are: by province, of what is shown and of nothing finer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count
from django.db.models.functions import Substr

from qinghe.kernel.actor import Actor
from qinghe.market.models import OpenOrder
from qinghe.market.queries.filters import HallFilters, shown
from qinghe.market.queries.hall import orders_for
from qinghe.market.terms import ALIKE

# So many of the newest orders are counted: work that does not grow with the market.
NEWEST: Final = 20_000


@dataclass(frozen=True)
class Regions:
    """
    Orders by province code; below five only that there are some. `nowhere`: place not shown.

    `capped`: there are more orders, and the newest were counted.
    """

    counts: dict[str, int]
    few: frozenset[str]
    nowhere: int
    total: int
    capped: bool


def regions(*, actor: Actor, at: datetime, filters: HallFilters) -> Regions:
    """Return where the orders are that an actor's hall shows under some filters. One statement."""
    newest = shown(orders_for(actor, at), filters).order_by("-listed_at", "id")
    kept = OpenOrder.objects.filter(pk__in=newest.values("pk")[: NEWEST + 1])
    rows = kept.annotate(head=Substr("region", 1, 2)).values_list("head").annotate(n=Count("pk"))
    found = dict(rows.order_by())
    total, nowhere = sum(found.values()), found.pop("", 0)
    by_code = {f"{head}0000": n for head, n in found.items()}
    few = frozenset(code for code, n in by_code.items() if n < ALIKE)
    counts = {code: n for code, n in by_code.items() if n >= ALIKE}
    return Regions(counts, few, nowhere, min(total, NEWEST), total > NEWEST)
