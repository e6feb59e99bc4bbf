"""The laws of the dispatch engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qinghe.market.dispatch import BadNetwork, Network, network, solve
from qinghe.market.dispatch.bidding import ranked
from qinghe.market.dispatch.prices import load_of, objective
from tests.market.dispatch.worlds import fits, nets, tried, windows

FEW = settings(max_examples=150, deadline=None)


def ample(n: int = 4_000, m: int = 60, *, seed: int = 3, floor: int = 0) -> Network:
    """Return a window large enough for bids, a core and several rounds; places are scarce."""
    draw = np.random.default_rng(seed)
    seat = np.argsort(draw.random((n, m)), axis=1)[:, :8].astype(np.int32)
    size = np.exp(draw.normal(11, 1, (n, 1)))
    value = (size * draw.uniform(0.5, 1.5, (n, 8))).astype(np.int64)
    newcomer = np.arange(m) % 10 == 0
    value[newcomer[seat]] //= 2
    places = np.full(m, n // m, np.int64)
    return network(seat, value, places, newcomer=newcomer, floor=floor)


@FEW
@given(windows())
def test_no_limit_is_passed_and_no_worthless_pair_is_made(net: Network) -> None:
    assert fits(net, solve(net).column)


@FEW
@given(windows())
def test_the_answer_is_the_best_of_all_there_are(net: Network) -> None:
    found = solve(net)
    assert found.objective == tried(net)
    assert found.proven
    assert found.gap == 0


@FEW
@given(windows())
def test_prices_prove_it_by_complementary_slackness(net: Network) -> None:
    found = solve(net)
    price, column = found.prices, found.column
    gain = nets(net, price.seat)
    rows = np.flatnonzero(column >= 0)
    have = np.zeros(net.orders, np.int64)
    have[rows] = gain[rows, column[rows]]
    assert (have >= 0).all()
    assert (gain <= have[:, None]).all()
    seats, pools, new = load_of(net, column)
    home = np.where(net.newcomer, -price.bonus, 0)
    scarce_seat, scarce_pool = price.seat - price.pool[net.pool], price.pool - home
    assert (scarce_seat >= 0).all()
    assert (scarce_pool >= 0).all()
    assert (scarce_seat[seats < net.places] == 0).all()
    assert (scarce_pool[pools < net.pool_places] == 0).all()
    assert 0 <= price.bonus <= net.floor_worth
    assert new <= net.floor or price.bonus == 0
    assert new >= net.floor or price.bonus == net.floor_worth


@FEW
@given(windows(floors=False), st.data())
def test_a_price_is_what_one_more_place_would_bring(net: Network, data: st.DataObject) -> None:
    net = network(net.seat, net.value, net.places)
    which = data.draw(st.integers(0, net.seats - 1))
    more = net.places.copy()
    more[which] += 1
    found = solve(net)
    gained = solve(network(net.seat, net.value, more)).value - found.value
    assert found.prices.seat[which] == gained


@FEW
@given(windows(), st.data())
def test_one_more_collector_never_lowers_the_optimum(net: Network, data: st.DataObject) -> None:
    n, m, p = net.orders, net.seats, len(net.pool_places)
    asks = [m if data.draw(st.booleans()) else -1 for _ in range(n)]
    worth = [data.draw(st.integers(1, 12)) for _ in range(n)]
    grown = replace(
        net,
        seat=np.column_stack([net.seat, np.array(asks, np.int32)]),
        value=np.where(
            np.column_stack([net.seat, asks]) < 0, -1, np.column_stack([net.value, worth])
        ),
        places=np.append(net.places, data.draw(st.integers(0, 3))),
        pool=np.append(net.pool, np.int32(p)),
        pool_places=np.append(net.pool_places, 3),
        newcomer=np.append(net.newcomer, data.draw(st.booleans())),
    )
    grown = network(
        grown.seat,
        grown.value,
        grown.places,
        pool=grown.pool,
        pool_places=grown.pool_places,
        newcomer=grown.newcomer,
        floor=net.floor,
    )
    if grown.floor_worth == net.floor_worth:
        assert solve(grown).objective >= solve(net).objective


@FEW
@given(windows(), windows())
def test_a_warm_start_from_any_prices_ends_at_the_same_optimum(net: Network, old: Network) -> None:
    cold, other = solve(net), solve(old).prices
    if other.seat.shape == net.places.shape and other.pool.shape == net.pool_places.shape:
        warm = solve(net, start=other)
        assert warm.proven
        assert warm.objective == cold.objective


@FEW
@given(windows())
def test_without_time_the_bound_still_holds(net: Network) -> None:
    hasty = solve(net, limit=0)
    assert fits(net, hasty.column)
    assert hasty.objective <= tried(net) <= hasty.bound


@pytest.mark.parametrize("floor", [0, 500])
def test_a_large_window_is_proven_and_the_same_every_time(floor: int) -> None:
    net = ample(floor=floor)
    first, second = solve(net), solve(net)
    assert first.proven
    assert (first.column == second.column).all()
    assert (first.prices.seat == second.prices.seat).all()
    assert first.newcomers >= net.floor
    assert fits(net, first.column)


def test_the_floor_costs_value_and_its_bonus_says_how_much_a_place() -> None:
    # Places are plenty, so that nobody would choose the newcomers, who are worth half.
    plenty = ample()
    free = replace(plenty, places=plenty.places * 4, pool_places=plenty.pool_places * 4)
    bound = replace(free, floor=300)
    without, with_floor = solve(free), solve(bound)
    assert without.newcomers < 300 == with_floor.newcomers
    assert with_floor.value < without.value
    more = solve(replace(bound, floor=301))
    assert with_floor.value - more.value >= with_floor.prices.bonus > 0


def test_a_warm_start_after_few_changes_is_proven() -> None:
    net = ample()
    before = solve(net)
    value = net.value.copy()
    value[::100] //= 3
    changed = replace(net, value=value)
    warm, cold = solve(changed, start=before.prices), solve(changed)
    assert warm.proven
    assert warm.objective == cold.objective


def test_a_hasty_answer_of_a_large_window_tells_its_gap() -> None:
    net = ample()
    hasty, best = solve(net, limit=0), solve(net)
    assert 0 < hasty.gap < 0.5
    assert hasty.value < best.value <= hasty.bound


@FEW
@given(windows(floors=False))
def test_the_baselines_are_what_their_names_say(net: Network) -> None:
    assert objective(net, ranked(net, np.arange(net.orders))) == _one_by_one(net, range(net.orders))


def _one_by_one(net: Network, orders: range) -> int:
    seats, pools = net.places.copy(), net.pool_places.copy()
    total = 0
    for i in orders:
        for j in sorted(range(net.seat.shape[1]), key=lambda j: -net.value[i, j]):
            s = net.seat[i, j]
            if net.value[i, j] > 0 and seats[s] and pools[net.pool[s]]:
                seats[s] -= 1
                pools[net.pool[s]] -= 1
                total += int(net.value[i, j])
                break
    return total


def test_greedy_takes_the_best_pair_of_all_first() -> None:
    seat = np.array([[0, 1], [0, 1]], np.int32)
    value = np.array([[10, 9], [8, 1]], np.int64)
    net = network(seat, value, np.array([1, 1]))
    assert ranked(net).tolist() == [0, 1]
    assert solve(net).column.tolist() == [1, 0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"seat": np.array([[2]])},
        {"value": np.array([[1 << 40]])},
        {"places": np.array([-1])},
        {"value": np.array([1])},
        {"pool": np.array([3])},
    ],
)
def test_arrays_that_do_not_fit_are_refused(wrong: dict[str, np.ndarray]) -> None:
    good = {"seat": np.array([[0]]), "value": np.array([[1]]), "places": np.array([1])}
    with pytest.raises(BadNetwork):
        network(**{**good, **wrong})  # type: ignore[arg-type]


def test_an_empty_window_has_an_empty_optimum() -> None:
    none = network(np.empty((0, 3), np.int32), np.empty((0, 3), np.int64), np.array([5]))
    assert solve(none).proven
    alone = network(np.array([[-1]]), np.array([[0]]), np.array([5]))
    assert solve(alone).column.tolist() == [-1]
