"""
A page of the hall in two or three statements, whichever of its filters are chosen.

First the planner is asked how many orders it expects. Few are found by the index of tags, counted
and sorted, all in one statement. Many are read along the index of their order, which soon has a
page together, once it is known that there are more than are counted. Whatever the planner said,
the same orders come, in the same order.

Along an index the columns themselves are compared: whether lists of tags overlap takes far longer
to see, and pays only where an index answers it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from math import sqrt
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection

from qinghe.market.bands import codes_with
from qinghe.market.models import OpenOrder
from qinghe.market.queries.filters import (
    COMMON,
    MOST_HANDS,
    NOWHERE,
    HallFilters,
    region_tags,
    step_of,
)
from qinghe.market.terms import Mode
from qinghe.parties.regions import province_of
from qinghe.parties.terms import OrgState

PAGE_SIZE: Final = 25
# Beyond this the hall says "more than": nobody turns forty pages, and a filter finds faster.
COUNT_CAP: Final = 1_000
ORDERS: Final = {
    "recent": ("-listed_at", "id"),
    "commission": ("-commission_rate", "-listed_at", "id"),
    "band": ("-band", "-listed_at", "id"),
    "expiring": ("expires_at", "id"),
}
# So many are sorted for the first page rather than walked to. For a page far behind it is more:
# walking costs its number times, sorting once.
SORTED: Final = 5_000
# Of so many a thousand are met sooner than their lists in the index are gone through. They are
# looked for in blocks from all over the table, since orders that came together are alike, and in
# so many times the blocks that should hold enough.
DENSE: Final = 40_000
SPARE: Final = 3
# The planner errs. What it took for few is not sorted beyond so many times the limit.
ERROR: Final = 4
# What is dispatched comes as an offer, what is bundled in its package: neither stands in the hall.
ELSEWHERE: Final = (Mode.DISPATCH, Mode.PACKAGE)
COLUMNS: Final = tuple(f.attname for f in OpenOrder._meta.concrete_fields if f.attname != "tags")
FOUND: Final = """
WITH matched AS MATERIALIZED (
    SELECT id, {keys} FROM market_open_order WHERE {where} LIMIT {most} + 1
), counted AS MATERIALIZED (SELECT count(*) AS total FROM matched)
SELECT c.total, {columns} FROM counted c LEFT JOIN (
    SELECT id FROM matched WHERE (SELECT total FROM counted) <= {most} ORDER BY {order}
    LIMIT {size} OFFSET (
        SELECT least({start}, greatest(least(total, {cap}) - 1, 0) / {size} * {size}) FROM counted
    )
) page ON true LEFT JOIN market_open_order o ON o.id = page.id ORDER BY {sorted}
"""
WALKED: Final = """
SELECT {columns} FROM market_open_order o WHERE {where}
ORDER BY {sorted} LIMIT {size} OFFSET {start}
"""
ENOUGH: Final = """
SELECT FROM market_hallrow TABLESAMPLE SYSTEM ({percent}) WHERE {where} OFFSET {cap} LIMIT 1
"""
EXPECTED: Final = "EXPLAIN (FORMAT JSON) SELECT FROM market_open_order WHERE {where}"


Order = TypeVar("Order")


@dataclass(frozen=True)
class Matches(Generic[Order]):
    """Orders of one page; `total` is right up to the cap, and beyond it more than the cap."""

    orders: list[Order]
    total: int


@dataclass
class Asked:
    """
    Conditions with their values: what every page asks, and of each filter two ways to ask it.

    `searching` names tags, which an index finds, `walking` the columns, which are quickly compared.
    """

    every: list[str]
    searching: list[str] = field(default_factory=list)
    walking: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def add(self, name: str, walking: str, wanted: object, tags: list[str]) -> None:
        """Ask for one thing: by its tags, where it has some, or by its column."""
        self.values |= {name: wanted, f"{name}_tags": tags}
        self.walking.append(walking)
        self.searching.append(f"tags && %({name}_tags)s::text[]" if tags else walking)

    def to_search(self) -> str:
        return " AND ".join([*self.every, *self.searching])

    def to_walk(self) -> str:
        """Say nothing of how rare it is: the planner would rather read and sort all of it."""
        if not self.walking:
            return " AND ".join(self.every)
        return " AND ".join([*self.every, f"CASE WHEN {' AND '.join(self.walking)} THEN true END"])


def matches(
    *, org_id: UUID | None, at: datetime, filters: HallFilters, page: int
) -> Matches[OpenOrder]:
    """Return a page of the open orders a collector may see; one behind the last is the last."""
    asked = asked_of(org_id, at, filters)
    page = min(page, COUNT_CAP // PAGE_SIZE)
    most = int(SORTED * sqrt(page))
    expected = _expected(asked)
    if expected <= most:
        # Never fewer than are counted: beyond this the number is only known to be larger.
        bound = max(most * ERROR, COUNT_CAP)
        found = _sorted(asked, filters.order, page, bound)
        if found.total <= bound:
            return found
    elif expected <= DENSE or not _enough(asked, expected):
        found = _sorted(asked, filters.order, page, COUNT_CAP)
        if found.total <= COUNT_CAP:
            return found
    start = (page - 1) * PAGE_SIZE
    text = WALKED.format(where=asked.to_walk(), start=start, **_words(filters.order))
    return Matches([_order(row) for row in _rows(text, asked)], COUNT_CAP + 1)


def keys_of(order: str) -> tuple[str, ...]:
    """Return the keys of an order, the newest first where it is unknown."""
    return ORDERS.get(order, ORDERS["recent"])


def asked_of(org_id: UUID | None, at: datetime, filters: HallFilters) -> Asked:
    """Return the conditions of a collector's hall under some filters."""
    asked = Asked(_every(filters), values={"org": org_id, "at": at})
    _placed(asked, filters.regions)
    _banded(asked, filters)
    for name, letter, wanted in (
        ("stage", "s", filters.stages),
        ("product", "g", filters.products),
        ("creditor_kind", "k", filters.kinds),
        ("mode", "m", [filters.mode] if filters.mode in Mode.values else []),
    ):
        _worded(asked, name, letter, list(wanted))
    _handed(asked, [min(hand, MOST_HANDS) for hand in filters.hands])
    _paying(asked, filters.min_commission)
    if filters.currency:
        asked.every.append("currency = %(currency)s")
        asked.values["currency"] = filters.currency
    return asked


def _every(filters: HallFilters) -> list[str]:
    designated = "designated_to = %(org)s"
    if filters.mode != Mode.DESIGNATED:
        designated = f"(designated_to IS NULL OR {designated})"
    elsewhere = ", ".join(f"'{mode.value}'" for mode in ELSEWHERE)
    # Whoever has only applied sees no market yet.
    working = f"id = %(org)s AND state = '{OrgState.ACTIVE.value}'"
    return [
        f"EXISTS (SELECT FROM parties_organisation WHERE {working})",
        "expires_at > %(at)s",
        designated,
        f"mode NOT IN ({elsewhere})",
    ]


def _placed(asked: Asked, regions: Sequence[str]) -> None:
    if not regions:
        return
    whole = [code for code in regions if code == province_of(code)]
    asked.values["provinces"] = [code[:2] for code in whole]
    cities = ["" if code == NOWHERE else code for code in regions if code not in whole]
    place = "(left(region, 2) = ANY(%(provinces)s) OR region = ANY(%(region)s))"
    asked.add("region", place, cities, region_tags(regions))


def _banded(asked: Asked, filters: HallFilters) -> None:
    codes = sorted({code for index in filters.bands for code in codes_with(index)})
    if codes and filters.order == "band":
        # Read in order of bands, others must not even be passed by.
        asked.every.append("band = ANY(%(band)s)")
        asked.values["band"] = codes
    elif codes:
        asked.add("band", "band = ANY(%(band)s)", codes, [f"b:{code}" for code in codes])


def _worded(asked: Asked, name: str, letter: str, wanted: list[str]) -> None:
    if wanted:
        common = COMMON.get(letter) in wanted
        tags = [] if common else [f"{letter}:{each}" for each in wanted]
        asked.add(name, f"{name} = ANY(%({name})s)", wanted, tags)


def _handed(asked: Asked, hands: list[int]) -> None:
    if hands:
        tags = [] if int(COMMON["h"]) in hands else [f"h:{hand}" for hand in hands]
        many = f" OR hand >= {MOST_HANDS}" if MOST_HANDS in hands else ""
        asked.add("hand", f"(hand = ANY(%(hand)s){many})", hands, tags)


def _paying(asked: Asked, rate: Decimal | None) -> None:
    """Ask for a rate: by its step in the index of tags, where it is one, and by the rate itself."""
    if not rate:
        return
    step = step_of(rate)
    asked.add("rate", "commission_rate >= %(rate)s", rate, [f"q:{step}"] if step else [])
    if step and rate * 100 != step:
        # As a sum, for half the hall may pay so much: its index is no help.
        asked.searching.append("commission_rate + 0 >= %(rate)s")


def _sorted(asked: Asked, order: str, page: int, most: int) -> Matches[OpenOrder]:
    """Return a page of the orders that match, if they are at most so many; else their number."""
    start = (page - 1) * PAGE_SIZE
    where, words = asked.to_search(), _words(order)
    text = FOUND.format(where=where, most=most, start=start, cap=COUNT_CAP, **words)
    rows = _rows(text, asked)
    return Matches([_order(row[1:]) for row in rows if row[1] is not None], rows[0][0])


def _enough(asked: Asked, expected: int) -> bool:
    """Tell whether more were met than are counted; if not, there may still be more."""
    percent = min(100 * SPARE * COUNT_CAP / expected, 100)
    text = ENOUGH.format(where=asked.to_walk(), percent=percent, cap=COUNT_CAP)
    return bool(_rows(text, asked))


def _expected(asked: Asked) -> int:
    ((plan,),) = _rows(EXPECTED.format(where=asked.to_search()), asked)
    return int(plan[0]["Plan"]["Plan Rows"])


def _rows(text: str, asked: Asked) -> list[tuple[Any, ...]]:
    # Not `prepared`: how an order is found depends on what is asked for.
    with connection.cursor() as cursor:
        cursor.execute(text, asked.values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _order(row: tuple[Any, ...]) -> OpenOrder:
    return OpenOrder.from_db(DEFAULT_DB_ALIAS, COLUMNS, row)


def _words(order: str) -> dict[str, object]:
    keys = [(key.lstrip("-"), " DESC" * key.startswith("-")) for key in keys_of(order)]
    return {
        "keys": ", ".join(name for name, _way in keys if name != "id"),
        "order": ", ".join(name + way for name, way in keys),
        "sorted": ", ".join(f"o.{name}{way}" for name, way in keys),
        "columns": ", ".join(f"o.{name}" for name in COLUMNS),
        "size": PAGE_SIZE,
    }
