"""
Prices that prove an optimum: a price per seat at which nobody would rather sit elsewhere.

They solve a system of differences `price[low] <= price[high] + slack`, one line per possible move
of one order. It is relaxed until nothing moves (Bellman and Ford); it has a solution exactly when
no chain of moves gains anything, that is when the assignment is optimal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from qinghe.market.dispatch.flow import Box, Core
from qinghe.market.dispatch.network import NEVER, Ints, Network, Small


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


def prices(
    net: Network, column: Small, core: Core, start: Prices, box: Box | None = None
) -> Prices:
    """
    Return prices that prove the assignment on the pairs of a core, as near to `start` as may be.

    With a box they prove it for a market that takes and lends places at the box's prices.

    :raises NotOptimal: there are none
    """
    node = np.concatenate([start.seat, start.pool, [-start.bonus, 0]]).astype(np.int64)
    low, high, slack = _tightest(*_lines(net, column, core, box), len(node))
    return _relaxed(net, node, low, high, slack)


def least_prices(net: Network, column: Small, core: Core) -> Prices:
    """
    Return the lowest prices that prove the assignment on the pairs of a core.

    The price of a full pool, beyond its group, is then what one more place in it would bring.

    :raises NotOptimal: nothing proves it
    """
    m, p = net.seats, len(net.pool_places)
    lines = _lines(net, column, core)
    top = int(net.value.max(initial=0)) + net.floor_worth + 1
    start = np.full(m + p + 2, top, dtype=np.int64)
    start[-1] = 0
    if net.floor:
        # The bonus of the floor is the least one that holds it; the rest is least beside it.
        bonus = _relaxed(net, start.copy(), *_tightest(*lines, len(start))).bonus
        pins = np.array([[m + p, m + p + 1, -bonus], [m + p + 1, m + p, bonus]]).T
        low, high, slack = (np.append(line, pin) for line, pin in zip(lines, pins, strict=True))
        lines = low, high, slack
    # The same system turned around: negated prices, as high as they can be while zero stays zero.
    low, high, slack = lines
    turned = _relaxed(net, start, *_tightest(high, low, slack, len(start)))
    return Prices(-turned.seat, -turned.pool, -turned.bonus)


def _relaxed(net: Network, node: Ints, low: Ints, high: Ints, slack: Ints) -> Prices:
    """Let nodes fall to what their lines allow, until none falls; zero is zero in the end."""
    m, p = net.seats, len(net.pool_places)
    first = np.flatnonzero(np.diff(low, prepend=-1))
    lows = low[first]
    for _round in range(2 * len(node) + 2):
        least = np.minimum.reduceat(node[high] + slack, first)
        falls = least < node[lows]
        if not falls.any():
            node = node - node[-1]
            return Prices(node[:m], node[m : m + p], -int(node[m + p]))
        node[lows[falls]] = least[falls]
    raise NotOptimal


def _lines(
    net: Network, column: Small, core: Core, box: Box | None = None
) -> tuple[Ints, Ints, Ints]:
    """Return the system: `node[low] <= node[high] + slack`, nodes as seats, pools, group, zero."""
    m, p = net.seats, len(net.pool_places)
    group, zero = m + p, m + p + 1
    seats, pools, new = load_of(net, column)
    if box is not None:
        moved = box.spare - box.over
        seats = seats + moved
        pools = pools + np.bincount(net.pool, weights=moved, minlength=p).astype(np.int64)
        new = int(pools[net.newcomer].sum())
    seated = np.flatnonzero(column >= 0)
    mine, held = net.seat[seated, column[seated]], net.value[seated, column[seated]]
    others = core.mask[seated]
    others[np.arange(len(seated)), column[seated]] = False
    at, other = np.nonzero(others)
    left = np.flatnonzero(column < 0)
    idle, spare = np.nonzero(core.mask[left])
    loose = core.open[seated]
    home = np.where(net.newcomer, group, zero)
    seat_free, pool_free = (
        np.flatnonzero(seats < net.places),
        np.flatnonzero(pools < net.pool_places),
    )
    own_pool = m + net.pool
    # An empty seat need not cost what its pool does, where a wall may keep its price below.
    sits = np.flatnonzero(seats > (0 if box is not None else -1))
    busy = np.flatnonzero(pools > (0 if box is not None else -1))
    lines = [
        (mine[at], net.seat[seated[at], other], held[at] - net.value[seated[at], other]),
        (mine[loose], zero, held[loose]),
        (zero, net.seat[left[idle], spare], -net.value[left[idle], spare]),
        (own_pool[sits], sits, 0),
        (seat_free, own_pool[seat_free], 0),
        (home[busy], m + busy, 0),
        (m + pool_free, home[pool_free], 0),
        *_floor_lines(net, new, group, zero),
        *(_box_lines(box, zero) if box is not None else ()),
    ]
    return _stacked(lines)


def _stacked(lines: list[tuple[Any, Any, Any]]) -> tuple[Ints, Ints, Ints]:
    parts = [np.broadcast_arrays(*(np.asarray(each, np.int64) for each in line)) for line in lines]
    low, high, slack = (
        np.concatenate([np.atleast_1d(part[i]) for part in parts]) for i in range(3)
    )
    return low, high, slack


def _box_lines(box: Box, zero: int) -> list[tuple[Any, Any, Any]]:
    """Prices stay in the box, and are at its wall where somebody outside takes or lends."""
    held, taken, lent = (np.flatnonzero(each > 0) for each in (box.more, box.spare, box.over))
    return [
        (zero, held, -box.low[held]),
        (taken, zero, box.low[taken]),
        (np.arange(len(box.high)), zero, box.high),
        (zero, lent, -box.high[lent]),
    ]


def _floor_lines(net: Network, new: int, group: int, zero: int) -> list[tuple[int, int, int]]:
    """The bonus is between nothing and the worth of the floor; nothing above it, all below it."""
    worth = net.floor_worth
    lines = [(group, zero, 0 if new >= net.floor else -worth)]
    lines.append((zero, group, worth if new <= net.floor else 0))
    return lines


def _tightest(low: Ints, high: Ints, slack: Ints, nodes: int) -> tuple[Ints, Ints, Ints]:
    """Return one line per pair of nodes, sorted by the lower: the one with the least slack."""
    key = low * nodes + high
    order = np.lexsort((slack, key))
    key = key[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    kept = order[first]
    return low[kept], high[kept], slack[kept]


def bound(net: Network, price: Prices) -> int:
    """
    Return a value that no assignment can exceed, floor included: true at any prices.

    Prices that are no dual solution are lifted to one first.
    """
    bonus = min(max(price.bonus, 0), net.floor_worth)
    home = np.where(net.newcomer, -bonus, 0)
    pool = np.maximum(price.pool, home)
    seat = np.maximum(price.seat, pool[net.pool])
    # What a seat costs beyond its pool and a pool beyond its group is the price of the places.
    places = int(((seat - pool[net.pool]) * net.places).sum())
    pools = int(((pool - home) * net.pool_places).sum())
    gains = int(np.maximum(nets(net, seat).max(axis=1, initial=0), 0).sum())
    return places + pools + gains + net.floor * (net.floor_worth - bonus)


def objective(net: Network, column: Small) -> int:
    """Return the value of an assignment and what its newcomers' places under the floor count."""
    _seats, _pools, new = load_of(net, column)
    return worth(net, column) + net.floor_worth * min(new, net.floor)
