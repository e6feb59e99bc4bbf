"""
`qinghe bench dispatch`: a whole dispatch window, from facts to explained and proven assignments.

The market is invented and needs no database: 340 cities in 34 provinces, most orders in a few of
them; registrations for the country, a province or some cities; a fifth of the collectors with
wishes; places for nine of ten orders; a floor for newcomers. Beside the optimum stand greedy and
first come on the same candidates; the warm run exchanges one order in a hundred. Processor time
stands beside the clock's, for on a shared machine only the former says anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Final

import numpy as np

from qinghe.bench.frame import Result, machine, peak_mb, runtime
from qinghe.market.dispatch.bidding import ranked
from qinghe.market.dispatch.candidates import Orders, Seats, candidates
from qinghe.market.dispatch.explaining import alternatives
from qinghe.market.dispatch.exposure import Covered, solve_covered
from qinghe.market.dispatch.network import Ints, Network, Small, network
from qinghe.market.dispatch.prices import Prices, worth
from qinghe.market.dispatch.worth import values

CITIES: Final = 340
PROVINCES: Final = 34
PRODUCTS, STAGES, BANDS = 6, 8, 8
KINDS: Final = PRODUCTS * STAGES * BANDS
BOUNDS: Final = np.array([1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000]) * 100
SCARCE: Final = 0.9
FLOOR: Final = 0.02
CHANGED: Final = 100


def dispatch(
    *, orders: int, collectors: Sequence[int], progress: Callable[[str], None] = lambda _line: None
) -> Result:
    """Solve one window for each number of collectors, cold and warm."""
    parts = {}
    for seats in collectors:
        progress(f"{orders:,} orders, {seats:,} collectors")
        parts[str(seats)] = _window(orders, seats)
        progress(str(parts[str(seats)]))
    worst = max(part["seconds"] for part in parts.values())
    return Result(
        name="dispatch",
        ours=round(orders / worst, 1),
        unit="orders/s",
        seconds=round(worst, 3),
        peak_mb=round(peak_mb(), 1),
        gap=max(part["gap"] for part in parts.values()),
        sizes={"orders": orders},
        parts=parts,
        versions={**runtime(), "ortools": version("ortools"), "numpy": version("numpy")},
        machine=machine(),
    )


def _window(n: int, m: int) -> dict[str, float]:
    seats, orders = _seats(n, m), _orders(n, m, seed=1)
    clock = _Clock()
    seat = candidates(orders, seats)
    clock.lap("candidates")
    value = values(orders, seats, seat)
    clock.lap("values")
    net = _network(n, seats, seat, value)
    found = solve_covered(net, orders.balance, seats.cover)
    clock.lap("solve")
    alternatives(found.net, found.solution)
    clock.lap("explain")
    greedy, first = worth(net, ranked(net)), worth(net, ranked(net, np.arange(n)))
    best = found.solution.value
    return {
        "seconds": clock.seconds(),
        "cpu_s": clock.cpu(),
        **clock.laps,
        "pairs": int((net.value > 0).sum()),
        "assigned": int((found.solution.column >= 0).sum()),
        "gap": _gap(found),
        "value": best,
        "greedy": round(greedy / best, 5),
        "first_come": round(first / best, 5),
        "gained_over_greedy": best - greedy,
        "newcomers": found.solution.newcomers,
        **_again(orders, seats, seat, value, found.solution.prices),
        "peak_mb": round(peak_mb(), 1),
    }


def _again(
    orders: Orders, seats: Seats, seat: Small, value: Ints, start: Prices
) -> dict[str, float]:
    """Exchange some orders for new ones and solve again from the prices of before."""
    n = len(orders.area)
    rows = np.arange(0, n, CHANGED)
    new = _orders(len(rows), len(seats.places), seed=2)
    clock = _Clock("warm_")
    seat[rows] = candidates(new, seats)
    value[rows] = values(new, seats, seat[rows])
    clock.lap("candidates")
    balance = orders.balance.copy()
    balance[rows] = new.balance
    net = _network(n, seats, seat, value)
    found = solve_covered(net, balance, seats.cover, start=start)
    clock.lap("solve")
    alternatives(found.net, found.solution)
    clock.lap("explain")
    return {
        "warm_s": clock.seconds(),
        "warm_cpu_s": clock.cpu(),
        **clock.laps,
        "warm_gap": _gap(found),
    }


class _Clock:
    """Seconds by the clock and of the processors, all threads together, of each lap."""

    def __init__(self, name: str = "") -> None:
        self.laps: dict[str, float] = {}
        self._name = name
        self._begun = self._last = (time.perf_counter(), time.process_time())

    def lap(self, name: str) -> None:
        """Note what passed since the last lap."""
        now = (time.perf_counter(), time.process_time())
        self.laps[f"{self._name}{name}_s"] = round(now[0] - self._last[0], 3)
        self.laps[f"{self._name}{name}_cpu_s"] = round(now[1] - self._last[1], 3)
        self._last = now

    def seconds(self) -> float:
        """Return the seconds from the start to the last lap."""
        return round(self._last[0] - self._begun[0], 3)

    def cpu(self) -> float:
        """Return the processor's seconds from the start to the last lap."""
        return round(self._last[1] - self._begun[1], 3)


def _gap(found: Covered) -> float:
    """Return how far the optimum within all limits can lie above, as a part of what it can be."""
    lead = found.relaxed - found.solution.objective
    return lead / max(found.solution.value + lead, 1)


def _network(n: int, seats: Seats, seat: Small, value: Ints) -> Network:
    return network(
        seat,
        value,
        seats.places,
        pool=seats.pool,
        pool_places=seats.pool_places,
        newcomer=seats.newcomer,
        floor=int(n * FLOOR),
    )


def _orders(n: int, m: int, *, seed: int) -> Orders:
    draw = np.random.default_rng(seed)
    balance = np.exp(draw.normal(9.2, 1.1, n) + np.log(100)).astype(np.int64)
    product = draw.integers(0, PRODUCTS, n)
    stage = draw.integers(0, STAGES, n)
    band = np.searchsorted(BOUNDS, balance, side="right")
    handler = np.where(draw.random(n) < 0.1, draw.integers(0, m, n), -1)
    return Orders(
        area=((draw.zipf(1.3, n) * 7) % CITIES).astype(np.int32),
        kind=((product * STAGES + stage) * BANDS + band).astype(np.int32),
        balance=balance,
        claimed=balance,
        likelihood=(400_000 // (stage + 1) + draw.integers(1, 50_000, n)).astype(np.int32),
        creditor=draw.integers(0, 500, n).astype(np.int32),
        handler=handler.astype(np.int32),
    )


def _seats(n: int, m: int) -> Seats:
    draw = np.random.default_rng(0)
    scope, home = draw.random(m), (draw.zipf(1.3, m) * 7) % CITIES
    city = np.arange(CITIES)[:, None]
    covers = np.where(scope < 0.2, True, city % PROVINCES == home % PROVINCES)
    covers = np.where(scope > 0.7, (city == home) | (city == (home + 7) % CITIES), covers)
    kind = np.arange(KINDS)[:, None]
    top = draw.integers(4, BANDS, m)
    wishes = draw.integers(0, STAGES - 3, m)
    stage = kind // BANDS % STAGES
    wish = (scope * 100 % 5 >= 1) | ((stage >= wishes) & (stage < wishes + 4))
    skill = draw.normal(1, 0.15, m).clip(0.5, 1.6)
    craft = draw.normal(1, 0.1, (PRODUCTS, m)).clip(0.7, 1.3)
    places = draw.integers(0, max(int(2 * n * SCARCE / m), 1) + 1, m)
    return Seats(
        places=places,
        pool=np.arange(m, dtype=np.int32),
        pool_places=places,
        covers=covers,
        wants=wish & (kind % BANDS <= top),
        fit=(skill * craft[kind[:, 0] // (STAGES * BANDS)] * 1e6).astype(np.int32),
        cost=draw.integers(2_000, 8_000, m),
        cover=np.where(draw.random(m) < 0.1, places * 50_000_000, -1),
        newcomer=draw.random(m) < 0.05,
        conflicts=np.column_stack([np.arange(500) % 500, draw.integers(0, m, 500)]).astype(
            np.int32
        ),
    )
