"""Take the pairs that are clear from both sides, and leave the rest to a person. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

C = TypeVar("C", bound=Hashable)
E = TypeVar("E", bound=Hashable)


@dataclass(frozen=True)
class Choice(Generic[C, E]):
    """A pair with its score in bits, and by how much it leads every other of both sides."""

    came: C
    expected: E
    score: float
    lead: float


def choose(
    pairs: Iterable[tuple[C, E, float]], *, accept: float, margin: float
) -> list[Choice[C, E]]:
    """
    Return the pairs that reach `accept` and lead by `margin` whatever else either side could be.

    One entry pays one expectation at most: two that fit equally well are nobody's.
    """
    best: dict[tuple[int, Hashable], list[float]] = {}
    scored = list(pairs)
    for came, expected, score in scored:
        for side in ((0, came), (1, expected)):
            best[side] = sorted([*best.get(side, []), score], reverse=True)[:2]
    return [
        Choice(came, expected, score, lead)
        for came, expected, score in scored
        if score >= accept
        for lead in [_lead(score, best[0, came], best[1, expected])]
        if lead >= margin
    ]


def _lead(score: float, *sides: list[float]) -> float:
    """Return the lead over the next best of both sides; a pair that is not the best has none."""
    next_ones = [each[1] if each[0] == score else each[0] for each in sides if len(each) > 1]
    if any(each[0] > score for each in sides):
        return float("-inf")
    return min((score - other for other in next_ones), default=float("inf"))
