"""The problem: orders, seats, pools, and the value of each admitted pair."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Flags = NDArray[np.bool_]

# Stands for a pair that is not admitted; far below every value, far from overflow.
NEVER: Final = -(1 << 60)
# What one place of a newcomer under the floor may cost at most, in multiples of the best value.
FLOOR_WORTH: Final = 1_000
# The solver multiplies values by the number of nodes; beyond this it would overflow.
GREATEST: Final = 1 << 38


class BadNetwork(ValueError):
    """The arrays do not fit together, or a figure is out of range: a fault of the caller."""


@dataclass(frozen=True)
class Network:
    """
    One dispatch window.

    `seat` (n, k) names the candidates of each order, -1 for none; `value` (n, k) what the pair is
    worth in minor units: a pair that is worth nothing is never made. A seat has `places` (m,) and
    belongs to a pool, the collector, with `pool` (m,) and `pool_places` (p,): standing orders of
    one collector are seats of one pool. Of all orders, `floor` at least go to pools that are
    `newcomer` (p,), as far as candidates allow it.
    """

    seat: Small
    value: Ints
    places: Ints
    pool: Small
    pool_places: Ints
    newcomer: Flags
    floor: int = 0

    @property
    def orders(self) -> int:
        """Return how many orders wait."""
        return int(self.seat.shape[0])

    @property
    def seats(self) -> int:
        """Return how many seats there are."""
        return int(self.places.shape[0])

    @property
    def pools_bind(self) -> bool:
        """Tell whether a pool has fewer places than its seats together."""
        within = np.zeros(len(self.pool_places), dtype=np.int64)
        np.add.at(within, self.pool, self.places)
        return bool((within > self.pool_places).any())

    @property
    def floor_worth(self) -> int:
        """Return what a newcomer's place under the floor counts, above every value it displaces."""
        top = int(self.value.max(initial=0)) + 1
        return min(top * FLOOR_WORTH, 1 << 42) if self.floor else 0


def network(
    seat: Small,
    value: Ints,
    places: Ints,
    *,
    pool: Small | None = None,
    pool_places: Ints | None = None,
    newcomer: Flags | None = None,
    floor: int = 0,
) -> Network:
    """
    Return a checked network; without pools every seat is its own.

    :raises BadNetwork: shapes or figures that cannot be
    """
    m = len(places)
    pool = np.arange(m, dtype=np.int32) if pool is None else pool
    pool_places = places if pool_places is None else pool_places
    newcomer = np.zeros(len(pool_places), dtype=np.bool_) if newcomer is None else newcomer
    made = Network(
        seat=np.ascontiguousarray(seat, dtype=np.int32),
        value=np.ascontiguousarray(value, dtype=np.int64),
        places=np.asarray(places, dtype=np.int64),
        pool=np.asarray(pool, dtype=np.int32),
        pool_places=np.asarray(pool_places, dtype=np.int64),
        newcomer=np.asarray(newcomer, dtype=np.bool_),
        floor=min(int(floor), int(pool_places[newcomer].sum())),
    )
    _check(made)
    return replace(made, value=np.where((made.seat < 0) | (made.value <= 0), NEVER, made.value))


def _check(net: Network) -> None:
    shapes = (
        net.seat.ndim == 2
        and net.seat.shape == net.value.shape
        and net.pool.shape == net.places.shape
        and net.newcomer.shape == net.pool_places.shape
    )
    if not shapes:
        raise BadNetwork("shapes")
    if net.seat.max(initial=-1) >= net.seats or net.pool.max(initial=-1) >= len(net.pool_places):
        raise BadNetwork("an index points outside")
    if net.places.min(initial=0) < 0 or net.pool_places.min(initial=0) < 0 or net.floor < 0:
        raise BadNetwork("places and floor are not negative")
    if net.value.max(initial=0) > GREATEST:
        raise BadNetwork("a value is too large")
