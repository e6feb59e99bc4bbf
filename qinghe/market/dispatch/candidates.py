"""
Who may get an order at all, and twenty of them: by licence, region, band, wish and conflict.

Orders that look alike share their eligible seats, so the work grows with kinds of orders and not
with orders times collectors. Of many eligible seats an order gets its former handler, the best
fits, and a sample of the others in proportion to their free places, so that no place is out of
everybody's sight.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from qinghe.market.dispatch.network import Flags, Ints, Small

CANDIDATES: Final = 20
# Of the candidates, so many are the best fits; the rest is the sample.
BEST: Final = 6
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
    n = len(orders.area)
    found = np.full((n, count), -1, dtype=np.int32)
    kinds = seats.wants.shape[0]
    group = orders.area.astype(np.int64) * kinds + orders.kind
    order = np.argsort(group, kind="stable")
    bounds = np.flatnonzero(np.diff(group[order], prepend=-1, append=-1))
    has_place = (seats.places > 0) & (seats.pool_places > 0)[seats.pool]
    for start, end in pairwise(bounds.tolist()):
        rows = order[start:end]
        area, kind = divmod(int(group[rows[0]]), kinds)
        able = np.flatnonzero(seats.covers[area] & seats.wants[kind] & has_place)
        if len(able):
            picked = _picked(able, rows, seats, kind, count)
            found[rows, : picked.shape[1]] = picked
    _add_handlers(found, orders, seats, has_place)
    return _without_doubles(found, orders, seats)


def _picked(able: Ints, rows: Ints, seats: Seats, kind: int, count: int) -> Ints:
    """Return seats for the orders of one kind and area: all, or the best and a sample."""
    if len(able) <= count:
        return np.broadcast_to(able, (len(rows), len(able)))
    fit = seats.fit[kind, able]
    best = able[np.argpartition(-fit, BEST)[:BEST]]
    sampled = count - BEST
    reach = np.cumsum(np.minimum(seats.places[able], seats.pool_places[seats.pool[able]]))
    total = int(reach[-1])
    # Each order looks into every stratum of the places, each at its own depth.
    depth = (rows.astype(np.uint64) * np.uint64(GOLDEN)) % np.uint64(1 << 32)
    strata = np.arange(sampled, dtype=np.float64) + (depth / np.float64(1 << 32))[:, None]
    at = np.minimum((strata * (total / sampled)).astype(np.int64), total - 1)
    sample = able[np.searchsorted(reach, at, side="right")]
    return np.concatenate([np.broadcast_to(best, (len(rows), BEST)), sample], axis=1)


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
