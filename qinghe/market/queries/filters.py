"""What somebody looks for in the hall, and how the tables are asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from qinghe.market.bands import codes_with
from qinghe.market.models import Listing, OpenOrder
from qinghe.market.terms import Mode
from qinghe.parties.regions import province_of
from qinghe.parties.terms import OrgKind

# Orders whose place is not shown, because too few are alike.
NOWHERE = "0"
# Most orders have these words. Their lists in the index would be nearly the whole hall, and slower
# than looking at the row itself.
COMMON = {"m": Mode.GRAB.value, "k": OrgKind.INSTITUTION.value, "h": "1"}
# Placed so often or more is one step of the index and of the filters.
MOST_HANDS = 4
RATE_STEPS = (5, 10, 15, 20, 25, 30, 35, 40)


@dataclass(frozen=True)
class HallFilters:
    """What a visitor of the hall looks for; an empty filter lets everything through."""

    # Cities and provinces; `NOWHERE` for orders whose place is not shown.
    regions: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    bands: tuple[int, ...] = ()
    currency: str = ""
    min_commission: Decimal | None = None
    mode: str = ""
    order: str = "recent"
    kinds: tuple[str, ...] = ()
    # How often placed, this time included; the last stands for so often or more.
    hands: tuple[int, ...] = ()


def shown(rows: QuerySet[OpenOrder], filters: HallFilters) -> QuerySet[OpenOrder]:
    """Narrow the orders of the hall by what is shown of them: nothing else can be asked for."""
    rows = _tagged(rows, region_tags(filters.regions))
    rows = _tagged(rows, [f"s:{stage}" for stage in filters.stages])
    rows = _tagged(rows, [f"g:{product}" for product in filters.products])
    codes = {code for index in filters.bands for code in codes_with(index)}
    if codes and filters.order == "band":
        # Read in order of bands, others must not even be passed by.
        rows = rows.filter(band__in=sorted(codes))
    else:
        rows = _tagged(rows, [f"b:{code}" for code in sorted(codes)])
    rows = _worded(rows, "k", "creditor_kind", filters.kinds)
    rows = _worded(rows, "h", "hand", [str(min(hand, MOST_HANDS)) for hand in filters.hands])
    rows = _worded(rows, "m", "mode", [filters.mode] if filters.mode in Mode.values else [])
    if filters.currency:
        rows = rows.filter(currency=filters.currency)
    return _paying(rows, filters.min_commission) if filters.min_commission else rows


def listed(rows: QuerySet[Listing], filters: HallFilters) -> QuerySet[Listing]:
    """Narrow listings, for those who may see them as they are."""
    wanted: dict[str, object] = {
        "stage__in": filters.stages,
        "product__in": filters.products,
        "band__in": filters.bands,
        "creditor_kind__in": filters.kinds,
        "currency": filters.currency,
        "commission_rate__gte": filters.min_commission,
        "mode": filters.mode if filters.mode in Mode.values else "",
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value or value == 0})
    match = Q(region__in=filters.regions)
    for code in filters.regions:
        if code == province_of(code):
            match |= Q(region__startswith=code[:2])
    return rows.filter(match) if filters.regions else rows


def region_tags(codes: Iterable[str]) -> list[str]:
    """Return the tags of cities, of provinces with all that is shown in them, and of nowhere."""
    tags = []
    for code in codes:
        whole = code == province_of(code)
        tags.append("p:" if code == NOWHERE else f"p:{code[:2]}" if whole else f"r:{code}")
    return tags


def step_of(rate: Decimal) -> int:
    """Return the highest step of the index that a rate reaches; nought below the first."""
    return max((step for step in RATE_STEPS if step <= rate * 100), default=0)


def _tagged(rows: QuerySet[OpenOrder], tags: list[str]) -> QuerySet[OpenOrder]:
    return rows.filter(tags__overlap=tags) if tags else rows


def _worded(
    rows: QuerySet[OpenOrder], letter: str, column: str, words: Iterable[str]
) -> QuerySet[OpenOrder]:
    asked = list(words)
    if COMMON[letter] in asked:
        match = Q(**{f"{column}__in": asked})
        if letter == "h" and str(MOST_HANDS) in asked:
            match |= Q(hand__gte=MOST_HANDS)
        return rows.filter(match)
    return _tagged(rows, [f"{letter}:{word}" for word in asked])


def _paying(rows: QuerySet[OpenOrder], rate: Decimal) -> QuerySet[OpenOrder]:
    """Use the highest step of the index that the rate reaches, and look at the rate itself."""
    step = step_of(rate)
    return _tagged(rows, [f"q:{step}"] if step else []).filter(commission_rate__gte=rate)
