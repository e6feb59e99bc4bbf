"""
The optimum of a window, proven; or, when time is up, the best so far and how far it can be off.

Few pairs can matter: those that can be the best of their order while prices move only so far from
good ones. The optimum among these is found by flow, with somebody outside who takes or lends places
where a price would move further. Where that happened the next step gives more room. Once it happens
nowhere, the prices are tried on all pairs: when they rule out every other pair, the optimum among
few is the optimum among all; what they do not rule out joins.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from qinghe.market.dispatch.bidding import auction, empty_book
from qinghe.market.dispatch.flow import Box, Core, best_flow, core
from qinghe.market.dispatch.network import GREATEST, NEVER, Flags, Ints, Network, Small
from qinghe.market.dispatch.prices import (
    NotOptimal,
    Prices,
    bound,
    least_prices,
    load_of,
    nets,
    objective,
    prices,
    worth,
)

# The least raise of a bid, as a part of the median value. Measured at 100,000 and 940,000 orders:
# finer costs rounds, coarser costs flow.
RAISES: Final = 32
# How far prices may move in the first step: so many raises, or, warm, this part of one.
NEAR: Final = 1
WARM: Final = 4
# Where a price is at its wall, the next step has so much more room; after so many steps no walls.
WIDER: Final = 4
STEPS: Final = 12
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
    column, price = _first(net, step, until) if start is None else (_nobody(net), _sane(net, start))
    reach = step * NEAR if start is None else step // WARM
    rounds, inner, done, walled = 0, None, not net.orders, True
    room = np.full(net.seats, max(reach, 1), dtype=np.int64)
    pairs, loose = np.zeros(net.seat.shape, np.bool_), np.zeros(net.orders, np.bool_)
    while not done:
        mask, droppable = _near(net, price, room)
        inner = core(net, mask | pairs, droppable=droppable | loose)
        if _late(inner, until):
            column = column if (column >= 0).any() else _in_haste(net)
            break
        box = _box(net, price, room) if walled and rounds < STEPS else None
        found, box = best_flow(net, inner, box)
        rounds += 1
        try:
            price = prices(net, found, inner, price, box)
        except NotOptimal:
            if box is None:
                raise
            # Walls and a floor can contradict each other at prices from elsewhere: go without.
            walled = False
            continue
        if box is not None and _widened(room, box):
            continue
        column = found
        missed, unhappy = _missed(net, column, price)
        done = not (missed.any() or unhappy.any())
        pairs |= missed
        pairs[np.flatnonzero(column >= 0), column[column >= 0]] = True
        loose |= unhappy | ((column < 0) & inner.open)
    if done and inner is not None:
        price = _least(net, column, inner)
    return _solution(net, column, price, time.perf_counter() - begun, rounds)


def _widened(room: Ints, box: Box) -> bool:
    walls = (box.spare > 0) | (box.over > 0)
    room[walls] *= WIDER
    return bool(walls.any())


def _step(net: Network) -> int:
    best = net.value.max(axis=1, initial=0)
    best = best[best > 0]
    return max(int(np.median(best)) // RAISES, 1) if len(best) else 1


def _nobody(net: Network) -> Small:
    return np.full(net.orders, -1, dtype=np.int32)


def _sane(net: Network, start: Prices) -> Prices:
    """Return prices that could be of this network: none below its group's."""
    bonus = min(max(start.bonus, 0), net.floor_worth)
    home = np.where(net.newcomer, -bonus, 0)
    pool = np.maximum(start.pool, home)
    return Prices(np.maximum(start.seat, home[net.pool]), pool, bonus)


def _first(net: Network, step: int, until: float) -> tuple[Small, Prices]:
    """Return a first assignment and prices near those of the optimum, by auction."""
    book = auction(net, empty_book(net), step=step, until=until, rest=net.orders // LEFT)
    price = Prices(book.price.copy(), _pool_prices(net, book.price), 0)
    # Whoever still waits bids all it has: the answer if time is up before the first flow.
    return auction(net, book, step=GREATEST, until=float("inf")).column, price


def _in_haste(net: Network) -> Small:
    return auction(net, empty_book(net), step=GREATEST, until=float("inf")).column


def _box(net: Network, price: Prices, room: Ints) -> Box:
    none = np.zeros(net.seats, dtype=np.int64)
    return Box(price.seat - room, price.seat + room, none, none, none > 0)


def _pool_prices(net: Network, seat: np.ndarray) -> np.ndarray:
    pool = np.full(len(net.pool_places), GREATEST * 2, dtype=np.int64)
    np.minimum.at(pool, net.pool, seat)
    pool[pool == GREATEST * 2] = 0
    return pool


def _near(net: Network, price: Prices, room: Ints) -> tuple[Flags, Flags]:
    """
    Return the pairs that can be best while no price moves further than its room.

    And the orders that can end up with none.
    """
    gain = nets(net, price.seat)
    space = room[net.seat]
    sure = np.maximum(np.where(net.value == NEVER, NEVER, gain - space).max(axis=1, initial=0), 0)
    mask = (gain + space >= sure[:, None]) & (net.value != NEVER)
    return mask, sure <= 0


def _late(inner: Core, until: float) -> bool:
    return time.perf_counter() + int(inner.mask[inner.open].sum()) * PER_PAIR > until


def _missed(net: Network, column: Small, price: Prices) -> tuple[Flags, Flags]:
    """Return pairs that an order would prefer at these prices, and who would rather have none."""
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
