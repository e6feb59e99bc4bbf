"""A figure: a value that names its definition and shows what it was made from."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from qinghe.reporting.definitions import BY_ID, Definition


@dataclass(frozen=True)
class Figure:
    """
    `value` is None while there is nothing to divide by. Money is in minor units of `currency`.
    """

    definition_id: str
    value: int | Fraction | None
    numerator: int
    denominator: int | None = None
    currency: str = ""

    @property
    def definition(self) -> Definition:
        return BY_ID[self.definition_id]


@dataclass(frozen=True)
class StageRow:
    """Open claims of one stage in one currency; `owed` in minor units."""

    stage: str
    currency: str
    claims: int
    owed: int


@dataclass(frozen=True)
class Dashboard:
    """The figures of one office in its main currency, and open claims by stage in all of them."""

    currency: str
    figures: tuple[Figure, ...]
    stages: tuple[StageRow, ...]

    def figure(self, definition_id: str) -> Figure:
        """
        Return one figure.

        :raises StopIteration: this dashboard does not show it
        """
        return next(each for each in self.figures if each.definition_id == definition_id)


def count(definition_id: str, value: int) -> Figure:
    """Return a figure that only counts."""
    return Figure(definition_id, value, value)


def money(definition_id: str, minor: int, currency: str) -> Figure:
    """Return an amount."""
    return Figure(definition_id, minor, minor, currency=currency)


def share(definition_id: str, numerator: int, denominator: int, currency: str = "") -> Figure:
    """Return a quotient, times what its definition counts it per; None without a denominator."""
    per = BY_ID[definition_id].per
    value = Fraction(numerator * per, denominator) if denominator else None
    return Figure(definition_id, value, numerator, denominator, currency)
