"""
Rounds of bids: every order asks its best seat at once, seats keep the best bids, the rest go on.

With bids that outweigh the next best seat this is an auction, whose prices come close to those of
the optimum in seconds. With fixed ranks it is greedy or first come, the two baselines.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from qinghe.market.dispatch.network import GREATEST, NEVER, Ints, Network, Small


@dataclass
class Book:
    """Who sits where at which bid, and what the next place costs."""

    column: Small  # (n,) column of the candidate that holds the order, or -1
    bid: Ints  # (n,)
    price: Ints  # (m,)
    rounds: int = 0
    waiting: int = 0


# More rounds than this are a quarrel of few over little; the flow ends it faster.
ROUNDS: Final = 200
# Bits that hold a bid of either sign, beside which a seat still finds room.
WIDTH: Final = GREATEST.bit_length() + 1


def empty_book(net: Network) -> Book:
    """Return a book in which nobody sits yet; a seat without any place has a forbidding price."""
    n = net.orders
    shut = (net.places == 0) | (net.pool_places == 0)[net.pool]
    price = np.where(shut, net.value.max(initial=0) + 1, 0).astype(np.int64)
    return Book(np.full(n, -1, dtype=np.int32), np.zeros(n, dtype=np.int64), price)


def auction(net: Network, book: Book, *, step: int, until: float, rest: int = 0) -> Book:
    """
    Bid until at most `rest` orders wait, or the clock (`perf_counter`) has passed `until`.

    `step` is the least raise; the smaller, the closer to the optimum and the more rounds.
    """
    active = np.flatnonzero(book.column < 0)
    for _round in range(ROUNDS):
        if len(active) <= rest or time.perf_counter() >= until:
            break
        asking, column, bids = _bids(net, book, active, step)
        active = _settle(net, book, asking, column, bids)
        book.rounds += 1
    book.waiting = len(active)
    return book


def _bids(net: Network, book: Book, active: Ints, step: int) -> tuple[Ints, Small, Ints]:
    """Return who bids, for which column and how much: so much that the next best is no better."""
    rows = np.arange(len(active))
    worth = net.value[active]
    # What is never admitted stays far below zero at any price.
    gain = worth - book.price.take(net.seat[active])
    column = gain.argmax(axis=1).astype(np.int32)
    best = gain[rows, column].copy()
    gain[rows, column] = NEVER
    second = np.maximum(gain.max(axis=1), 0)
    willing = best > 0
    most = worth[rows, column][willing]
    return active[willing], column[willing], np.minimum(most - second[willing] + step, most)


def ranked(net: Network, rank: Ints | None = None) -> Small:
    """
    Return the column each order gets when seats keep those of highest value, or lowest rank.

    Without a rank this is greedy: the best pair of all first, then the best of what is left.
    With the rank of arrival it is first come: each order takes its best seat that is still free.
    """
    book = empty_book(net)
    order = np.argsort(-net.value, axis=1, kind="stable").astype(np.int8)
    turn = np.zeros(net.orders, dtype=np.int32)
    active = np.arange(net.orders)
    while len(active):
        active = active[turn[active] < order.shape[1]]
        column = order[active, turn[active]].astype(np.int32)
        worth = net.value[active, column]
        active, column, worth = (each[worth != NEVER] for each in (active, column, worth))
        turn[active] += 1
        bids = worth if rank is None else -rank[active]
        active = _settle(net, book, active, column, bids)
    return book.column


def _settle(net: Network, book: Book, asking: Ints, column: Small, bids: Ints) -> Ints:
    """Let seats and pools choose among incumbents and new bids; return who stands again."""
    if not len(asking):
        return asking
    touched = np.zeros(len(net.pool_places), dtype=np.bool_)
    touched[net.pool[net.seat[asking, column]]] = True
    sitting = np.flatnonzero(book.column >= 0)
    where = net.seat[sitting, book.column[sitting]]
    sitting = sitting[touched[net.pool[where]]]
    book.column[asking], book.bid[asking] = column, bids
    those = np.concatenate([sitting, asking])
    seat = net.seat[those, book.column[those]]
    bid = book.bid[those]
    order = _falling(seat, bid)
    those, seat, bid = those[order], seat[order], bid[order]
    kept = _raise(book.price, seat, bid, net.places)
    out = [those[~kept]]
    those, seat, bid = those[kept], seat[kept], bid[kept]
    if net.pools_bind:
        pool = net.pool[seat]
        order = _falling(pool, bid)
        those, pool, bid = those[order], pool[order], bid[order]
        floor = np.zeros(len(net.pool_places), dtype=np.int64)
        kept = _raise(floor, pool, bid, net.pool_places)
        book.price[:] = np.maximum(book.price, floor[net.pool])
        out.append(those[~kept])
    again = np.concatenate(out)
    book.column[again] = -1
    return again


def _falling(group: Small, bid: Ints) -> Ints:
    """Return the order by group and falling bid; of equal bids who came first stays first."""
    return np.argsort((group.astype(np.int64) << WIDTH) - bid, kind="stable")


def _raise(price: Ints, group: Small, bid: Ints, places: Ints) -> np.ndarray:
    """Return which of the bids, sorted by group and falling, find a place; raise full prices."""
    first = np.flatnonzero(np.diff(group, prepend=-1))
    count = np.diff(np.append(first, len(group)))
    kept = np.arange(len(group)) - np.repeat(first, count) < places[group]
    groups = group[first]
    full = (count >= places[groups]) & (places[groups] > 0)
    last = first[full] + places[groups[full]] - 1
    price[groups[full]] = np.maximum(price[groups[full]], bid[last])
    return kept
