"""
The optimum of a window, proven; or, when time is up, the best so far and how far it can be off.

Few pairs can matter: those that can be the best of their order while prices move only so far from
good ones. The optimum among these is found by flow, with somebody outside who takes or lends places
where a price would move further. Where that happened the next step gives more room. Once it happens
nowhere, the optimum among few is the optimum among all, and the prices are tried on all pairs.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from qinghe.market.dispatch.bidding import Book, auction, empty_book
from qinghe.market.dispatch.flow import best_step
from qinghe.market.dispatch.network import GREATEST, Flags, Ints, Network, Small
from qinghe.market.dispatch.pairs import Core, chosen, near, nearer, preferred
from qinghe.market.dispatch.prices import (
    Prices,
    bound,
    least_prices,
    load_of,
    nodes_of,
    objective,
    prices_of,
    sane,
    worth,
)

# The least raise of a bid, as a part of the median value. Measured at 100,000 and 940,000 orders:
# finer costs rounds, coarser costs flow.
RAISES: Final = 32
# After so many steps every price has more room once any is at its wall.
STEPS: Final = 24
# The pairs at hand are those that may matter in so many times the room of a step.
AHEAD: Final = 4
# The lowest prices are looked for among pairs that matter when prices fall by a raise.
# The auction leaves one in so many orders waiting for the flow.
LEFT: Final = 50
# Seconds that one pair may cost in the flow, at most: it cannot be stopped once it runs.
PER_PAIR: Final = 20e-6


@dataclass(frozen=True)
class Pace:
    """
    How far prices may move in a step.

    The first step has `part` of a raise. Where a price was at its wall, the next has `wider` times
    as much, elsewhere less, but not below `least` of the first: a place that is given up far away
    travels from seat to seat, and room that is too small stops it at each.
    """

    part: float
    wider: int
    least: float


# Measured at 940,000 orders. Cold, much is in doubt and little room costs least; warm, a few chains
# are, and what they cost is the number of steps.
COLD: Final = Pace(part=1, wider=8, least=0)
WARM: Final = Pace(part=1 / 12, wider=32, least=1 / 2)


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
    book, price = (empty_book(net), sane(net, start)) if start else _first(net, step, until)
    field = _Field(net, nodes_of(price), step, WARM if start else COLD)
    rounds = 0
    while net.orders:
        core = field.core()
        if time.perf_counter() + len(core.at) * PER_PAIR > until:
            price = prices_of(net, field.node)
            return _solution(net, _in_haste(net, book), price, bound(net, price), begun, rounds)
        found = best_step(net, core, field.node, field.room)
        rounds += 1
        field.move(found.node, found.walls[:-1], all_of_them=rounds >= STEPS)
        if not found.walls.any():
            core = near(net, found.node[: net.seats], np.full(net.seats, step))
            return _proven(net, found.column, core, begun, rounds)
    return _solution(net, book.column, price, bound(net, price), begun, rounds)


class _Field:
    """Prices, the room each has in a step, and the pairs that can matter somewhat beyond it."""

    def __init__(self, net: Network, node: Ints, step: int, pace: Pace) -> None:
        self.net, self.node, self.pace = net, node, pace
        reach = max(int(step * pace.part), 1)
        self.room = np.full(len(node) - 1, reach, dtype=np.int64)
        self._least = max(int(reach * pace.least), 1)
        self._most = int(net.value.max(initial=0)) + net.floor_worth + 1
        self._pairs: Core | None = None
        self._there = self._reach = self.room

    def core(self) -> Core:
        """Return the pairs that can matter within the room of the next step."""
        m = self.net.seats
        return nearer(self.wide(), self.node[:m], self.room[:m])

    def wide(self) -> Core:
        """Return the pairs at hand: all that can matter within the room, and more."""
        m = self.net.seats
        far = np.abs(self.node[:m] - self._there[:m]) + self.room[:m] > self._reach[:m]
        if self._pairs is None or far.any():
            self._there, self._reach = self.node, self.room * AHEAD
            self._pairs = near(self.net, self._there[:m], self._reach[:m])
        return self._pairs

    def move(self, node: Ints, walls: Flags, *, all_of_them: bool) -> None:
        """
        Go to other prices.

        Where a wall stood in the way there is more room from now on, elsewhere less: twice what the
        price has moved, but no less than half of what it had, nor than what the pace leaves.
        """
        moved = np.abs(node - self.node)[:-1]
        half = np.minimum(np.maximum(self.room // 2, self._least), self.room)
        less = np.clip(2 * moved, half, self.room)
        more = np.minimum(self.room * self.pace.wider, self._most)
        self.room = np.where(walls | (all_of_them & walls.any()), more, less)
        self.node = node


def _step(net: Network) -> int:
    best = net.value.max(axis=1, initial=0)
    best = best[best > 0]
    return max(int(np.median(best)) // RAISES, 1) if len(best) else 1


def _first(net: Network, step: int, until: float) -> tuple[Book, Prices]:
    """Return first bids and prices near those of the optimum, by auction."""
    book = auction(net, empty_book(net), step=step, until=until, rest=net.orders // LEFT)
    return book, Prices(book.price.copy(), _pool_prices(net, book.price), 0)


def _in_haste(net: Network, book: Book) -> Small:
    """Return what comes of it when whoever still waits bids all it has."""
    return auction(net, book, step=GREATEST, until=float("inf")).column


def _pool_prices(net: Network, seat: np.ndarray) -> np.ndarray:
    pool = np.full(len(net.pool_places), GREATEST * 2, dtype=np.int64)
    np.minimum.at(pool, net.pool, seat)
    pool[pool == GREATEST * 2] = 0
    return pool


def _proven(net: Network, column: Small, core: Core, begun: float, rounds: int) -> Solution:
    """Return the optimum with its lowest prices, each what one more place would bring."""
    node = None
    while True:
        node = least_prices(net, column, core, node)
        price = prices_of(net, node)
        missed, gains = preferred(net, column, price.seat)
        if not len(missed):
            return _solution(net, column, price, bound(net, price, gains), begun, rounds)
        core = chosen(net, np.sort(np.concatenate([core.at, missed])), core.free)


def _solution(
    net: Network, column: Small, price: Prices, most: int, begun: float, rounds: int
) -> Solution:
    return Solution(
        column=column,
        prices=price,
        value=worth(net, column),
        objective=objective(net, column),
        bound=most,
        newcomers=load_of(net, column)[2],
        seconds=time.perf_counter() - begun,
        rounds=rounds,
    )
