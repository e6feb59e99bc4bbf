"""
Those pairs of a window that can matter, found in one pass over all of them.

A pass goes slice by slice, small enough to stay in the processor's cache, on every core there is;
what comes out depends on neither.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from qinghe.market.dispatch.network import Flags, Ints, Network, Small

# Orders in one slice: twenty pairs of eight bytes each are 1.3 MB.
SLICE: Final = 8_192

T = TypeVar("T")


@dataclass(frozen=True)
class Core:
    """
    The pairs that take part, in the order of their orders; `free` (n,) may stay without a seat.

    `at` (q,) is the place of a pair among all, `row` its order, then its seat and its value.
    """

    at: Ints
    row: Ints
    seat: Small
    value: Ints
    free: Flags


def sliced(orders: int, work: Callable[[slice], T]) -> list[T]:
    """Return the results of `work` on every slice of the orders, in their order."""
    slices = [slice(start, start + SLICE) for start in range(0, orders, SLICE)]
    if len(slices) < 2:
        return [work(each) for each in slices]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(work, slices))


def near(net: Network, price: Ints, room: Ints) -> Core:
    """Return the pairs that can be best while no price (m,) moves further than its room (m,)."""
    dear, cheap = price + room, price - room
    free = np.empty(net.orders, dtype=np.bool_)

    def found(part: slice) -> Ints:
        value, seat = net.value[part], net.seat[part]
        sure = np.maximum((value - dear.take(seat)).max(axis=1, initial=0), 0)
        free[part] = sure <= 0
        # What is never admitted is below zero at any price.
        can = np.flatnonzero(value - cheap.take(seat) >= sure[:, None])
        return np.asarray(can + part.start * seat.shape[1])

    parts = sliced(net.orders, found)
    return chosen(net, np.concatenate(parts) if parts else np.empty(0, np.int64), free)


def chosen(net: Network, at: Ints, free: Flags) -> Core:
    """Return the core of the named pairs."""
    seat, value = net.seat.reshape(-1)[at], net.value.reshape(-1)[at]
    return Core(at, at // net.seat.shape[1], seat, value, free)


def nearer(core: Core, price: Ints, room: Ints) -> Core:
    """Return which pairs of a core can be best while no price moves further than its room."""
    if not len(core.at):
        return core
    here = price[core.seat]
    space = room[core.seat]
    gain = core.value - here
    first = np.flatnonzero(np.diff(core.row, prepend=-1))
    rows = core.row[first]
    sure = np.zeros(len(core.free), dtype=np.int64)
    sure[rows] = np.maximum(np.maximum.reduceat(gain - space, first), 0)
    kept = np.flatnonzero(gain + space >= sure[core.row])
    return Core(core.at[kept], core.row[kept], core.seat[kept], core.value[kept], sure <= 0)


def preferred(net: Network, column: Small, price: Ints) -> tuple[Ints, int]:
    """Return the pairs an order would rather have at these prices, and what all gain at best."""
    k = net.seat.shape[1]

    def found(part: slice) -> tuple[Ints, int]:
        gain = net.value[part] - price.take(net.seat[part])
        mine = column[part]
        have = np.where(mine >= 0, gain[np.arange(len(gain)), mine], 0)
        best = int(np.maximum(gain.max(axis=1, initial=0), 0).sum())
        return np.flatnonzero(gain > np.maximum(have, 0)[:, None]) + part.start * k, best

    parts = sliced(net.orders, found)
    missed = [pairs for pairs, _best in parts]
    total = sum(best for _pairs, best in parts)
    return np.concatenate(missed) if missed else np.empty(0, np.int64), total
