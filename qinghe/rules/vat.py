"""Value added tax: the rate of a kind of taxpayer on a day, and how much of it is in an amount."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any, Final

from qinghe.rules.packs import read_yaml

PERCENT: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Rates:
    """Days from which a rate holds for one kind of taxpayer."""

    days: tuple[date, ...]
    values: tuple[Decimal, ...]


class BadRates(ValueError):
    """The table cannot be used: out of order, or a rate that changes within a month."""


@cache
def rates() -> dict[str, Rates]:
    """Return the rates of every kind of taxpayer."""
    return {kind: parse(rows) for kind, rows in read_yaml("vat.yaml")["values"].items()}


def parse(rows: list[dict[str, Any]]) -> Rates:
    """
    Return the rates of one kind from the rows of the file.

    :raises BadRates: days out of order, or not the first of a month
    """
    days = tuple(date.fromisoformat(row["from"]) for row in rows)
    if list(days) != sorted(set(days)) or any(day.day != 1 for day in days):
        raise BadRates(days)
    return Rates(days, tuple(Decimal(row["pct"]) / PERCENT for row in rows))


def vat_on(day: date, taxpayer: str) -> Decimal:
    """
    Return the rate of a kind of taxpayer on a day, as a fraction of one.

    :raises LookupError: a kind that is not in the table, or a day before it begins
    """
    known = rates()[taxpayer]
    index = bisect_right(known.days, day) - 1
    if index < 0:
        raise LookupError(day.isoformat())
    return known.values[index]


def contained(gross: int, rate: Decimal) -> int:
    """Return the tax contained in an amount, in minor units, to the nearest; net is the rest."""
    share = Decimal(gross) * rate / (1 + rate)
    return int(share.quantize(Decimal(1), ROUND_HALF_UP))
