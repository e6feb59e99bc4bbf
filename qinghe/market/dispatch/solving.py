"""
The optimum of a window, proven; or, when time is up, the best so far and how far it can be off.

Few pairs can matter: those near the best of their order at good prices. The optimum among these
is found by flow, its prices are tried on all pairs, and whatever pair they do not rule out joins.
When they rule out everything, the optimum among few is the optimum among all.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from qinghe.market.dispatch.bidding import auction, empty_book
from qinghe.market.dispatch.flow import Core, best_flow, core
from qinghe.market.dispatch.network import GREATEST, NEVER, Flags, Network, Small
from qinghe.market.dispatch.prices import (
    Prices,
    bound,
    least_prices,
    load_of,
    nets,
    objective,
    prices,
    worth,
)

# The least raise of a bid, as a part of the median value; and how far from the best a pair may be
# to take part, in raises. Measured at 100,000 and 940,000 orders: finer costs rounds, coarser flow.
RAISES: Final = 32
NEAR: Final = 4
# A warm start knows the prices, so fewer pairs are in doubt.
WARM: Final = 8
# The auction leaves one in so many orders waiting for the flow.
LEFT: Final = 200
# Seconds that one pair may cost in the flow, at most: it cannot be stopped once it runs.
PER_PAIR: Final = 20e-6


@dataclass(frozen=True)
class Solution:
    """
    Who gets what: `column` (n,) of the candidate, -1 for none; amounts in minor units.

    `objective` is the value with the newcomers' floor counted in, `bound` what no assignment can
    exceed. When both are equal the optimum is proven by the prices.
    """

    column: Small
    prices: Prices
    value: int
    objective: int
    bound: int
    newcomers: int
    seconds: float
    rounds: int

    @property
    def gap(self) -> float:
        """Return how far the optimum can lie above, as a part of what it can be; 0 is proven."""
        most = self.value + self.bound - self.objective
        return (self.bound - self.objective) / max(most, 1)

    @property
    def proven(self) -> bool:
        """Tell whether this is the optimum."""
        return self.bound == self.objective


def solve(net: Network, *, start: Prices | None = None, limit: float = 600.0) -> Solution:
    """
    Return the optimum, or the best assignment known after `limit` seconds with its bound.

    With the prices of a former run of nearly the same window, `start`, only what changed is in
    doubt. The answer depends on nothing but the network, as long as the time suffices.
    """
    begun = time.perf_counter()
    until = begun + limit
    step = _step(net)
    if start is None:
        column, price, done = _first(net, step, until)
    else:
        column, price, done = np.full(net.orders, -1, np.int32), start, False
    # At prices of an optimum, be it of few pairs or of yesterday, far fewer pairs are in doubt.
    far, near = NEAR * step, max(step // WARM, 1)
    rounds, pairs = 0, np.zeros(net.seat.shape, dtype=np.bool_)
    loose, inner = np.zeros(net.orders, dtype=np.bool_), None
    while not done:
        mask, droppable = _near(net, price, far if start is None and not rounds else near)
        inner = core(net, mask | pairs, droppable=droppable | loose)
        if _late(inner, until):
            column = column if rounds or start is None else _in_haste(net, step, column)
            break
        column = best_flow(net, inner)
        price = prices(net, column, inner, price)
        missed, unhappy = _missed(net, column, price)
        done = not (missed.any() or unhappy.any())
        rounds += 1
        pairs = (inner.mask if rounds > 1 else pairs) | missed
        pairs[np.flatnonzero(column >= 0), column[column >= 0]] = True
        loose |= unhappy | ((column < 0) & inner.open)
    if done and inner is not None:
        price = _least(net, column, inner)
    return _solution(net, column, price, time.perf_counter() - begun, rounds)


def _step(net: Network) -> int:
    best = net.value.max(axis=1, initial=0)
    best = best[best > 0]
    return max(int(np.median(best)) // RAISES, 1) if len(best) else 1


def _first(net: Network, step: int, until: float) -> tuple[Small, Prices, bool]:
    """Return a first assignment and prices near those of the optimum, by auction."""
    book = auction(net, empty_book(net), step=step, until=until, rest=net.orders // LEFT)
    price = Prices(book.price.copy(), _pool_prices(net, book.price), 0)
    if time.perf_counter() < until:
        return book.column, price, not net.orders
    return auction(net, book, step=GREATEST, until=float("inf")).column, price, False


def _in_haste(net: Network, step: int, column: Small) -> Small:
    book = auction(net, empty_book(net), step=GREATEST, until=float("inf"))
    return book.column if step else column


def _pool_prices(net: Network, seat: np.ndarray) -> np.ndarray:
    pool = np.full(len(net.pool_places), GREATEST * 2, dtype=np.int64)
    np.minimum.at(pool, net.pool, seat)
    pool[pool == GREATEST * 2] = 0
    return pool


def _near(net: Network, price: Prices, near: int) -> tuple[Flags, Flags]:
    """Return the pairs near the best of their order, and the orders for which none is nearly so."""
    gain = nets(net, price.seat)
    best = np.maximum(gain.max(axis=1, initial=0), 0)
    mask = (gain >= (best - near)[:, None]) & (net.value != NEVER)
    return mask, best <= near


def _late(inner: Core, until: float) -> bool:
    return time.perf_counter() + int(inner.mask[inner.open].sum()) * PER_PAIR > until


def _missed(net: Network, column: Small, price: Prices) -> tuple[Flags, Flags]:
    """Return the pairs that an order would prefer at these prices, and who would rather have none."""
    gain = nets(net, price.seat)
    rows = np.flatnonzero(column >= 0)
    have = np.zeros(net.orders, dtype=np.int64)
    have[rows] = gain[rows, column[rows]]
    return gain > have[:, None], have < 0


def _least(net: Network, column: Small, inner: Core) -> Prices:
    """Return the lowest prices that prove the optimum: each is what one more place would bring."""
    inner = Core(inner.mask, np.full(net.orders, -1, dtype=np.int32))
    while True:
        least = least_prices(net, column, inner)
        missed, _unhappy = _missed(net, column, least)
        if not missed.any():
            return least
        inner = Core(inner.mask | missed, inner.fixed)


def _solution(net: Network, column: Small, price: Prices, seconds: float, rounds: int) -> Solution:
    return Solution(
        column=column,
        prices=price,
        value=worth(net, column),
        objective=objective(net, column),
        bound=bound(net, price),
        newcomers=load_of(net, column)[2],
        seconds=seconds,
        rounds=rounds,
    )
