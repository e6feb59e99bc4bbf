"""
Who may get an order at all, and twenty of them: by licence, region, band, wish and conflict.

Orders that look alike share their eligible seats, so the work grows with kinds of orders and not
with orders times collectors. Of many eligible seats an order gets its former handler, the best
fits, and a sample of the others in proportion to their free places, so that no place is out of
everybody's sight.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from qinghe.market.dispatch.network import Flags, Ints, Small

CANDIDATES: Final = 20
# Of the candidates, so many are the best fits; the rest is the sample.
BEST: Final = 6
# The best fits are looked for among so many of a kind, all places taken together.
DEEP: Final = 256
# Kinds of orders times seats that are weighed at once, for memory's sake.
BLOCK: Final = 2_000_000
# A step of the golden ratio through 2**32 spreads the samples of neighbours evenly.
GOLDEN: Final = 2_654_435_769


@dataclass(frozen=True)
class Orders:
    """
    The orders of a window as columns (n,), sorted by id.

    `area` counts pairs of region and licence, `kind` those of product, stage and band. `balance` is
    in minor units, `claimed` what counts against a deposit, `likelihood` in millionths. `handler`
    is the seat that knew the debtor before without any complaint between them, or -1.
    """

    area: Small
    kind: Small
    balance: Ints
    claimed: Ints
    likelihood: Ints
    creditor: Small
    handler: Small


@dataclass(frozen=True)
class Seats:
    """
    The seats of a window as columns (m,), and where they may work.

    `covers` (areas, m) says where a registration holds, `wants` (kinds, m) which kinds it may take
    and wishes for, `fit` (kinds, m) how well it does with them, in millionths of the average.
    `cost` is what one order costs in minor units, complaint risk included. `cover` (p,) is what the
    deposit of a pool still covers in minor units, -1 without limit; `conflicts` (c, 2) are pairs of
    creditor and pool that must not meet.
    """

    places: Ints
    pool: Small
    pool_places: Ints
    covers: Flags
    wants: Flags
    fit: Small
    cost: Ints
    cover: Ints
    newcomer: Flags
    conflicts: Small


def candidates(orders: Orders, seats: Seats, *, count: int = CANDIDATES) -> Small:
    """Return the candidate seats (n, count) of each order, -1 where there are no more."""
    found = np.full((len(orders.area), count), -1, dtype=np.int32)
    if not len(seats.places):
        return found
    has_place = (seats.places > 0) & (seats.pool_places > 0)[seats.pool]
    order = np.lexsort((orders.kind, orders.area))
    starts = np.flatnonzero(np.diff(orders.area[order], prepend=-1))
    ranking = _ranking(seats, np.unique(orders.kind), has_place)

    def fill(rows: Ints) -> None:
        covered = np.flatnonzero(seats.covers[orders.area[rows[0]]] & has_place)
        if len(covered):
            _fill(found, rows, orders.kind[rows], covered, seats, ranking)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(fill, np.split(order, starts[1:]) if len(order) else []))
    _add_handlers(found, orders, seats, has_place)
    return _without_doubles(found, orders, seats)


def _ranking(seats: Seats, kinds: Small, has_place: Flags) -> Small:
    """Return for each kind of these (kinds, deep) who fits best, best first, -1 for nobody."""
    m = len(seats.places)
    ranking = np.full((seats.wants.shape[0], DEEP), -1, dtype=np.int32)
    for kind in kinds.tolist():
        able = np.flatnonzero(seats.wants[kind] & has_place)
        best = np.sort(able - seats.fit[kind, able].astype(np.int64) * m)[:DEEP]
        ranking[kind, : len(best)] = best % m
    return ranking


def _fill(
    found: Small, rows: Ints, kinds: Small, covered: Ints, seats: Seats, ranking: Small
) -> None:
    """Name the seats for the orders of one area, sorted by kind; `covered` may work there."""
    bounds = np.flatnonzero(np.diff(kinds, prepend=-1, append=-1))
    at_once = max(BLOCK // len(covered), 1)
    for start in range(0, len(bounds) - 1, at_once):
        part = bounds[start : start + at_once + 1]
        several, size = kinds[part[:-1]], np.diff(part)
        able = seats.wants[several[:, None], covered]
        few = able.sum(axis=1) <= found.shape[1]
        which = np.repeat(np.arange(len(size)), size)
        mine = rows[part[0] : part[-1]]
        if few.any():
            at, column = np.nonzero(able & few[:, None])
            table = np.full((len(size), found.shape[1]), -1, dtype=np.int32)
            nth = np.arange(len(at)) - np.searchsorted(at, at)
            table[at, nth] = covered[column]
            found[mine[few[which]]] = table[which[few[which]]]
        if not few.all():
            many = ~few[which]
            best = _best(several, able, covered, seats, ranking)
            found[mine[many], :BEST] = best[which[many]]
            sampled = found.shape[1] - BEST
            found[mine[many], BEST:] = _sample(
                able, which[many], mine[many], covered, seats, sampled
            )


def _best(kinds: Small, able: Flags, covered: Ints, seats: Seats, ranking: Small) -> Small:
    """Return the best fits (kinds, BEST) of those that are able, -1 where there are fewer."""
    ranked = ranking[kinds]
    here = np.zeros(len(seats.places), dtype=np.bool_)
    here[covered] = True
    eligible = here[ranked] & (ranked >= 0)
    nth = np.cumsum(eligible, axis=1)
    best = np.full((len(kinds), BEST), -1, dtype=np.int32)
    at, column = np.nonzero(eligible & (nth <= BEST))
    best[at, nth[at, column] - 1] = ranked[at, column]
    # The ranking does not go down to the best of a place where few work.
    for row in np.flatnonzero(nth[:, -1] < BEST).tolist():
        those = covered[able[row]]
        top = those[np.argsort(-seats.fit[kinds[row], those], kind="stable")[:BEST]]
        best[row, : len(top)] = top
    return best


def _sample(able: Flags, which: Ints, rows: Ints, covered: Ints, seats: Seats, count: int) -> Small:
    """Return a sample (rows, count) of who is able, in proportion to free places."""
    places = np.minimum(seats.places, seats.pool_places[seats.pool])[covered]
    # One line of places for all kinds, so that one search answers for all orders.
    reach = np.cumsum(np.where(able, places, 0))
    ends = reach[len(covered) - 1 :: len(covered)]
    begin = np.append(0, ends[:-1])
    total = ends - begin
    # Each order looks into every stratum of the places, each at its own depth.
    depth = (rows.astype(np.uint64) * np.uint64(GOLDEN)) % np.uint64(1 << 32)
    strata = np.arange(count, dtype=np.float64) + (depth / np.float64(1 << 32))[:, None]
    total, begin = total[which][:, None], begin[which][:, None]
    at = begin + np.minimum((strata * (total / count)).astype(np.int64), total - 1)
    sample: Small = covered[np.searchsorted(reach, at, side="right") % len(covered)]
    return sample


def _add_handlers(found: Small, orders: Orders, seats: Seats, has_place: Flags) -> None:
    """Put the former handler into the last column, where it is eligible."""
    rows = np.flatnonzero(orders.handler >= 0)
    seat = orders.handler[rows]
    may = seats.covers[orders.area[rows], seat] & seats.wants[orders.kind[rows], seat]
    may &= has_place[seat]
    found[rows[may], -1] = seat[may]


def _without_doubles(found: Small, orders: Orders, seats: Seats) -> Small:
    """Take out seats named twice, conflicts of interest, and what a deposit cannot cover."""
    found.sort(axis=1)
    found[:, 1:][found[:, 1:] == found[:, :-1]] = -1
    pool = seats.pool[found]
    limit = seats.cover[pool]
    found[(limit >= 0) & (orders.claimed[:, None] > limit)] = -1
    if len(seats.conflicts):
        rows = np.flatnonzero(np.isin(orders.creditor, seats.conflicts[:, 0]))
        pools = len(seats.pool_places)
        pairs = orders.creditor[rows].astype(np.int64)[:, None] * pools + pool[rows]
        barred = seats.conflicts[:, 0].astype(np.int64) * pools + seats.conflicts[:, 1]
        found[rows] = np.where(np.isin(pairs, barred), -1, found[rows])
    return found
