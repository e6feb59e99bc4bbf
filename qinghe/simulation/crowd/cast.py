"""Who takes part: honest collectors of different skill, dishonest ones of several kinds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Final


class Kind(StrEnum):
    """How a collector behaves; the market is never told."""

    HONEST = "honest"
    # Threatens whom it reaches.
    THREATENS = "threatens"
    # Asks debtors to pay to a private account.
    OFFLINE = "offline"
    # Takes what it can get and works none of it (养案).
    HOARDS = "hoards"
    # Writes down calls that were never made.
    FALSE_NOTES = "false-notes"
    # One bids, the other bids a little more wherever the first does.
    RING = "ring"
    # Agrees with a creditor on orders that are settled at once.
    WASHES = "washes"


DISHONEST: Final = (
    Kind.THREATENS, Kind.HOARDS, Kind.RING, Kind.RING, Kind.OFFLINE, Kind.FALSE_NOTES, Kind.WASHES,
    Kind.THREATENS, Kind.HOARDS, Kind.OFFLINE,
)  # fmt: skip
# One in so many joins later, from the first orders on up to this share of the run:
# before them nobody can get any, however the market treats newcomers.
LATE_ONE_IN: Final = 5
FIRST_ORDERS: Final = 9
LATEST: Final = 0.85


@dataclass(frozen=True)
class Player:
    """One collector: how it behaves, how well it works (0 to 1), its places, the day it joins."""

    number: int
    kind: Kind
    skill: float
    places: int
    joins: int

    @property
    def slug(self) -> str:
        return f"crowd-{self.number:04}"

    @property
    def honest(self) -> bool:
        return self.kind is Kind.HONEST


def cast(random: Random, *, collectors: int, dishonest: float, days: int) -> list[Player]:
    """
    Return the collectors in the order of their numbers; the dishonest are drawn among them.

    A ring joins on one day: who is alone can agree with nobody, and works as the honest do.
    """
    count = round(collectors * dishonest)
    drawn = random.sample(range(collectors), count)
    kinds = {number: DISHONEST[i % len(DISHONEST)] for i, number in enumerate(drawn)}
    late = set(random.sample(drawn, count // LATE_ONE_IN))
    honest = [number for number in range(collectors) if number not in kinds]
    late |= set(random.sample(honest, len(honest) // LATE_ONE_IN))
    players = [
        _player(random, n, kinds.get(n, Kind.HONEST), n in late, days) for n in range(collectors)
    ]
    day = next((each.joins for each in players if each.kind is Kind.RING), 0)
    return [replace(p, joins=day) if p.kind is Kind.RING else p for p in players]


def _player(random: Random, number: int, kind: Kind, late: bool, days: int) -> Player:
    return Player(
        number=number,
        kind=kind,
        skill=round(random.uniform(0.3, 1.0), 3),
        places=random.randint(8, 24),
        joins=random.randint(FIRST_ORDERS, max(FIRST_ORDERS, round(days * LATEST))) if late else 0,
    )
