"""Small dispatch windows, drawn at random, and the optimum found by trying everything."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import strategies as st

from qinghe.market.dispatch import Network, network
from qinghe.market.dispatch.network import NEVER
from qinghe.market.dispatch.prices import load_of, objective


@st.composite
def windows(draw: st.DrawFn, *, orders: int = 5, seats: int = 4, floors: bool = True) -> Network:
    """Return a window of a few orders with up to three candidates each; values collide often."""
    n, m = draw(st.integers(1, orders)), draw(st.integers(1, seats))
    k = min(m, 3)
    picked = [draw(st.permutations(range(m))) for _ in range(n)]
    seat = [[each[j] if draw(st.booleans()) else -1 for j in range(k)] for each in picked]
    value = [[draw(st.integers(-3, 12)) for _ in range(k)] for _ in range(n)]
    p = draw(st.integers(1, m))
    pool = [i if i < p else draw(st.integers(0, p - 1)) for i in range(m)]
    return network(
        np.array(seat, np.int32),
        np.array(value, np.int64),
        np.array([draw(st.integers(0, 3)) for _ in range(m)], np.int64),
        pool=np.array(pool, np.int32),
        pool_places=np.array([draw(st.integers(0, 4)) for _ in range(p)], np.int64),
        newcomer=np.array([draw(st.booleans()) for _ in range(p)], np.bool_),
        floor=draw(st.integers(0, 3)) if floors else 0,
    )


def fits(net: Network, column: np.ndarray) -> bool:
    """Tell whether an assignment keeps every limit."""
    rows = np.flatnonzero(column >= 0)
    admitted = (net.value[rows, column[rows]] > 0).all() and (
        net.seat[rows, column[rows]] >= 0
    ).all()
    seats, pools, _new = load_of(net, column)
    return bool(admitted and (seats <= net.places).all() and (pools <= net.pool_places).all())


def tried(net: Network) -> int:
    """Return the best objective of all assignments there are."""
    choices = [[-1, *np.flatnonzero(net.value[i] > 0)] for i in range(net.orders)]
    every = (np.array(each, np.int32) for each in product(*choices))
    return max(objective(net, each) for each in every if fits(net, each))


def nets(net: Network, price: np.ndarray) -> np.ndarray:
    """Return what each pair (n, k) is worth beyond the price of its seat."""
    return np.where(net.value == NEVER, NEVER, net.value - price[net.seat])
