"""
Which part of a debt a payment pays: costs, then interest, then principal (Civil Code, art. 561),
unless the contract agreed on another order.

Pure: amounts in minor units, no tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qinghe.claims.terms import PayOrder

ORDER = PayOrder.LAW.parts


@dataclass(frozen=True)
class Allocated:
    """What each component receives, without zeros, and what exceeds the debt."""

    parts: dict[str, int]
    excess: int

    @property
    def total(self) -> int:
        """Return what was applied to the debt."""
        return sum(self.parts.values())


def allocate(owed: Mapping[str, int], amount: int, order: Sequence[str] = ORDER) -> Allocated:
    """Return how an amount is applied to what is owed per component, in an order of them."""
    parts: dict[str, int] = {}
    rest = amount
    for component in order:
        part = min(rest, owed.get(component, 0))
        if part:
            parts[component] = part
        rest -= part
    return Allocated(parts, rest)
