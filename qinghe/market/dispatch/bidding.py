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

from qinghe.market.dispatch.network import GREATEST, NEVER, Flags, Ints, Network, Small
from qinghe.market.dispatch.pairs import sliced


@dataclass
class Book:
    """
    Who sits where at which bid, and what the next place costs.

    `who` sits in the order of `key`: by seat, then by falling bid, the earlier first.
    """

    column: Small  # (n,) column of the candidate that holds the order, or -1
    price: Ints  # (m,)
    key: Ints
    who: Ints
    rounds: int = 0
    waiting: int = 0


# More rounds than this are a quarrel of few over little; the flow ends it faster.
ROUNDS: Final = 200
# Bits that hold a bid of either sign, beside which a seat still finds room.
WIDTH: Final = GREATEST.bit_length() + 1


def empty_book(net: Network) -> Book:
    """Return a book in which nobody sits yet; a seat without any place has a forbidding price."""
    n = net.orders
    none = np.empty(0, dtype=np.int64)
    shut = (net.places == 0) | (net.pool_places == 0)[net.pool]
    price = np.where(shut, net.value.max(initial=0) + 1, 0).astype(np.int64)
    return Book(np.full(n, -1, dtype=np.int32), price, none, none)


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

    def part(those: slice) -> tuple[Ints, Small, Ints]:
        mine = active[those]
        rows = np.arange(len(mine))
        worth = net.value[mine]
        # What is never admitted stays far below zero at any price.
        gain = worth - book.price.take(net.seat[mine])
        column = gain.argmax(axis=1).astype(np.int32)
        best = gain[rows, column].copy()
        gain[rows, column] = NEVER
        second = np.maximum(gain.max(axis=1), 0)
        willing = best > 0
        most = worth[rows, column][willing]
        return mine[willing], column[willing], np.minimum(most - second[willing] + step, most)

    parts = sliced(len(active), part)
    who, column, bids = (np.concatenate(each) for each in zip(*parts, strict=True))
    return who, column, bids


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
    book.column[asking] = column
    new = _key(net.seat[asking, column], bids)
    order = np.argsort(new, kind="stable")
    at = np.searchsorted(book.key, new[order], side="right")
    key, those = np.insert(book.key, at, new[order]), np.insert(book.who, at, asking[order])
    seat = (key + (1 << WIDTH - 1)) >> WIDTH
    bid = (seat << WIDTH) - key
    kept = _raise(book.price, seat, bid, net.places)
    if net.pools_bind:
        inside = np.flatnonzero(kept)
        pool = net.pool[seat[inside]]
        order = np.argsort(_key(pool, bid[inside]), kind="stable")
        floor = np.zeros(len(net.pool_places), dtype=np.int64)
        stays = _raise(floor, pool[order], bid[inside[order]], net.pool_places)
        book.price[:] = np.maximum(book.price, floor[net.pool])
        kept[inside[order[~stays]]] = False
    book.key, book.who, again = key[kept], those[kept], those[~kept]
    book.column[again] = -1
    return again


def _key(group: Small, bid: Ints) -> Ints:
    """Return what sorts by group and falling bid."""
    return np.asarray((group.astype(np.int64) << WIDTH) - bid)


def _raise(price: Ints, group: Small, bid: Ints, places: Ints) -> Flags:
    """Return which of the bids, sorted by group and falling, find a place; raise full prices."""
    first = np.flatnonzero(np.diff(group, prepend=-1))
    count = np.diff(np.append(first, len(group)))
    kept: Flags = np.arange(len(group)) - np.repeat(first, count) < places[group]
    groups = group[first]
    full = (count >= places[groups]) & (places[groups] > 0)
    last = first[full] + places[groups[full]] - 1
    price[groups[full]] = np.maximum(price[groups[full]], bid[last])
    return kept
