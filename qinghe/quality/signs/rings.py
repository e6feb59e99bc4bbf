"""
Whether bids spare each other: four tests over opened auctions. Pure.

Each asks how likely the pattern is by chance, given how often and at which rates two bidders bid
within one segment. Every pair looked at makes chance easier, so the limit is divided by them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, pairwise
from math import comb
from uuid import UUID

from qinghe.quality.signs.judging import Spot, key_of, spot
from qinghe.quality.signs.table import chance, number

Auctions = Mapping[UUID, Decimal]


@dataclass(frozen=True, order=True)
class OpenedBid:
    """One bid of an auction that was opened; bids are compared within a segment only."""

    auction: UUID
    segment: str
    bidder: UUID
    rate: Decimal
    won: bool


@dataclass(frozen=True)
class Pair:
    """Two bidders in one segment: their rates by auction, and how many auctions there were."""

    one: Auctions
    other: Auctions
    won: Mapping[UUID, int]
    total: int

    @property
    def met(self) -> list[UUID]:
        return sorted(self.one.keys() & self.other.keys())


def spots(bids: Iterable[OpenedBid]) -> Iterator[Spot]:
    """Return what the bids show, pair by pair; the order of the rows does not matter."""
    segments: dict[str, list[OpenedBid]] = {}
    for bid in sorted(set(bids)):
        segments.setdefault(bid.segment, []).append(bid)
    found = [
        (segment, one, other, pair)
        for segment, rows in sorted(segments.items())
        for one, other, pair in _pairs(rows)
    ]
    limit = chance() / max(len(found), 1)
    for segment, one, other, pair in found:
        for kind, p in tests(pair).items():
            if p <= limit:
                yield spot("bid-ring", key_of(one, other), kind, f"segment:{segment}/{kind}")


def tests(pair: Pair) -> dict[str, float]:
    """Return, by the kind of sign, how likely the pattern of two bidders is by chance."""
    return {
        "never-met": _never_met(pair),
        "turns": _turns(pair),
        "gap": _gap(pair),
        "only-with": min(_only_with(pair), _only_with(_turned(pair))),
    }


def _pairs(rows: list[OpenedBid]) -> Iterator[tuple[UUID, UUID, Pair]]:
    rates: dict[UUID, dict[UUID, Decimal]] = {}
    winners: dict[UUID, UUID] = {}
    for bid in rows:
        rates.setdefault(bid.bidder, {})[bid.auction] = bid.rate
        if bid.won:
            winners[bid.auction] = bid.bidder
    total = len({bid.auction for bid in rows})
    busy = sorted(who for who, mine in rates.items() if len(mine) >= number("ring_auctions"))
    for one, other in combinations(busy, 2):
        won = {a: 0 if w == one else 1 for a, w in winners.items() if w in (one, other)}
        yield one, other, Pair(rates[one], rates[other], won, total)


def _never_met(pair: Pair) -> float:
    """Return P(both bid as seldom together): hypergeometric, lower tail."""
    n, k, total, met = len(pair.one), len(pair.other), pair.total, len(pair.met)
    ways = sum(comb(k, x) * comb(total - k, n - x) for x in range(met + 1) if n - x <= total - k)
    return ways / comb(total, n)


def _only_with(pair: Pair) -> float:
    """Return P(all bids of the first fall where the second bids), if it never beats the second."""
    n, k, total = len(pair.one), len(pair.other), pair.total
    if len(pair.met) < n or _beats(pair):
        return 1.0
    return comb(k, n) / comb(total, n)


def _beats(pair: Pair) -> bool:
    """
    Tell whether the first ever won by the lower rate.

    Where its bid is the higher one and wins all the same, the second had no room for the order: a
    cover that gets the order for its leader is a cover still.
    """
    first = [auction for auction, who in pair.won.items() if who == 0]
    return any(
        auction not in pair.other or pair.one[auction] < pair.other[auction] for auction in first
    )


def _turns(pair: Pair) -> float:
    """Return P(winners alternate at least as often): runs of two kinds in random order."""
    order = [pair.won[a] for a in pair.met if a in pair.won]
    ones = sum(order)
    zeros = len(order) - ones
    if min(ones, zeros) < number("ring_auctions") // 2:
        return 1.0
    runs = 1 + sum(a != b for a, b in pairwise(order))
    every = comb(len(order), ones)
    return sum(_with_runs(r, zeros, ones) for r in range(runs, len(order) + 1)) / every


def _with_runs(runs: int, zeros: int, ones: int) -> int:
    half, odd = divmod(runs, 2)
    if not odd:
        return 2 * comb(zeros - 1, half - 1) * comb(ones - 1, half - 1)
    return comb(zeros - 1, half) * comb(ones - 1, half - 1) + comb(zeros - 1, half - 1) * comb(
        ones - 1, half
    )


def _gap(pair: Pair) -> float:
    """Return P(the commonest gap of rates as often), if both drew their own rates apart."""
    met = pair.met
    if len(met) < number("ring_auctions"):
        return 1.0
    gaps = Counter(pair.one[a] - pair.other[a] for a in met)
    # Of equally common gaps the one that chance explains best, so that nobody is flagged by order.
    most = max(gaps.values())
    one, other = Counter(pair.one[a] for a in met), Counter(pair.other[a] for a in met)
    size = len(met) ** 2
    by_chance = max(
        sum(n * other[rate - gap] for rate, n in one.items()) / size
        for gap, seen in gaps.items()
        if seen == most
    )
    return sum(
        comb(len(met), k) * by_chance**k * (1 - by_chance) ** (len(met) - k)
        for k in range(most, len(met) + 1)
    )


def _turned(pair: Pair) -> Pair:
    won = {auction: 1 - who for auction, who in pair.won.items()}
    return Pair(pair.other, pair.one, won, pair.total)
