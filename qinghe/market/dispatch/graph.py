"""
The flow graph of a core, in what it costs to leave the best at given prices.

An order with two choices is an arc between them, so that only orders with more are nodes; most of
the graph are the seats. Costs are counted from the prices at hand: they are small where prices are
good, and small costs are what makes the flow quick.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from qinghe.market.dispatch.network import Flags, Ints, Network
from qinghe.market.dispatch.pairs import Core


@dataclass(frozen=True)
class Graph:
    """
    Arcs as columns (a,), none of negative cost, and the supply of each node.

    Nodes are seats, pools, the newcomers' group, zero, and the orders with more than two choices.
    The last `2 * walls` arcs lead from zero to a walled node, then from each of them to zero.
    """

    tail: Ints
    head: Ints
    capacity: Ints
    cost: Ints
    supply: Ints
    walled: Ints


@dataclass(frozen=True)
class Choices:
    """
    What the open orders choose from: pairs of the core by number, -1 for no seat.

    Arc `i` of the graph stands for the pair `taken[i]` of order `row[i]`; without flow on any of
    its arcs an order has what `base` (n,) says.
    """

    row: Ints
    taken: Ints
    base: Ints


Arc = tuple[Any, Any, Any, Any]


def home(net: Network) -> Ints:
    """Return the node above each pool: the newcomers' group where there is a floor, or zero."""
    group = net.seats + len(net.pool_places)
    return np.where(net.newcomer & (net.floor > 0), group, group + 1)


def binding(net: Network) -> Flags:
    """Tell which pools have fewer places than their seats together."""
    within = np.bincount(net.pool, weights=net.places, minlength=len(net.pool_places))
    flags: Flags = within > net.pool_places
    return flags


def graph(net: Network, core: Core, node: Ints, room: Ints) -> tuple[Graph, Choices]:
    """Return the graph at the prices `node` of seats, pools, group and zero, with room for each."""
    zero = len(node) - 1
    arcs, supply, choices = _choices(core, node, zero)
    total = len(core.free) + int(net.places.sum()) + net.floor + 1
    walls = np.concatenate(
        [
            np.arange(net.seats),
            net.seats + np.flatnonzero(binding(net)),
            [zero - 1] if net.floor else [],
        ]
    ).astype(np.int64)
    space = np.append(room, 0)
    for tail, head, capacity, cost in _drains(net, node, zero):
        filled = cost < 0
        supply -= np.bincount(tail[filled], weights=capacity[filled], minlength=len(supply)).astype(
            np.int64
        )
        supply += np.bincount(head[filled], weights=capacity[filled], minlength=len(supply)).astype(
            np.int64
        )
        low, high = np.where(filled, head, tail), np.where(filled, tail, head)
        # Whoever could go round by the walls for less never goes this way.
        used = np.abs(cost) <= space[low] + space[high]
        arcs.append((low[used], high[used], capacity[used], np.abs(cost)[used]))
    arcs.append((zero, walls, total, room[walls]))
    arcs.append((walls, zero, total, room[walls]))
    supply[zero] -= supply.sum()
    made = [np.broadcast_arrays(*(np.asarray(each, np.int64) for each in arc)) for arc in arcs]
    tail, head, capacity, cost = (np.concatenate([arc[i] for arc in made]) for i in range(4))
    return Graph(tail, head, capacity, cost, supply, walls), choices


def _drains(net: Network, node: Ints, zero: int) -> list[tuple[Ints, Ints, Ints, Ints]]:
    """Return the arcs from seats to pools, pools to their home and from the group to zero."""
    m, tight = net.seats, binding(net)
    above = np.where(tight[net.pool], m + net.pool, home(net)[net.pool])
    seats = np.arange(m)
    pools = m + np.flatnonzero(tight)
    homes = home(net)[tight]
    drains = [
        (seats, above, net.places, node[above] - node[seats]),
        (pools, homes, net.pool_places[tight], node[homes] - node[pools]),
    ]
    if net.floor:
        group, bonus = np.array([zero - 1] * 2), -int(node[zero - 1])
        most = int(net.pool_places.sum())
        costs = np.array([bonus - net.floor_worth, bonus])
        drains.append((group, np.array([zero] * 2), np.array([net.floor, most]), costs))
    return drains


def _choices(core: Core, node: Ints, zero: int) -> tuple[list[Arc], Ints, Choices]:
    """Return the arcs of the orders, the supply of all nodes, and what the arcs stand for."""
    count = np.bincount(core.row, minlength=len(core.free))
    rows = np.flatnonzero(count)
    count, free = count[rows], core.free[rows]
    first = np.cumsum(count) - count
    gain = core.value - node[core.seat]
    best = np.maximum.reduceat(gain, first) if len(rows) else np.empty(0, np.int64)
    best = np.where(free, np.maximum(best, 0), best)
    options = count + free
    base = np.full(len(core.free), -1, dtype=np.int64)
    alone = options == 1
    base[rows[alone]] = first[alone]
    two = np.flatnonzero(options == 2)
    here, there = first[two], np.where(free[two], -1, first[two] + 1)
    lead = gain[here] - np.where(there < 0, 0, gain[there])
    base[rows[two]] = np.where(lead >= 0, here, there)
    other = np.where(lead >= 0, there, here)
    many = options > 2
    wide = np.flatnonzero(np.repeat(many, count))
    number = np.cumsum(many) + zero
    tails = np.repeat(number, count)[wide]
    loose = np.flatnonzero(many & free)
    nodes = np.append(core.seat, zero)  # so that -1 is zero
    based = nodes[base[base >= 0]]
    supply = np.bincount(based, minlength=zero + 1 + int(many.sum())).astype(np.int64)
    supply[zero + 1 :] = 1
    arcs: list[Arc] = [
        (nodes[base[rows[two]]], nodes[other], 1, np.abs(lead)),
        (tails, core.seat[wide], 1, np.repeat(best, count)[wide] - gain[wide]),
        (number[loose], zero, 1, best[loose]),
    ]
    none = np.full(len(loose), -1, dtype=np.int64)
    who = np.concatenate([rows[two], core.row[wide], rows[loose]])
    return arcs, supply, Choices(who, np.concatenate([other, wide, none]), base)
