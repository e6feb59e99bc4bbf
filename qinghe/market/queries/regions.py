"""Where the orders of the hall are: by province, of what is shown and of nothing finer."""

from __future__ import annotations

from collections.abc import Mapping
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

    `total` counts each province of `few` as one order, so that nothing taken from it tells more.
    `capped`: there are more orders, and the newest were counted; then small provinces are counted
    with those of no place, for the sum of all is known.
    """

    counts: dict[str, int]
    few: frozenset[str]
    nowhere: int
    total: int
    capped: bool

    @property
    def at_least(self) -> bool:
        """Tell whether there may be more than `total`."""
        return bool(self.few)


def regions(*, actor: Actor, at: datetime, filters: HallFilters) -> Regions:
    """Return where the orders are that an actor's hall shows under some filters. One statement."""
    newest = shown(orders_for(actor, at), filters).order_by("-listed_at", "id")
    kept = OpenOrder.objects.filter(pk__in=newest.values("pk")[: NEWEST + 1])
    rows = kept.annotate(head=Substr("region", 1, 2)).values_list("head").annotate(n=Count("pk"))
    found = dict(rows.order_by())
    return told(found, newest=NEWEST)


def told(found: Mapping[str, int], *, newest: int) -> Regions:
    """
    Return what is told of orders by the head of their province ("": place not shown). Pure.

    How many a province below five has changes nothing that is told.
    """
    by_code = {f"{head}0000": n for head, n in found.items() if head}
    counts = {code: n for code, n in by_code.items() if n >= ALIKE}
    nowhere, shown_n = found.get("", 0), sum(counts.values())
    if (total := sum(found.values())) > newest:
        return Regions(counts, frozenset(), total - shown_n, newest, capped=True)
    few = frozenset(by_code) - counts.keys()
    return Regions(counts, few, nowhere, shown_n + nowhere + len(few), capped=False)
