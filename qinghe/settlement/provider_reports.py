"""
What a provider settled, as its report tells it: read strictly, one row for each movement. Pure.

A row that cannot be read stops the file: half a report would show differences that are none.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from qinghe.kernel.money import to_minor, ungrouped

ENCODINGS: Final = ("utf-8-sig", "gb18030")
MOST_ROWS: Final = 50_000
PAID, BACK = "paid", "back"
# The line that names the columns.
HEAD: Final = 1
COLUMNS: Final = {
    "number": ("number", "交易号", "订单号", "流水号"),
    "kind": ("kind", "类型", "业务类型"),
    "amount": ("amount", "金额", "交易金额"),
    "fee": ("fee", "手续费", "服务费"),
    "day": ("day", "日期", "结算日期", "交易日期"),
}
KINDS: Final = {
    PAID: ("paid", "payment", "收款", "支付", "交易"),
    BACK: ("back", "refund", "chargeback", "退款", "拒付"),
}


@dataclass(frozen=True)
class Settled:
    """One movement at the provider; amount and fee in minor units, both above or equal to zero."""

    row: int
    number: str
    kind: str
    amount: int
    fee: int
    day: date

    @property
    def net(self) -> int:
        """Return what of it goes to the platform's bank account."""
        return (self.amount if self.kind == PAID else -self.amount) - self.fee


class BadRow(ValueError):
    """A row that cannot be read; `row` is its line in the file."""

    def __init__(self, row: int, column: str) -> None:
        super().__init__(row, column)
        self.row, self.column = row, column


def read_report(content: bytes, currency: str) -> list[Settled]:
    """
    Return the movements of a report.

    :raises BadRow: no table, a column is missing, a cell cannot be read, or a number twice
    """
    rows = [row for row in csv.reader(io.StringIO(_decoded(content))) if any(row)]
    if not rows or len(rows) > MOST_ROWS:
        raise BadRow(HEAD, "number")
    places = {name: _place(rows[0], name) for name in COLUMNS}
    found = [_settled(n, row, places, currency) for n, row in enumerate(rows[1:], start=2)]
    seen: set[tuple[str, str]] = set()
    for each in found:
        if (each.number, each.kind) in seen:
            raise BadRow(each.row, "number")
        seen.add((each.number, each.kind))
    return found


def _decoded(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadRow(HEAD, "number")


def _place(head: Sequence[str], name: str) -> int:
    low = [cell.strip().casefold() for cell in head]
    for word in COLUMNS[name]:
        if word in low:
            return low.index(word)
    raise BadRow(HEAD, name)


def _settled(n: int, row: Sequence[str], places: dict[str, int], currency: str) -> Settled:
    def cell(name: str) -> str:
        if places[name] >= len(row):
            raise BadRow(n, name)
        return row[places[name]].strip()

    kind = next((kind for kind, words in KINDS.items() if cell("kind").casefold() in words), "")
    if not kind or not cell("number"):
        raise BadRow(n, "kind" if not kind else "number")
    try:
        day = date.fromisoformat(cell("day")[:10].replace("/", "-"))
    except ValueError:
        raise BadRow(n, "day") from None
    amount, fee = (_minor(n, name, cell(name), currency) for name in ("amount", "fee"))
    return Settled(n, cell("number"), kind, amount, fee, day)


def _minor(n: int, name: str, told: str, currency: str) -> int:
    try:
        amount = Decimal(ungrouped(told).lstrip("¥￥") or "0")
        minor = to_minor(amount, currency)
    except (InvalidOperation, ValueError):
        raise BadRow(n, name) from None
    if minor < 0 or (name == "amount" and minor == 0):
        raise BadRow(n, name)
    return minor
