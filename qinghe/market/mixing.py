"""What may be told of many orders together: groups of five or more, sums in wide steps. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from qinghe.market.terms import ALIKE

T = TypeVar("T", bound=Hashable)
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Mix(Generic[T]):
    """Groups with their counts, the largest first; `other` is what is not told apart."""

    groups: tuple[tuple[T, int], ...]
    other: int = 0


def mix(values: Iterable[T], least: int = ALIKE) -> Mix[T]:
    """
    Return how many are alike, no group smaller than `least`, nor the rest that can be computed.

    Where the rest alone would be smaller, the smallest groups join it until it is not.
    """
    counted = Counter(values).most_common()
    groups = [(value, n) for value, n in counted if n >= least]
    other = sum(n for _value, n in counted if n < least)
    while groups and 0 < other < least:
        other += groups.pop()[1]
    return Mix(tuple(groups), other)


def steps(total: int) -> tuple[int, int]:
    """Return the step of 1, 2, 5, 10, … a whole number lies in: from, and to below."""
    if total < 1:
        return 0, 1
    power = 10 ** (len(str(total)) - 1)
    bounds = [step * power for step in (*STEPS, 10)]
    at = max(i for i, bound in enumerate(bounds) if bound <= total)
    return bounds[at], bounds[at + 1]
