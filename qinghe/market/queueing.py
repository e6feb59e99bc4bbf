"""
Who of a team gets which debtor: fair by free room, and back to whoever knows it. Pure.

All cases of one debtor go to one member. Equal input gives equal output: nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Case:
    """One case of a debtor that nobody handles."""

    product: str
    stage: str
    band: int
    ends_at: datetime


@dataclass(frozen=True)
class Queue:
    """What a queue takes; empty lists let everything through."""

    id: UUID
    rank: int
    products: frozenset[str]
    stages: frozenset[str]
    languages: frozenset[str]
    min_band: int
    max_band: int

    def takes(self, case: Case, language: str) -> bool:
        """Tell whether a case of a debtor who speaks a language belongs here."""
        return (
            (not self.products or case.product in self.products)
            and (not self.stages or case.stage in self.stages)
            and (not self.languages or language in self.languages)
            and self.min_band <= case.band <= self.max_band
        )


@dataclass
class Hand:
    """A member that is here today: what it can, how much it may hold and holds."""

    id: UUID
    capacity: int
    held: int
    queues: frozenset[UUID] = frozenset()
    languages: frozenset[str] = frozenset()

    def fits(self, queue: Queue | None, language: str, cases: int) -> bool:
        """Tell whether it may get so many cases from a queue."""
        return (
            self.held + cases <= self.capacity
            and (not self.languages or not language or language in self.languages)
            and (not self.queues or (queue is not None and queue.id in self.queues))
        )


@dataclass(frozen=True)
class Debtor:
    """A debtor nobody handles: its cases, its language, who handled it last."""

    person_id: UUID
    language: str
    cases: tuple[Case, ...]
    known_to: UUID | None = None

    @property
    def urgent(self) -> datetime:
        """Return when the first of its mandates ends."""
        return min(case.ends_at for case in self.cases)


@dataclass(frozen=True)
class Given:
    """One debtor given to a member, from a queue, because it is `known` or there is `room`."""

    person_id: UUID
    member_id: UUID
    queue_id: UUID | None
    why: str


@dataclass(frozen=True)
class Shared:
    """What a distribution gave, and the debtors nobody could take."""

    given: tuple[Given, ...]
    waiting: tuple[UUID, ...] = field(default=())


def distribute(debtors: Iterable[Debtor], queues: Sequence[Queue], hands: Sequence[Hand]) -> Shared:
    """
    Give every debtor to one member, those whose mandate ends first, first.

    Who handled a debtor before gets it back if it has room; else who has the largest free part of
    its own capacity, then the most free places. Nobody gets more than its capacity.
    """
    ranked = sorted(queues, key=lambda each: (each.rank, each.id))
    by_id: Mapping[UUID, Hand] = {hand.id: hand for hand in hands}
    given, waiting = [], []
    for debtor in sorted(debtors, key=lambda each: (each.urgent, each.person_id)):
        queue = queue_of(debtor, ranked)
        if queue is None and ranked:
            waiting.append(debtor.person_id)
            continue
        hand, why = _hand_for(debtor, queue, by_id)
        if hand is None:
            waiting.append(debtor.person_id)
            continue
        hand.held += len(debtor.cases)
        given.append(Given(debtor.person_id, hand.id, queue.id if queue else None, why))
    return Shared(tuple(given), tuple(waiting))


def queue_of(debtor: Debtor, ranked: Sequence[Queue]) -> Queue | None:
    """Return the first queue that takes the debtor's most urgent case."""
    first = min(debtor.cases, key=lambda case: (case.ends_at, case.band))
    return next((each for each in ranked if each.takes(first, debtor.language)), None)


def _hand_for(
    debtor: Debtor, queue: Queue | None, hands: Mapping[UUID, Hand]
) -> tuple[Hand | None, str]:
    count = len(debtor.cases)
    known = hands.get(debtor.known_to) if debtor.known_to else None
    if known is not None and known.held + count <= known.capacity:
        return known, "known"
    fit = [each for each in hands.values() if each.fits(queue, debtor.language, count)]
    return min(fit, key=_fullness, default=None), "room"


def _fullness(hand: Hand) -> tuple[float, int, UUID]:
    return hand.held / hand.capacity, hand.held - hand.capacity, hand.id
