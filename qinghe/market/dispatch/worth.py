"""
What a pair is worth: likelihood x balance x fit - cost, in whole minor units.

Every division rounds down, term by term, so that an explanation adds up to the unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from qinghe.market.dispatch.candidates import Orders, Seats
from qinghe.market.dispatch.network import GREATEST, NEVER, Ints, Small

MILLION: Final = 1_000_000
# Whoever knew the debtor before, without complaint, does so much better (millionths).
KNOWN: Final = 1_100_000
# So many orders are weighed at once, for memory's sake.
SLICE: Final = 100_000


@dataclass(frozen=True)
class Terms:
    """The terms of one pair: `expected` is likelihood x balance; the value is what is left."""

    balance: int
    likelihood: int
    expected: int
    fit: int
    known: bool
    cost: int
    value: int


def values(orders: Orders, seats: Seats, seat: Small) -> Ints:
    """Return what each candidate pair (n, k) is worth, in minor units."""
    value = np.empty(seat.shape, dtype=np.int64)
    for start in range(0, len(seat), SLICE):
        part = slice(start, start + SLICE)
        named = seat[part]
        expected = _expected(orders.balance[part], orders.likelihood[part])[:, None]
        known = named == orders.handler[part][:, None]
        fit = _fit(seats.fit[orders.kind[part][:, None], named], known)
        worth = np.minimum(_times(expected, fit), GREATEST) - seats.cost[named]
        value[part] = np.where(named < 0, NEVER, worth)
    return value


def terms(orders: Orders, seats: Seats, order: int, seat: int, value: int) -> Terms:
    """Return the terms of one pair, as they were weighed."""
    known = bool(orders.handler[order] == seat)
    fit = int(_fit(seats.fit[orders.kind[order], seat], np.bool_(known)))
    return Terms(
        balance=int(orders.balance[order]),
        likelihood=int(orders.likelihood[order]),
        expected=int(_expected(orders.balance[order], orders.likelihood[order])),
        fit=fit,
        known=known,
        cost=int(seats.cost[seat]),
        value=value,
    )


def _expected(balance: Ints, likelihood: Ints) -> Ints:
    return _times(np.minimum(balance, GREATEST), likelihood)


def _fit(fit: Small, known: np.ndarray | np.bool_) -> Ints:
    fit = np.asarray(fit, dtype=np.int64)
    return np.where(known, fit * KNOWN // MILLION, fit)


def _times(amount: Ints, millionths: Ints) -> Ints:
    return np.asarray(amount * millionths // MILLION, dtype=np.int64)
