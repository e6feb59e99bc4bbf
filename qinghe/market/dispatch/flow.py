"""The exact step: a min-cost flow on those pairs that can matter, and the prices it proves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from qinghe.market.dispatch.graph import Choices, Graph, graph
from qinghe.market.dispatch.network import Flags, Ints, Network, Small
from qinghe.market.dispatch.pairs import Core
from qinghe.market.dispatch.prices import relaxed


class Unsolved(RuntimeError):
    """The solver gave up: figures beyond its range. Never expected within the checked limits."""


@dataclass(frozen=True)
class Step:
    """
    The optimum among the pairs of a core while no price leaves its room.

    `column` (n,) is what each order gets, -1 for none; `node` the prices of seats, pools, group and
    zero. `walls` tells which of them would go further: there the market outside took or lent
    places, and the assignment need not fit.
    """

    column: Small
    node: Ints
    walls: Flags


def best_step(net: Network, core: Core, node: Ints, room: Ints) -> Step:
    """
    Return the optimum of a core from the prices `node`; each may move by `room` (all but zero).

    At either wall of its room somebody outside takes what nobody here does, or lends a place.

    :raises Unsolved: the solver reports anything but an optimum
    """
    made, choices = graph(net, core, node, room)
    flow = _solved(made)
    walls = np.zeros(len(node), dtype=np.bool_)
    count = len(made.walled)
    walls[made.walled] = (flow[-2 * count : -count] > 0) | (flow[-count:] > 0)
    moved = _moved(made, flow)[: len(node)]
    return Step(_taken(net, core, choices, flow), node + moved - moved[-1], walls)


def _taken(net: Network, core: Core, choices: Choices, flow: Ints) -> Small:
    pick = choices.base.copy()
    used = np.flatnonzero(flow[: len(choices.row)])
    pick[choices.row[used]] = choices.taken[used]
    column = np.full(net.orders, -1, dtype=np.int32)
    rows = np.flatnonzero(pick >= 0)
    column[rows] = core.at[pick[rows]] - rows * net.seat.shape[1]
    return column


def _moved(made: Graph, flow: Ints) -> Ints:
    """Return how far each node's price moves: what no arc with room left would gain from."""
    ahead, back = np.flatnonzero(flow < made.capacity), np.flatnonzero(flow > 0)
    low = np.concatenate([made.tail[ahead], made.head[back]])
    high = np.concatenate([made.head[ahead], made.tail[back]])
    slack = np.concatenate([made.cost[ahead], -made.cost[back]])
    return relaxed(np.zeros(len(made.supply), dtype=np.int64), low, high, slack)


def _solved(made: Graph) -> Ints:
    solver = SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(
        made.tail.astype(np.int32), made.head.astype(np.int32), made.capacity, made.cost
    )
    nodes = np.arange(len(made.supply), dtype=np.int32)
    solver.set_nodes_supplies(nodes, made.supply)
    status = solver.solve()
    if status != SimpleMinCostFlow.OPTIMAL:
        raise Unsolved(str(status))
    return np.asarray(solver.flows(np.arange(len(made.tail), dtype=np.int32)))
