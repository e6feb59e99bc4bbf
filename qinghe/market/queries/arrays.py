"""The facts of a window as the arrays the engine wants; ids become numbers in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

from qinghe.market.dispatch.candidates import Orders, Seats
from qinghe.market.dispatch.network import Flags, Ints, Small
from qinghe.market.models import StandingOrder
from qinghe.market.queries.estimates import (
    NEWCOMER_BELOW,
    cost,
    first_orders,
    fit,
    likelihood,
    owed_to_newcomers,
)
from qinghe.market.queries.window import Facts, Order, pending_of_standing, week_of
from qinghe.market.terms import StandingState
from qinghe.parties.regions import province_of
from qinghe.rules.contact.clock import NATIONAL, local_day


@dataclass(frozen=True)
class Window:
    """A window in numbers, and whom the numbers mean."""

    orders: Orders
    seats: Seats
    collectors: list[UUID]
    # By seat: its collector as a number, and its standing order.
    standing: list[StandingOrder | None]
    # Orders and collectors that had them before, as numbers (b, 2).
    barred: Small
    floor: int


def window(found: Facts, at: datetime) -> Window:
    """Return the facts in numbers."""
    collectors = sorted(found.free)
    number = {pk: i for i, pk in enumerate(collectors)}
    pool, standing = _seats(found, collectors)
    areas = sorted({(order.region, order.licence) for order in found.orders})
    kinds = sorted({_kind(order) for order in found.orders})
    seats = Seats(
        places=_places(found, collectors, pool, standing, at),
        pool=np.array(pool, dtype=np.int32),
        pool_places=_column([found.free[pk] for pk in collectors]),
        covers=_covers(found, number, areas, pool, standing),
        wants=_wants(found, collectors, kinds, pool, standing),
        fit=_fits(found, collectors, kinds, pool),
        cost=_column([_cost(found, collectors[p]) for p in pool]),
        cover=_column([found.cover.get(pk, -1) for pk in collectors]),
        newcomer=np.zeros(len(collectors), np.bool_),
        conflicts=np.empty((0, 2), dtype=np.int32),
    )
    creditors = {pk: i for i, pk in enumerate(sorted({o.creditor_id for o in found.orders}))}
    orders = _orders(found, creditors, number, pool, areas, kinds)
    pairs = [
        (creditors[c], number[k]) for c, k in found.conflicts if c in creditors and k in number
    ]
    place = {order.listing_id: i for i, order in enumerate(found.orders)}
    newcomer, floor = _newcomers(found, orders, seats, collectors)
    barred = [(place[a], number[k]) for a, k in found.offered if a in place and k in number]
    return Window(
        orders=orders,
        seats=Seats(**{**vars(seats), "conflicts": _pairs(pairs), "newcomer": newcomer}),
        collectors=collectors,
        standing=standing,
        barred=_pairs(barred),
        floor=floor,
    )


def _newcomers(
    found: Facts, orders: Orders, seats: Seats, collectors: Sequence[UUID]
) -> tuple[Flags, int]:
    """
    Return by collector whether the floor is for it, and the floor.

    Whoever never had an order comes first, with up to a fifth of the window's orders: in a young
    market everybody is new, and the twentieth would go to those that have orders already. An order
    whose debtor somebody knows stays with who knows it.
    """
    floor = owed_to_newcomers(len(found.orders), *found.lately)
    wanted = seats.covers.any(axis=0) & seats.wants.any(axis=0) & (seats.places > 0)
    reached = set(seats.pool[wanted].tolist())
    untried = [pk in found.untried and i in reached for i, pk in enumerate(collectors)]
    if any(untried):
        first = first_orders(sum(untried), int((orders.handler < 0).sum()))
        return np.array(untried, np.bool_), max(floor, first)
    new = [found.held.get(pk, 0) < NEWCOMER_BELOW for pk in collectors]
    return np.array(new, np.bool_), floor


def _seats(
    found: Facts, collectors: Sequence[UUID]
) -> tuple[list[int], list[StandingOrder | None]]:
    """Whoever has standing orders gets what they say and no more; the others take part freely."""
    wishes: dict[UUID, list[StandingOrder]] = {}
    for each in found.standing:
        wishes.setdefault(each.collector_id, []).append(each)
    pool: list[int] = []
    standing: list[StandingOrder | None] = []
    for i, pk in enumerate(collectors):
        for seat in wishes.get(pk, [None]):
            pool.append(i)
            standing.append(seat)
    return pool, standing


def _places(
    found: Facts,
    collectors: Sequence[UUID],
    pool: Sequence[int],
    standing: Sequence[StandingOrder | None],
    at: datetime,
) -> Ints:
    pending, monday, today = pending_of_standing(), week_of(at), local_day(NATIONAL, at)
    places = []
    for p, wish in zip(pool, standing, strict=True):
        free = found.free[collectors[p]]
        if wish is not None:
            used = wish.used if wish.week_on == monday else 0
            runs = wish.state == StandingState.ACTIVE and wish.ends_on > today
            left = wish.weekly_cap - used - pending.get(wish.pk, 0)
            free = min(free, max(left, 0)) if runs else 0
        places.append(free)
    return _column(places)


def _covers(
    found: Facts,
    number: dict[UUID, int],
    areas: Sequence[tuple[str, str]],
    pool: Sequence[int],
    standing: Sequence[StandingOrder | None],
) -> Flags:
    holders: dict[tuple[str, str], list[int]] = {}
    for pk, licence, region in found.licences:
        holders.setdefault((licence, region), []).append(number[pk])
    covers = np.zeros((len(areas), len(number)), dtype=np.bool_)
    for row, (region, licence) in enumerate(areas):
        for place in ("", region, province_of(region)):
            covers[row, holders.get((licence, place), [])] = True
    by_seat: Flags = covers[:, np.array(pool, dtype=np.int64)]
    for seat, wish in enumerate(standing):
        if wish is not None and wish.regions:
            wanted = set(wish.regions)
            by_seat[:, seat] &= [bool(wanted & {r, province_of(r)}) for r, _licence in areas]
    return by_seat


def _kind(order: Order) -> tuple[str, str, int, str]:
    return (order.product, order.stage, order.band, str(order.commission))


def _wants(
    found: Facts,
    collectors: Sequence[UUID],
    kinds: Sequence[tuple[str, str, int, str]],
    pool: Sequence[int],
    standing: Sequence[StandingOrder | None],
) -> Flags:
    bands = _column([band for _product, _stage, band, _rate in kinds])
    top = _column([found.max_band[collectors[p]] for p in pool])
    wants: Flags = bands[:, None] <= top[None, :]
    for seat, wish in enumerate(standing):
        if wish is not None:
            wants[:, seat] &= [
                (not wish.products or product in wish.products)
                and (not wish.stages or stage in wish.stages)
                and band <= wish.max_band
                and float(rate) >= float(wish.min_commission)
                for product, stage, band, rate in kinds
            ]
    return wants


def _fits(
    found: Facts,
    collectors: Sequence[UUID],
    kinds: Sequence[tuple[str, str, int, str]],
    pool: Sequence[int],
) -> Small:
    products = sorted({kind[0] for kind in kinds})
    none = (0, 0)
    table = np.array(
        [
            [
                fit(found.record.get((pk, p), none), found.record.get((None, p), none))
                for pk in collectors
            ]
            for p in products
        ],
        dtype=np.int32,
    ).reshape(len(products), len(collectors))
    rows = [products.index(kind[0]) for kind in kinds]
    fits: Small = table[np.array(rows, dtype=np.int64)][:, np.array(pool, dtype=np.int64)]
    return fits


def _cost(found: Facts, collector: UUID) -> int:
    return cost(found.held.get(collector, 0), found.complained.get(collector, 0))


def _orders(
    found: Facts,
    creditors: dict[UUID, int],
    number: dict[UUID, int],
    pool: Sequence[int],
    areas: Sequence[tuple[str, str]],
    kinds: Sequence[tuple[str, str, int, str]],
) -> Orders:
    area = {each: i for i, each in enumerate(areas)}
    kind = {each: i for i, each in enumerate(kinds)}
    first = {p: seat for seat, p in reversed(list(enumerate(pool)))}
    knows = [number.get(found.handlers.get(o.debtor_id, o.debtor_id), -1) for o in found.orders]
    none = (0, 0)
    expected = [
        likelihood(o.stage, o.hand, *found.stages.get((o.product, o.stage), none))
        for o in found.orders
    ]
    return Orders(
        area=_small([area[o.region, o.licence] for o in found.orders]),
        kind=_small([kind[_kind(o)] for o in found.orders]),
        balance=_column([o.balance for o in found.orders]),
        claimed=_column([o.claimed for o in found.orders]),
        likelihood=_column(expected),
        creditor=_small([creditors[o.creditor_id] for o in found.orders]),
        handler=_small([first.get(p, -1) for p in knows]),
    )


def _column(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _small(values: Sequence[int]) -> Small:
    return np.array(values, dtype=np.int32)


def _pairs(values: Sequence[tuple[int, int]]) -> Small:
    return np.array(values, dtype=np.int32).reshape(-1, 2)
