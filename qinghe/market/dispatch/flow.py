"""The exact step: a min-cost flow on those pairs that can matter."""

from __future__ import annotations

from dataclasses import dataclass

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


def best_flow(net: Network, core: Core) -> Small:
    """
    Return the column of each order (n,), -1 for none: the optimum among the pairs of the core.

    :raises Unsolved: the solver reports anything but an optimum
    """
    rows = np.flatnonzero(core.fixed >= 0)
    settled = net.seat[rows, core.fixed[rows]]
    free = net.places - np.bincount(settled, minlength=net.seats)
    pools = len(net.pool_places)
    pool_free = net.pool_places - np.bincount(net.pool[settled], minlength=pools)
    newcomers = int(net.newcomer[net.pool[settled]].sum())
    chosen = core.fixed.copy()
    open_rows = np.flatnonzero(core.open & core.mask.any(axis=1))
    at, column = np.nonzero(core.mask[open_rows])
    if not len(at):
        return chosen
    flow = _flow(net, open_rows, at, column, free, pool_free, max(net.floor - newcomers, 0))
    used = np.flatnonzero(flow[: len(at)])
    chosen[open_rows[at[used]]] = column[used]
    return chosen


def _flow(
    net: Network, rows: Ints, at: Ints, column: Ints, free: Ints, pool_free: Ints, floor: int
) -> Ints:
    """Solve; the first arcs of the answer are the pairs, in their order."""
    q, m, pools = len(rows), net.seats, len(pool_free)
    group, sink = q + m + pools, q + m + pools + 1
    seats, pool_nodes = q + np.arange(m), q + m + np.arange(pools)
    home = np.where(net.newcomer, group, sink)
    pair_seat = net.seat[rows[at], column]
    arcs = (
        (at, q + pair_seat, np.ones(len(at), np.int64), -net.value[rows[at], column]),
        (np.arange(q), np.full(q, sink), np.ones(q, np.int64), np.zeros(q, np.int64)),
        (seats, q + m + net.pool, free, np.zeros(m, np.int64)),
        (pool_nodes, home, pool_free, np.zeros(pools, np.int64)),
        ([group], [sink], [min(floor, q)], [-net.floor_worth]),
        ([group], [sink], [q], [0]),
    )
    solver = SimpleMinCostFlow()
    for tail, head, capacity, cost in arcs:
        solver.add_arcs_with_capacity_and_unit_cost(
            np.asarray(tail, np.int32),
            np.asarray(head, np.int32),
            np.asarray(capacity, np.int64),
            np.asarray(cost, np.int64),
        )
    solver.set_nodes_supplies(np.arange(q, dtype=np.int32), np.ones(q, np.int64))
    solver.set_node_supply(sink, -q)
    status = solver.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise Unsolved(str(status))
    return np.asarray(solver.flows(np.arange(len(at), dtype=np.int32)))
