"""A file of contract terms: one row per contract, in the words of the form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from qinghe.claims.contract_terms import DayCount, Schedule
from qinghe.claims.intake.faults import Fault
from qinghe.claims.intake.read import ROW, FileUnreadable, read_table
from qinghe.kernel.money import to_minor, ungrouped

NEEDED: Final = ("contract_number", "principal", "disbursed_on", "matures_on")
MONEY: Final = ("principal", "handed_over")
DAYS: Final = ("disbursed_on", "matures_on", "accelerated_on", "sued_on")
RATES: Final = {"rate_pct": 4, "overdue_rate_pct": 4, "penalty_daily_pct": 5}
NUMBERS: Final = {"periods": 600, "period_months": 120, "grace_days": 365}
WORDS: Final = {"schedule": Schedule, "day_count": DayCount}
COLUMNS: Final = ("contract_number", *MONEY, *DAYS, *RATES, *NUMBERS, *WORDS)
LARGEST: Final = Decimal(10) ** 13
HIGHEST: Final = {4: 1000, 5: 100}


@dataclass(frozen=True)
class TermsRow:
    """One sound row: the facts that were given, by the names of the service."""

    row: int
    contract_number: str
    facts: dict[str, Any]


def read_terms(content: bytes, *, currency: str) -> tuple[list[TermsRow], list[Fault]]:
    """
    Return the sound rows of a file and every fault of the others; no row is passed over.

    :raises FileUnreadable: not a table, or a needed column is missing
    """
    table = read_table(content)
    names = {each.strip().casefold(): each for each in table.columns}
    lacking = [name for name in NEEDED if name not in names]
    if lacking:
        raise FileUnreadable(reason=", ".join(lacking))
    rows: list[TermsRow] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for cells in table.iter_rows(named=True):
        text = {name: str(cells[names[name]]) for name in COLUMNS if name in names}
        number = int(cells[ROW])
        found, wrong = _row(number, text, currency)
        first = seen.setdefault(text["contract_number"], number)
        if first != number:
            wrong.append(Fault(number, "contract_number", "duplicate", {"first_row": first}))
        faults += wrong
        if not wrong:
            rows.append(TermsRow(number, text["contract_number"], found))
    return rows, faults


def _row(number: int, text: dict[str, str], currency: str) -> tuple[dict[str, Any], list[Fault]]:
    faults = [Fault(number, name, "missing", {}) for name in NEEDED if not text[name]]
    facts: dict[str, Any] = {}
    for name, value in text.items():
        if not value or name == "contract_number":
            continue
        try:
            facts[name] = _reader(name, currency)(value)
        except (ValueError, InvalidOperation):
            faults.append(Fault(number, name, _code(name), {}))
    return facts, faults


def _reader(name: str, currency: str) -> Callable[[str], Any]:
    if name in MONEY:
        return lambda value: _money(value, currency)
    if name in DAYS:
        return lambda value: date.fromisoformat(value.replace("/", "-"))
    if name in RATES:
        return lambda value: _rate(value, RATES[name])
    if name in NUMBERS:
        return lambda value: _number(value, NUMBERS[name])
    return lambda value: WORDS[name](value).value


def _code(name: str) -> str:
    if name in MONEY:
        return "bad-amount"
    return "bad-date" if name in DAYS else "bad-term"


def _money(value: str, currency: str) -> int:
    amount = Decimal(ungrouped(value))
    if not 0 < amount < LARGEST:
        raise ValueError(value)
    return to_minor(amount, currency)


def _rate(value: str, places: int) -> Decimal:
    rate = Decimal(value)
    if not 0 <= rate < HIGHEST[places] or rate != round(rate, places):
        raise ValueError(value)
    return rate


def _number(value: str, most: int) -> int:
    number = int(value)
    if not 0 <= number <= most:
        raise ValueError(value)
    return number
