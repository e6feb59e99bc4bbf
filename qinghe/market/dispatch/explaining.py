"""Why this seat, and what the next best would have given: kept with every assignment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from qinghe.market.dispatch.network import NEVER, Flags, Network, Small
from qinghe.market.dispatch.prices import load_of
from qinghe.market.dispatch.solving import Solution
from qinghe.market.dispatch.worth import SLICE

NEXT: Final = 2


@dataclass(frozen=True)
class Alternatives:
    """
    The next best pairs of every order, best first.

    `column` (n, 2) names them, -1 for none; they are ranked by what is left of their value when the
    scarcity of the seat is paid. `full` (m,) tells whether the places of a seat, or of its pool,
    were all given; its price says what they are worth to others.
    """

    column: Small
    full: Flags


def alternatives(net: Network, solution: Solution) -> Alternatives:
    """Return the next best pairs of all orders, without a loop over them."""
    column = np.full((net.orders, NEXT), -1, dtype=np.int32)
    for start in range(0, net.orders, SLICE):
        value, seat = net.value[start : start + SLICE], net.seat[start : start + SLICE]
        gain = np.where(value == NEVER, NEVER, value - solution.prices.seat[seat])
        rows = np.arange(len(gain))
        given = solution.column[start : start + SLICE]
        gain[rows[given >= 0], given[given >= 0]] = NEVER
        for place in range(min(NEXT, gain.shape[1])):
            best = gain.argmax(axis=1)
            there = gain[rows, best] != NEVER
            column[start + rows[there], place] = best[there]
            gain[rows, best] = NEVER
    seats, pools, _new = load_of(net, solution.column)
    return Alternatives(column, (seats >= net.places) | (pools >= net.pool_places)[net.pool])
