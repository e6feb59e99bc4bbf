"""The map of the hall: a tile for each province, as a picture, as links and as a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from qinghe.market.queries.filters import HallFilters
from qinghe.market.queries.regions import Regions, regions
from qinghe.market.terms import ALIKE
from qinghe.parties.regions import provinces
from qinghe.parties.roles import Permission
from qinghe.web.collector.hallfilters import address_of, chosen, filters_of
from qinghe.web.doors import StaffRequest, page
from qinghe.web.formats import chinese, number

# Column and row of each province: neighbours stay near each other, sizes mean nothing.
PLACES: Final = {
    "230000": (8, 0),
    "150000": (5, 1), "110000": (6, 1), "210000": (7, 1), "220000": (8, 1),
    "650000": (0, 2), "620000": (2, 2), "640000": (3, 2), "140000": (5, 2), "130000": (6, 2),
    "120000": (7, 2),
    "630000": (2, 3), "610000": (4, 3), "410000": (5, 3), "370000": (6, 3),
    "540000": (1, 4), "510000": (3, 4), "500000": (4, 4), "420000": (5, 4), "340000": (6, 4),
    "320000": (7, 4), "310000": (8, 4),
    "530000": (3, 5), "520000": (4, 5), "430000": (5, 5), "360000": (6, 5), "330000": (7, 5),
    "450000": (4, 6), "440000": (5, 6), "350000": (6, 6), "710000": (8, 6),
    "460000": (4, 7), "820000": (5, 7), "810000": (6, 7),
}  # fmt: skip
STEP: Final = 60
SIZE: Final = 56
# English names that do not fit a tile; the whole name stands in the link and in the table.
LETTERS: Final = 8
# From so many orders on a tile is one shade darker.
SHADES: Final = (1, ALIKE, 20, 100, 500, 2_000)


@dataclass(frozen=True)
class Tile:
    """One province: where it is drawn, how dark, its count in words, the hall filtered by it."""

    code: str
    name: str
    short: str
    x: int
    y: int
    shade: int
    count: str
    href: str
    chosen: bool


@page(Permission.TAKE_ORDERS)
def hall_map(request: StaffRequest) -> HttpResponse:
    """Show where the orders of the hall are, under the filters in use."""
    filters = filters_of(request.GET)
    # The place is what is chosen here; the other filters stay.
    found = regions(actor=request.actor, at=request.at, filters=replace(filters, regions=()))
    tiles = [_tile(code, name, found, filters) for code, name in _named()]
    context = {
        "tiles": tiles,
        "ranked": sorted(tiles, key=lambda tile: (-found.counts.get(tile.code, 0), tile.code)),
        "found": found,
        "filters": filters,
        "chosen": chosen(replace(filters, regions=())),
        "back": address_of(filters),
        "width": 9 * STEP,
        "height": 8 * STEP,
    }
    return render(request, "web/collector/map.html", context)


def _named() -> list[tuple[str, str]]:
    return [pair for pair in provinces("zh" if chinese() else "en") if pair[0] in PLACES]


def _tile(code: str, name: str, found: Regions, filters: HallFilters) -> Tile:
    column, row = PLACES[code]
    n = found.counts.get(code, 0)
    few = code in found.few
    return Tile(
        code=code,
        name=name,
        short=name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…",
        x=column * STEP,
        y=row * STEP,
        shade=sum((n or int(few)) >= step for step in SHADES),
        count=_("1 to 4") if few else number(n),
        href=f"{reverse('web:hall')}?{address_of(replace(filters, regions=(code,)))}",
        chosen=code in filters.regions,
    )
