"""
A portfolio of claims that are alike: one kind, one stage, one amount band, in a few cities.

Below five alike the hall shows neither place nor amount, so a market of claims drawn at random
shows nothing: see decision 0031. Real portfolios are alike; this one is delivered in two files.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from qinghe.kernel.money import apportion
from qinghe.simulation.agreements import agreed
from qinghe.simulation.batches import TOLD, Source
from qinghe.simulation.people import make

# Contract numbers of the portfolio, and of the part of it that is offered on the last day.
ALIKE, KEPT = "QYA", "QYZ"
PORTFOLIO: Final = "QY"
# A package, an order to bid for, and two that are dispatched.
LAST: Final = 10
# Cities and how many of eleven claims lie there: few enough for each to have five alike to the end.
PLACES: Final = {"320500": 4, "330100": 3, "440100": 2, "440300": 2}
# Days past due when the market opens: one stage (M5) for as long as it is lived.
OVERDUE: Final = 122
SMALLEST, LARGEST = 10_300_00, 17_900_00


@dataclass(frozen=True)
class Delivery:
    """One file of the portfolio: how many claims, and how many of them are kept for the end."""

    count: int
    kept: int


def deliveries(alike: int) -> tuple[Delivery, Delivery]:
    """Split a portfolio into two files; of the second half or what an end needs is kept for it."""
    late = alike // 2
    return Delivery(alike - late, 0), Delivery(late, min(late, max(late // 2, LAST)))


def portfolio_file(source: Source, *, delivery: Delivery, opened: date, day: date) -> bytes:
    """Return a CSV batch of claims that are alike; every row of it is correct."""
    text = io.StringIO()
    writer = csv.DictWriter(text, TOLD, lineterminator="\n")
    writer.writeheader()
    shares = apportion(delivery.count, list(PLACES.values()))
    regions = [region for region, n in zip(PLACES, shares, strict=True) for _ in range(n)]
    source.random.shuffle(regions)
    for place, region in enumerate(regions):
        prefix = KEPT if place < delivery.kept else ALIKE
        row = _row(source, prefix, region, opened)
        writer.writerow(row | agreed(row, day))
    return text.getvalue().encode()


def _row(source: Source, prefix: str, region: str, opened: date) -> dict[str, str]:
    made = make(source.random)
    # Every claim has a debtor of its own, for cells count persons.
    address = f"{region} 示例路 {source.random.randint(1, 999)} 号"
    person = replace(made, region=region, address=address)
    source.people.append(person)
    principal = source.random.randrange(SMALLEST, LARGEST)
    due = opened - timedelta(days=OVERDUE)
    source.made += 1
    return {
        "contract_number": f"{prefix}-{source.made:07}",
        "debtor_name": person.name,
        "id_number": person.id_number,
        "phone": person.phone,
        "email": person.email,
        "address": person.address,
        "region": region,
        "product": "consumer_loan",
        "principal": f"{principal / 100:.2f}",
        "interest": f"{principal * source.random.randrange(5, 60) // 1000 / 100:.2f}",
        "fees": "0.00",
        "currency": "CNY",
        "contract_date": (due - timedelta(days=365)).isoformat(),
        "due_date": due.isoformat(),
        "annual_overdue_rate": "8.0",
        "hand": "1",
    }
