"""The exact step: a min-cost flow on those pairs that can matter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from qinghe.market.dispatch.network import Flags, Ints, Network, Small


class Unsolved(RuntimeError):
    """The solver gave up: figures beyond its range. Never expected within the checked limits."""


@dataclass(frozen=True)
class Core:
    """
    The pairs that take part, as a mask (n, k), and the orders that are settled beforehand.

    `fixed` (n,) is the column of an order that no other pair in the core competes for, or -1.
    """

    mask: Flags
    fixed: Small

    @property
    def open(self) -> Flags:
        """Return the orders (n,) that the flow decides, and that may stay without a seat."""
        flags: Flags = self.fixed < 0
        return flags


@dataclass(frozen=True)
class Box:
    """
    How far the price of each seat (m,) may move in one step: from `low` to `high`.

    At `low` somebody from outside takes what nobody here does, at `high` somebody lends a place.
    As long as either happens (`spare`, `over`, (m,)) the price has not moved far enough. `more`
    tells where somebody could still take a place.
    """

    low: Ints
    high: Ints
    spare: Ints
    over: Ints
    more: Flags


def core(net: Network, mask: Flags, *, droppable: Flags) -> Core:
    """
    Return the core of a mask; `droppable` (n,) marks orders that may also stay without a seat.

    An order with one pair left is settled, unless so many want the seat that it would not hold.
    """
    alone = (mask.sum(axis=1) == 1) & ~droppable
    column = mask.argmax(axis=1).astype(np.int32)
    fixed = np.where(alone, column, np.int32(-1))
    rows = np.flatnonzero(alone)
    seat = net.seat[rows, column[rows]]
    wanted = np.bincount(seat, minlength=net.seats)
    pools = np.bincount(net.pool[seat], minlength=len(net.pool_places))
    crowded = (wanted > net.places) | (pools > net.pool_places)[net.pool]
    fixed[rows[crowded[seat]]] = -1
    return Core(mask, fixed)


def best_flow(net: Network, core: Core, box: Box | None = None) -> tuple[Small, Box | None]:
    """
    Return the column of each order (n,), -1 for none: the optimum among the pairs of the core.

    With a box, within its prices: it comes back with what was taken and lent.

    :raises Unsolved: the solver reports anything but an optimum
    """
    rows = np.flatnonzero(core.fixed >= 0)
    settled = net.seat[rows, core.fixed[rows]]
    pools = len(net.pool_places)
    free = net.places - np.bincount(settled, minlength=net.seats)
    pool_free = net.pool_places - np.bincount(net.pool[settled], minlength=pools)
    newcomers = int(net.newcomer[net.pool[settled]].sum())
    chosen = core.fixed.copy()
    open_rows = np.flatnonzero(core.open & core.mask.any(axis=1))
    at, column = np.nonzero(core.mask[open_rows])
    if not len(at) and box is None:
        return chosen, None
    pairs = (at, net.seat[open_rows[at], column], net.value[open_rows[at], column])
    graph = _Graph(len(open_rows), net.seats, pools)
    arcs = graph.arcs(net, pairs, free, pool_free, max(net.floor - newcomers, 0))
    flow = _solved(graph, arcs + (graph.boxed(box, free) if box else []), free if box else None)
    used = np.flatnonzero(flow[: len(at)])
    chosen[open_rows[at[used]]] = column[used]
    if box is not None:
        m = net.seats
        tail = flow[-2 * m - 1 :]
        spare = tail[:m]
        box = replace(box, spare=spare, over=tail[m : 2 * m], more=(box.low > 0) & (spare < free))
    return chosen, box


Arc = tuple[Any, Any, Any, Any]


@dataclass(frozen=True)
class _Graph:
    """Numbers of the nodes: open orders, seats, pools, newcomers' group, sink, outside."""

    open: int
    seats: int
    pools: int

    @property
    def sink(self) -> int:
        return self.open + self.seats + self.pools + 1

    def arcs(
        self, net: Network, pairs: tuple[Ints, Small, Ints], free: Ints, pool_free: Ints, floor: int
    ) -> list[Arc]:
        """Return arcs as (tail, head, capacity, cost); the first are the pairs, in their order."""
        q, m = self.open, self.seats
        at, seat, value = pairs
        group = self.sink - 1
        pool_nodes = q + m + np.arange(self.pools)
        return [
            (at, q + seat, 1, -value),
            (np.arange(q), self.sink, 1, 0),
            (q + np.arange(m), q + m + net.pool, free, 0),
            (pool_nodes, np.where(net.newcomer, group, self.sink), pool_free, 0),
            ([group], self.sink, floor, -net.floor_worth),
            ([group], self.sink, q + int(free.sum()), 0),
        ]

    def boxed(self, box: Box, free: Ints) -> list[Arc]:
        """Return the arcs from outside to the seats, from the seats away, and past all of them."""
        outside, nodes = self.sink + 1, self.open + np.arange(self.seats)
        return [
            (outside, nodes, np.where(box.low > 0, free, 0), -box.low),
            (nodes, self.sink, self.open + 1, box.high),
            ([outside], self.sink, int(free.sum()), 0),
        ]


def _solved(graph: _Graph, arcs: list[Arc], outside: Ints | None) -> Ints:
    solver = SimpleMinCostFlow()
    total = 0
    for arc in arcs:
        tail, head, capacity, cost = np.broadcast_arrays(*(np.asarray(each) for each in arc))
        solver.add_arcs_with_capacity_and_unit_cost(
            tail.astype(np.int32),
            head.astype(np.int32),
            capacity.astype(np.int64),
            cost.astype(np.int64),
        )
        total += len(tail)
    spare = 0 if outside is None else int(outside.sum())
    if graph.open:
        supplies = np.ones(graph.open, np.int64)
        solver.set_nodes_supplies(np.arange(graph.open, dtype=np.int32), supplies)
    if spare:
        solver.set_node_supply(graph.sink + 1, spare)
    solver.set_node_supply(graph.sink, -graph.open - spare)
    status = solver.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise Unsolved(str(status))
    return np.asarray(solver.flows(np.arange(total, dtype=np.int32)))
