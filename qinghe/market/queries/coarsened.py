"""How the hall would show orders that are not listed yet: no finer than five are alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from django.db import connection

from qinghe.market.bands import span_of
from qinghe.market.terms import ALIKE

# The cells an order would be counted in, from the finest level up; see migration 0003.
PATHS = """
    SELECT w.i, p.region, p.band, coalesce(c.n, 0)
    FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::int[])
        WITH ORDINALITY AS w (product, stage, currency, region, band, i)
    CROSS JOIN generate_series(0, 4) AS depth
    CROSS JOIN LATERAL qinghe_market_level(depth, w.region, w.band) AS p
    LEFT JOIN market_cell c ON c.product = w.product AND c.stage = w.stage
        AND c.currency = w.currency AND c.region = p.region AND c.band = p.band AND c.level = depth
    ORDER BY w.i, depth
"""


class Kind(NamedTuple):
    """Orders that are exactly alike."""

    product: str
    stage: str
    currency: str
    region: str
    band: int


class Shape(NamedTuple):
    """What the hall would show of an order; bands from the lowest to the highest it may be in."""

    product: str
    stage: str
    currency: str
    region: str
    band: int
    band_to: int


class _Cell(NamedTuple):
    product: str
    stage: str
    currency: str
    level: int
    region: str
    band: int


def coarsened(orders: Mapping[Kind, int]) -> dict[Kind, Shape]:
    """
    Return how each kind of order would be shown if so many were listed now. One statement.

    Follows the trigger of the hall: a cell below five hands what it holds to the next above.
    Orders already listed count only in cells that the hall shows: whoever asks with one order after
    another must not learn how many alike it hides. What it hides can only make it finer.
    """
    kinds = list(orders)
    paths, n = _paths(kinds)
    after = Counter(n)
    for kind in kinds:
        after[paths[kind][0]] += orders[kind]
    for level in range(4):
        above = {path[level]: path[level + 1] for path in paths.values()}
        for cell, parent in above.items():
            after[parent] += _hands_up(after[cell]) - _hands_up(n[cell])
    return {kind: _shape(kind, paths[kind], after) for kind in kinds}


def _hands_up(n: int) -> int:
    return n if n < ALIKE else 0


def _shape(kind: Kind, path: list[_Cell], n: Mapping[_Cell, int]) -> Shape:
    level = next((at for at in range(4) if n[path[at]] >= ALIKE), 4)
    low, high = span_of(path[level].band)
    region = path[level].region if level < 2 else ""
    return Shape(kind.product, kind.stage, kind.currency, region, low, high)


def _paths(kinds: list[Kind]) -> tuple[dict[Kind, list[_Cell]], dict[_Cell, int]]:
    columns = [list(column) for column in zip(*kinds, strict=True)] or [[]] * 5
    with connection.cursor() as cursor:
        cursor.execute(PATHS, columns)
        rows = cursor.fetchall()
    paths: dict[Kind, list[_Cell]] = {kind: [] for kind in kinds}
    n: dict[_Cell, int] = {}
    for i, region, band, count in rows:
        kind = kinds[i - 1]
        cell = _Cell(kind.product, kind.stage, kind.currency, len(paths[kind]), region, band)
        paths[kind].append(cell)
        n[cell] = count if count >= ALIKE else 0
    return paths, n
