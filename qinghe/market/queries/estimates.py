"""
What may be expected of an order and of a collector: history, drawn towards a stated prior. Pure.

Nothing here comes from a score of a person: product, stage and hand of the order, and what became
of orders like it, are all that counts.
"""

from __future__ import annotations

from typing import Final

MILLION: Final = 1_000_000
# Share of the claimed sum expected to be paid under one mandate, by stage (millionths). A prior of
# this platform, not a measurement; history outweighs it from about `WEIGHT` of claimed money on.
PRIOR: Final = {
    "M1": 450_000, "M2": 300_000, "M3": 200_000, "M4": 140_000,
    "M5": 110_000, "M6": 80_000, "M7": 50_000,
}  # fmt: skip
LEAST: Final = 50_000
# Each time an order was placed before (手别), so much of the expectation is left.
PER_HAND: Final = 850_000
# Claimed money, in minor units, that weighs as much as the prior: 500,000 yuan.
WEIGHT: Final = 50_000_000
# The fit of a collector stays between half and one and a half of the average.
FIT_RANGE: Final = (500_000, 1_500_000)
# What working an order costs, and what a complaint costs everybody, in minor units.
HANDLING: Final = 3_000
COMPLAINT: Final = 20_000
# The prior of complaints: one in so many mandates.
COMPLAINT_ONE_IN: Final = 100
# A collector with fewer mandates than this is a newcomer; of a window's orders so many in a hundred
# are for newcomers, as far as they are candidates.
NEWCOMER_BELOW: Final = 20
NEWCOMER_SHARE: Final = 5
# Of the orders nobody knows already, one in so many is for whoever never had one.
FIRST_ONE_IN: Final = 5


def likelihood(stage: str, hand: int, claimed: int, paid: int) -> int:
    """Return the share of an order expected to be paid, in millionths."""
    prior = PRIOR.get(stage, LEAST)
    share = (paid * MILLION + prior * WEIGHT) // (claimed + WEIGHT)
    for _before in range(min(hand, 10) - 1):
        share = share * PER_HAND // MILLION
    return min(share, MILLION)


def fit(own: tuple[int, int], all_: tuple[int, int]) -> int:
    """Return how well a collector does with a product, in millionths of the average."""
    average = max(all_[1] * MILLION // max(all_[0], 1), 10_000)
    mine = (own[1] * MILLION + average * WEIGHT) // (own[0] + WEIGHT)
    low, high = FIT_RANGE
    return min(max(mine * MILLION // average, low), high)


def owed_to_newcomers(orders: int, placed: int, given: int) -> int:
    """
    Return how many of a window's orders newcomers are owed, given what windows placed before it.

    Windows of fewer than twenty orders have no twentieth; together they do. What is owed from
    before comes one order a window, so that a week without newcomers is no windfall for the next.
    """
    own = orders * NEWCOMER_SHARE // 100
    owed = (placed + orders) * NEWCOMER_SHARE // 100 - given
    return min(own + int(owed > own), orders)


def first_orders(untried: int, orders: int) -> int:
    """Return how many of a window's orders are kept for collectors that never had one."""
    return min(untried, -(-orders // FIRST_ONE_IN))


def cost(held: int, complained: int) -> int:
    """Return what one order with this collector costs, complaint risk included, in minor units."""
    return HANDLING + COMPLAINT * (complained + 1) // (held + COMPLAINT_ONE_IN)
