"""What many counterparties think, so that no single one can say much. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

# One counterparty has at most this part of a score, however often it rates.
MOST: Final = 0.2
# Fewer cannot keep to that, so nothing is said.
FEWEST: Final = 5


def weights(counts: Sequence[int]) -> list[float]:
    """
    Return the part of each counterparty in a score, from how often each rated; they add up to 1.

    Parts follow the counts up to a fifth; what is cut off goes to the others in proportion.
    """
    parts = [0.0] * len(counts)
    free = set(range(len(counts)))
    left = 1.0
    while free:
        all_free = sum(counts[i] for i in free)
        over = {i for i in free if left * counts[i] / all_free > MOST}
        if not over:
            for i in free:
                parts[i] = left * counts[i] / all_free
            break
        for i in over:
            parts[i] = MOST
        left -= MOST * len(over)
        free -= over
    return parts


def score(given: Sequence[Sequence[float]]) -> float | None:
    """
    Return the score from the marks of each counterparty, or None when they are too few.

    A counterparty's many marks become one mean first.
    """
    if len(given) < FEWEST:
        return None
    parts = weights([len(marks) for marks in given])
    means = [sum(marks) / len(marks) for marks in given]
    return sum(part * mean for part, mean in zip(parts, means, strict=True))
