"""One statement as every format tells it, and the checks that hold for all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from qinghe.kernel.money import to_major, to_minor
from qinghe.settlement.bank.refusals import (
    BadStatement,
    BalanceDiffers,
    StatementTooLong,
)

# Minor units; anything above is a broken file, not a payment.
LARGEST: Final = 10**15
# Lines of one file; a bank that sends more cuts it by days.
MOST_LINES: Final = 50_000
LONGEST_TEXT: Final = 1_000
CURRENCY: Final = re.compile(r"[A-Z]{3}")
# A date outside is a misread column, and would wait in suspense for ever.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class Line:
    """One entry; `amount` in minor units above zero, `row` where the file has it."""

    row: int
    booked_on: date
    value_on: date
    amount: int
    credit: bool
    # The bank's own number of the entry; empty where it gives none.
    reference: str = ""
    # What the payer wrote, who it was and from which account: personal, for the vault only.
    text: str = ""
    payer: str = ""
    payer_account: str = ""

    @property
    def signed(self) -> int:
        return self.amount if self.credit else -self.amount


@dataclass(frozen=True)
class Sheet:
    """One statement of one account; balances in minor units where the bank tells them."""

    kind: str
    account: str
    currency: str
    lines: tuple[Line, ...]
    number: str = ""
    opening: int | None = None
    closing: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None


def checked(sheet: Sheet) -> Sheet:
    """
    Return a statement whose sums hold, with its days filled in.

    :raises BadStatement: its currency is none
    :raises BalanceDiffers: opening balance and entries are not the closing balance
    :raises StatementTooLong: more entries than one file may have
    """
    if not CURRENCY.fullmatch(sheet.currency):
        raise BadStatement(row=1, field="currency")
    if len(sheet.lines) > MOST_LINES:
        raise StatementTooLong(most=MOST_LINES)
    if sheet.opening is not None and sheet.closing is not None:
        counted = sheet.opening + sum(line.signed for line in sheet.lines)
        if counted != sheet.closing:
            raise BalanceDiffers(
                counted=f"{to_major(counted, sheet.currency)}",
                told=f"{to_major(sheet.closing, sheet.currency)}",
                currency=sheet.currency,
            )
    days = [line.booked_on for line in sheet.lines]
    starts, ends = (
        sheet.starts_on or min(days, default=None),
        sheet.ends_on or max(days, default=None),
    )
    return Sheet(
        sheet.kind,
        sheet.account,
        sheet.currency,
        sheet.lines,
        sheet.number,
        sheet.opening,
        sheet.closing,
        starts,
        ends,
    )


def minor(text: str, currency: str, row: int, field: str, *, least: int = 1) -> int:
    """
    Return an amount in minor units.

    :raises BadStatement: not a plain decimal number of this currency
    """
    if not re.fullmatch(r"-?\d{1,15}(\.\d{0,6})?", text):
        raise BadStatement(row=row, field=field)
    try:
        amount = to_minor(Decimal(text), currency)
    except (ArithmeticError, ValueError) as fault:
        raise BadStatement(row=row, field=field) from fault
    if not least <= amount <= LARGEST:
        raise BadStatement(row=row, field=field)
    return amount


def day(read: Callable[[], date], row: int, field: str) -> date:
    """
    Return a day of a plausible year.

    :raises BadStatement: not a day
    """
    try:
        found = read()
    except (ValueError, OverflowError) as fault:
        raise BadStatement(row=row, field=field) from fault
    if not FIRST_DAY <= found <= LAST_DAY:
        raise BadStatement(row=row, field=field)
    return found


def plain(parts: Iterable[str]) -> str:
    """Return texts as one line, without control characters, cut at a length no bank passes."""
    joined = " ".join(part for part in parts if part)
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", joined).strip()[:LONGEST_TEXT]
