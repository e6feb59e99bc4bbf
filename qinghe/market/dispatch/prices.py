"""
Prices that prove an optimum: a price per seat at which nobody would rather sit elsewhere.

They solve a system of differences `price[low] <= price[high] + slack`, one line per possible move
of one order. It is relaxed until nothing moves (Bellman and Ford); it has a solution exactly when
no chain of moves gains anything, that is when the assignment is optimal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qinghe.market.dispatch.network import NEVER, Ints, Network, Small
from qinghe.market.dispatch.pairs import Core, preferred


class NotOptimal(RuntimeError):
    """A chain of moves would gain: the assignment is not the optimum of these pairs."""


@dataclass(frozen=True)
class Prices:
    """
    The dual prices of one assignment, in minor units.

    `seat` (m,) is what a seat costs an order: the scarcity of its places and its pool's, less
    `bonus`, what the floor adds to each place of a newcomer. `pool` (p,) is the pool's share.
    """

    seat: Ints
    pool: Ints
    bonus: int


def nets(net: Network, price: Ints) -> Ints:
    """Return what each pair (n, k) is worth beyond the price of its seat."""
    return np.where(net.value == NEVER, NEVER, net.value - price[net.seat])


def dearest(net: Network, price: Prices) -> Ints:
    """Return what a place of each pool costs; its seats can bind beside it, the dearest counts."""
    dear = price.pool.copy()
    np.maximum.at(dear, net.pool, price.seat)
    return dear


def load_of(net: Network, column: Small) -> tuple[Ints, Ints, int]:
    """Return how many orders sit on each seat, in each pool, and with newcomers."""
    rows = np.flatnonzero(column >= 0)
    seat = net.seat[rows, column[rows]]
    seats = np.bincount(seat, minlength=net.seats)
    pools = np.bincount(net.pool[seat], minlength=len(net.pool_places))
    return seats, pools, int(pools[net.newcomer].sum())


def worth(net: Network, column: Small) -> int:
    """Return the value of an assignment, in minor units."""
    rows = np.flatnonzero(column >= 0)
    return int(net.value[rows, column[rows]].sum())


def nodes_of(price: Prices) -> Ints:
    """Return the prices as one column: seats, pools, the newcomers' group, zero."""
    return np.concatenate([price.seat, price.pool, [-price.bonus, 0]]).astype(np.int64)


def prices_of(net: Network, node: Ints) -> Prices:
    """Return such a column as prices."""
    m, p = net.seats, len(net.pool_places)
    return Prices(node[:m], node[m : m + p], -int(node[m + p]))


def least_prices(net: Network, column: Small, core: Core, above: Ints | None = None) -> Ints:
    """
    Return the lowest prices that prove the assignment on the pairs of a core.

    The price of a full pool, beyond its group, is then what one more place in it would bring.
    `above` are the lowest prices on fewer pairs, where they are known: none falls below them.

    :raises NotOptimal: nothing proves it
    """
    group, zero = net.seats + len(net.pool_places), net.seats + len(net.pool_places) + 1
    low, high, slack = _lines(net, column, core)
    top = int(net.value.max(initial=0)) + net.floor_worth + 1
    start = np.full(zero + 1, top, dtype=np.int64)
    start[-1] = 0
    bonus = 0
    if net.floor:
        # The bonus of the floor is the least one that holds it; the rest is least beside it.
        if load_of(net, column)[2] <= net.floor:
            bonus = -int(relaxed(start.copy(), low, high, slack)[group])
        low = np.append(low, [group, zero])
        high = np.append(high, [zero, group])
        slack = np.append(slack, [-bonus, bonus])
    # The same system turned around: negated prices, as high as they can be while zero stays zero.
    if above is not None and above[group] == -bonus:
        start = -above
    return -relaxed(start, high, low, slack)


def relaxed(node: Ints, low: Ints, high: Ints, slack: Ints) -> Ints:
    """
    Let nodes fall to what their lines allow, until none falls; the last is zero in the end.

    :raises NotOptimal: they fall for ever
    """
    order = np.argsort(low, kind="stable")
    low, high, slack = low[order], high[order], slack[order]
    first = np.flatnonzero(np.diff(low, prepend=-1))
    lows = low[first]
    for _round in range(2 * len(node) + 2):
        least = np.minimum.reduceat(node[high] + slack, first)
        falls = least < node[lows]
        if not falls.any():
            return np.asarray(node - node[-1])
        node[lows[falls]] = least[falls]
    raise NotOptimal


def _lines(net: Network, column: Small, core: Core) -> tuple[Ints, Ints, Ints]:
    """Return the system: `node[low] <= node[high] + slack`, nodes as seats, pools, group, zero."""
    m, p = net.seats, len(net.pool_places)
    group, zero = m + p, m + p + 1
    seats, pools, new = load_of(net, column)
    rows = np.flatnonzero(column >= 0)
    mine, held = np.full(net.orders, zero), np.zeros(net.orders, dtype=np.int64)
    mine[rows] = net.seat[rows, column[rows]]
    held[rows] = net.value[rows, column[rows]]
    other = np.flatnonzero(core.seat != mine[core.row])
    at = core.row[other]
    home = np.where(net.newcomer, group, zero)
    seat_free, pool_free = (
        np.flatnonzero(seats < net.places),
        np.flatnonzero(pools < net.pool_places),
    )
    own_pool = m + net.pool
    lines = [
        (mine[at], core.seat[other], held[at] - core.value[other]),
        (mine[rows], zero, held[rows]),
        (own_pool, np.arange(m), 0),
        (seat_free, own_pool[seat_free], 0),
        (home, m + np.arange(p), 0),
        (m + pool_free, home[pool_free], 0),
        *_floor_lines(net, new, group, zero),
    ]
    parts = [np.broadcast_arrays(*(np.asarray(each, np.int64) for each in line)) for line in lines]
    low, high, slack = (
        np.concatenate([np.atleast_1d(part[i]) for part in parts]) for i in range(3)
    )
    return low, high, slack


def _floor_lines(net: Network, new: int, group: int, zero: int) -> list[tuple[int, int, int]]:
    """The bonus is between nothing and the worth of the floor; nothing above it, all below it."""
    worth = net.floor_worth
    lines = [(group, zero, 0 if new >= net.floor else -worth)]
    lines.append((zero, group, worth if new <= net.floor else 0))
    return lines


def sane(net: Network, price: Prices) -> Prices:
    """Return prices that could be of this network: none below its pool's or its group's."""
    bonus = min(max(price.bonus, 0), net.floor_worth)
    pool = np.maximum(price.pool, np.where(net.newcomer, -bonus, 0))
    return Prices(np.maximum(price.seat, pool[net.pool]), pool, bonus)


def bound(net: Network, price: Prices, gains: int | None = None) -> int:
    """
    Return a value that no assignment can exceed, floor included: true at any prices.

    Prices that are no dual solution are lifted to one first. `gains` is what all orders gain at
    best at sane prices, where it is known.
    """
    price = sane(net, price)
    home = np.where(net.newcomer, -price.bonus, 0)
    # What a seat costs beyond its pool and a pool beyond its group is the price of the places.
    places = int(((price.seat - price.pool[net.pool]) * net.places).sum())
    pools = int(((price.pool - home) * net.pool_places).sum())
    if gains is None:
        gains = preferred(net, np.full(net.orders, -1, dtype=np.int32), price.seat)[1]
    return places + pools + gains + net.floor * (net.floor_worth - price.bonus)


def objective(net: Network, column: Small) -> int:
    """Return the value of an assignment and what its newcomers' places under the floor count."""
    _seats, _pools, new = load_of(net, column)
    return worth(net, column) + net.floor_worth * min(new, net.floor)
