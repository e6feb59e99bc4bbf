"""
Read a file of payments that a creditor reports: which columns, which formats, one row per payment.

A row without a day of payment is no payment yet and is passed over; a row that cannot be read stops
the file, since half a bank statement must not be booked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from qinghe.kernel.money import to_minor, ungrouped
from qinghe.settlement.refusals import BadFile, MissingColumn, UnknownMapping

MAPPINGS = Path(__file__).parent / "mappings"
# Minor units; anything above is a broken file, not a payment.
LARGEST = 10**15
NEEDED = ("contract_number", "reference", "amount", "paid_on")


@dataclass(frozen=True)
class Reported:
    """One payment as reported; amount in minor units."""

    row: int
    contract_number: str
    reference: str
    amount: int
    currency: str
    paid_on: date


def mapping_names() -> list[str]:
    """Return the names of the column mappings that come with the product."""
    return sorted(path.stem for path in MAPPINGS.glob("*.yaml"))


@cache
def mapping_named(name: str) -> dict[str, Any]:
    """
    Return a column mapping by name.

    :raises UnknownMapping: there is none
    """
    if name not in mapping_names():
        raise UnknownMapping
    found: dict[str, Any] = yaml.safe_load((MAPPINGS / f"{name}.yaml").read_text("utf-8"))
    return found


def read_payments(
    header: Sequence[str], rows: Sequence[Sequence[str]], mapping: Mapping[str, Any]
) -> list[Reported]:
    """
    Return the payments of a table of texts.

    :raises MissingColumn: a column the mapping names is not there
    :raises BadFile: an amount or a day cannot be read
    """
    places = _places(header, mapping)
    read = (_reported(number, row, places, mapping) for number, row in enumerate(rows, start=2))
    return [each for each in read if each is not None]


def column_of(field: str, header: Sequence[str], mapping: Mapping[str, Any]) -> str:
    """Return the head of the column in which a field stands, as its file writes it."""
    return header[_places(header, mapping)[field]].strip()


def _places(header: Sequence[str], mapping: Mapping[str, Any]) -> dict[str, int]:
    names = [name.strip() for name in header]
    places = {}
    for field, wanted in mapping["columns"].items():
        found = [name for name in wanted if name in names]
        if found:
            places[field] = names.index(found[0])
        elif field in NEEDED:
            raise MissingColumn(column=wanted[0])
    return places


def _reported(
    number: int, row: Sequence[str], places: Mapping[str, int], mapping: Mapping[str, Any]
) -> Reported | None:
    text = {field: (row[place] or "").strip() for field, place in places.items()}
    if not text["paid_on"]:
        return None
    currency = text.get("currency") or mapping["currency"]
    return Reported(
        row=number,
        contract_number=text["contract_number"],
        reference=text["reference"] or text["contract_number"],
        amount=_amount(text["amount"], currency, number),
        currency=currency,
        paid_on=_day(text["paid_on"], mapping["dates"], number),
    )


def _amount(text: str, currency: str, row: int) -> int:
    try:
        minor = to_minor(Decimal(ungrouped(text)), currency)
    except (ArithmeticError, ValueError) as fault:
        raise BadFile(row=row, column="amount") from fault
    if not 0 < minor <= LARGEST:
        raise BadFile(row=row, column="amount")
    return minor


def _day(text: str, pattern: str, row: int) -> date:
    try:
        return datetime.strptime(text, pattern).date()  # noqa: DTZ007  a day has no zone
    except ValueError as fault:
        raise BadFile(row=row, column="paid_on") from fault
