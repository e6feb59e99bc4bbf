"""
What really happened, deed by deed: the actors' own knowledge, which no service ever reads.

A person who looks into a matter comes near to it, and errs now and then.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from random import Random
from typing import Final

# How often somebody who looks into a complaint sees what happened, and believes what did not.
SEES: Final = 0.8
MISTAKEN: Final = 0.03
# How often an officer reads a file rightly.
READS: Final = 0.92


@dataclass
class Truth:
    """References of rows, or keys of organisations, that belong to a dishonest deed."""

    random: Random
    deeds: set[str] = field(default_factory=set)

    def add(self, ref: str) -> None:
        self.deeds.add(ref)

    def heard(self, ref: str) -> bool:
        """Tell whether somebody who hears a complaint finds it justified."""
        return self.random.random() < (SEES if ref in self.deeds else MISTAKEN)

    def read(self, refs: Collection[str], key: str) -> bool:
        """Tell whether an officer who reads a file of signs finds a breach in it."""
        real = key in self.deeds or 2 * len(self.deeds.intersection(refs)) >= max(len(refs), 1)
        return real if self.random.random() < READS else not real
