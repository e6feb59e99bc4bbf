"""
What a deposit covers: a limit on sums, which no flow can carry, kept around it.

Where the optimum gives a collector more than its deposit covers, the orders that bring most for
what they take of it stay, the other pairs are barred, and the window is solved again from its
prices. The bound of the first solution, without the limit, is a bound of every answer with it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from qinghe.market.dispatch.network import NEVER, Flags, Ints, Network
from qinghe.market.dispatch.prices import Prices
from qinghe.market.dispatch.solving import Solution, solve

# After so many rounds a collector that was over its cover keeps what fits and gets no more.
PATIENCE: Final = 5


@dataclass(frozen=True)
class Covered:
    """
    A solution within every cover: the proven optimum of the pairs of `net` that remain.

    `relaxed` bounds the value of every assignment that keeps the covers; it is reached when no
    cover bound. `barred` counts the pairs that were taken out.
    """

    net: Network
    solution: Solution
    relaxed: int
    barred: int


def solve_covered(
    net: Network, balance: Ints, cover: Ints, *, start: Prices | None = None, limit: float = 600.0
) -> Covered:
    """Return the best assignment in which no pool (p,) gets more balance (n,) than its cover."""
    until = time.perf_counter() + limit
    solution = solve(net, start=start, limit=limit)
    relaxed, barred, turn = solution.bound, 0, 0
    while True:
        bar = _over(net, solution, balance, cover, closing=turn >= PATIENCE)
        if not bar.any():
            return Covered(net, solution, relaxed, barred)
        net = replace(net, value=np.where(bar, NEVER, net.value))
        barred, turn = barred + int(bar.sum()), turn + 1
        left = max(until - time.perf_counter(), 0.0)
        solution = solve(net, start=solution.prices, limit=left)


def _over(net: Network, solution: Solution, balance: Ints, cover: Ints, *, closing: bool) -> Flags:
    """Return the pairs (n, k) to bar so that the covers hold."""
    column = solution.column
    rows = np.flatnonzero(column >= 0)
    pool = net.pool[net.seat[rows, column[rows]]]
    held = np.zeros(len(cover), dtype=np.int64)
    np.add.at(held, pool, balance[rows])
    bar = np.zeros(net.seat.shape, dtype=np.bool_)
    for each in np.flatnonzero((cover >= 0) & (held > cover)):
        mine = rows[pool == each]
        keep = _fitting(net.value[mine, column[mine]], balance[mine], int(cover[each]))
        out = mine[~keep]
        bar[out, column[out]] = True
        left = int(cover[each]) - int(balance[mine[keep]].sum())
        barred = (net.seat >= 0) & (net.pool[net.seat] == each) & (net.value != NEVER)
        barred &= closing | (balance > left)[:, None]
        barred[mine[keep]] = False
        bar |= barred
    return bar


def _fitting(value: Ints, balance: Ints, cover: int) -> Flags:
    """Return which orders stay: those that bring most per unit of cover, while they fit."""
    keep = np.zeros(len(value), dtype=np.bool_)
    for i in np.lexsort((np.arange(len(value)), -(value * 1_000 // np.maximum(balance, 1)))):
        if balance[i] <= cover:
            keep[i], cover = True, cover - int(balance[i])
    return keep
