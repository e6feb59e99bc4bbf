"""Batches as creditors deliver them: CSV files of synthetic claims, a few rows wrong on purpose."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from qinghe.simulation.agreements import TERMS, agreed
from qinghe.simulation.people import Synthetic, make

HEADER = (
    "contract_number", "debtor_name", "id_number", "phone", "email", "address", "region", "product",
    "principal", "interest", "fees", "currency", "contract_date", "due_date",
    "annual_overdue_rate", "hand",
)  # fmt: skip
TOLD = (*HEADER, *TERMS)
PRODUCTS = ("credit_card", "consumer_loan", "small_loan")
# One person in twelve owes to more than one creditor: their contact budget is shared.
SHARED = 1 / 12
# One row in sixty is delivered with a mistake.
WRONG = 1 / 60


@dataclass
class Source:
    """A seeded source of claims over a common population of debtors."""

    random: Random
    people: list[Synthetic]
    made: int = 0

    def row(self, day: date, prefix: str) -> dict[str, str]:
        """Return one claim that fell due between one day and seven months ago."""
        person = self._person()
        principal = self.random.randrange(800, 60_000) * 100 + self.random.randrange(100)
        due = day - timedelta(days=self.random.choice((5, 12, 20, 40, 55, 75, 100, 130, 170, 210)))
        self.made += 1
        return {
            "contract_number": f"{prefix}-{self.made:07}",
            "debtor_name": person.name,
            "id_number": person.id_number,
            "phone": person.phone,
            "email": person.email,
            "address": person.address,
            "region": person.region,
            "product": self.random.choice(PRODUCTS),
            "principal": f"{principal / 100:.2f}",
            "interest": f"{principal * self.random.randrange(5, 60) // 1000 / 100:.2f}",
            "fees": "0.00",
            "currency": "CNY",
            "contract_date": (due - timedelta(days=365)).isoformat(),
            "due_date": due.isoformat(),
            "annual_overdue_rate": self.random.choice(("8.0", "10.0", "12.0")),
            "hand": str(self.random.choice((1, 1, 1, 2, 2, 3))),
        }

    def _person(self) -> Synthetic:
        if self.people and self.random.random() < SHARED:
            return self.random.choice(self.people)
        person = make(self.random)
        self.people.append(person)
        return person


def csv_file(source: Source, *, count: int, day: date, prefix: str) -> bytes:
    """Return a CSV batch in the product's own template, UTF-8 with header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, TOLD, lineterminator="\n")
    writer.writeheader()
    for _ in range(count):
        row = source.row(day, prefix)
        row.update(agreed(row, day))
        if source.random.random() < WRONG:
            row.update(source.random.choice(MISTAKES))
        writer.writerow(row)
    return text.getvalue().encode()


MISTAKES: tuple[dict[str, str], ...] = (
    {"principal": "-100.00"},
    {"due_date": "2025-02-30"},
    {"currency": "RMBX"},
    {"principal": "12.345"},
)
