"""A file of earlier payments: contract number, day, amount, what it was booked to, reference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from qinghe.claims.contract_terms import BookedTo
from qinghe.claims.intake.faults import Fault
from qinghe.claims.intake.read import ROW, FileUnreadable, read_table
from qinghe.kernel.money import exponent, to_minor, ungrouped

# The first name is ours; the others are what exports in China call the column.
COLUMNS: Final = {
    "contract_number": ("contract_number", "合同号", "合同编号", "借据号"),
    "paid_on": ("paid_on", "还款日期", "还款日", "日期"),
    "amount": ("amount", "还款金额", "金额"),
    "booked_to": ("booked_to", "入账科目", "科目"),
    "reference": ("reference", "流水号", "凭证号"),
}
NEEDED: Final = ("contract_number", "paid_on", "amount")
BOOKED: Final = {
    "": BookedTo.UNKNOWN,
    "costs": BookedTo.COSTS,
    "费用": BookedTo.COSTS,
    "interest": BookedTo.INTEREST,
    "利息": BookedTo.INTEREST,
    "principal": BookedTo.PRINCIPAL,
    "本金": BookedTo.PRINCIPAL,
}
LONGEST: Final = 100


@dataclass(frozen=True)
class PaymentRow:
    """One sound row; the amount is in minor units."""

    row: int
    contract_number: str
    on: date
    amount: int
    booked_to: str
    reference: str


def read_payments(
    content: bytes, *, currency: str, until: date
) -> tuple[list[PaymentRow], list[Fault]]:
    """
    Return the sound rows of a file and every fault of the others; no row is passed over.

    :raises FileUnreadable: not a table, or a needed column is missing
    """
    table = read_table(content)
    names = {name: _column(table.columns, name) for name in COLUMNS}
    for name in NEEDED:
        if names[name] is None:
            raise FileUnreadable(reason=f"{name} ({', '.join(COLUMNS[name][1:])})")
    rows: list[PaymentRow] = []
    faults: list[Fault] = []
    for cells in table.iter_rows(named=True):
        found, wrong = _row(cells, names, currency, until)
        faults += wrong
        if found is not None and not wrong:
            rows.append(found)
    return rows, faults


def _column(columns: list[str], name: str) -> str | None:
    known = {each.strip().casefold(): each for each in columns}
    return next((known[each] for each in COLUMNS[name] if each in known), None)


def _row(
    cells: dict[str, Any], names: dict[str, str | None], currency: str, until: date
) -> tuple[PaymentRow | None, list[Fault]]:
    text = {name: str(cells[column]) if column else "" for name, column in names.items()}
    number = int(cells[ROW])
    on, amount = _day(text["paid_on"]), _amount(text["amount"], currency)
    booked_to = BOOKED.get(text["booked_to"].casefold())
    faults = list(_faults(number, text, on, amount, booked_to, until))
    if on is None or amount is None or booked_to is None:
        return None, faults
    reference = text["reference"] or f"{on.isoformat()}:{amount}:{number}"
    return PaymentRow(number, text["contract_number"], on, amount, booked_to, reference), faults


def _faults(
    number: int,
    text: dict[str, str],
    on: date | None,
    amount: int | None,
    booked_to: str | None,
    until: date,
) -> Iterator[Fault]:
    if not text["contract_number"]:
        yield Fault(number, "contract_number", "missing", {})
    if on is None:
        yield Fault(number, "paid_on", "bad-date", {})
    elif on > until:
        yield Fault(number, "paid_on", "date-out-of-range", {})
    if amount is None:
        yield Fault(number, "amount", "bad-amount", {})
    elif amount <= 0:
        yield Fault(number, "amount", "zero" if amount == 0 else "negative", {})
    if booked_to is None:
        yield Fault(number, "booked_to", "bad-booked-to", {})
    if len(text["reference"]) > LONGEST:
        yield Fault(number, "reference", "too-long", {"limit": LONGEST})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None


def _amount(text: str, currency: str) -> int | None:
    try:
        amount = Decimal(ungrouped(text))
        if not amount.is_finite() or abs(amount) >= Decimal(10) ** (15 - exponent(currency)):
            return None
        return to_minor(amount, currency)
    except (InvalidOperation, ValueError):
        return None
