"""What a bank file carries."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

# The number of a bank in China's clearing system stands in what a party wrote of its bank.
CLEARING: Final = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")


@dataclass(frozen=True)
class Payer:
    """The platform's own account."""

    name: str = ""
    number: str = ""
    bic: str = ""


@dataclass(frozen=True)
class Line:
    """One payout; who gets it is never printed."""

    end_to_end: str
    amount: int
    purpose: str
    holder: str = field(repr=False)
    number: str = field(repr=False)
    bank: str = field(repr=False)

    @property
    def clearing(self) -> str:
        """Return the bank's number in the clearing system, where the party wrote it."""
        found = CLEARING.search(self.bank)
        return found[0] if found else ""

    @property
    def bank_name(self) -> str:
        """Return the bank's name without that number."""
        return CLEARING.sub("", self.bank).strip(" ,;，；()（）")


@dataclass(frozen=True)
class Batch:
    """The payouts of a run; amounts in minor units."""

    number: str
    made_at: datetime
    executes_on: date
    currency: str
    payer: Payer
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        """Return the sum of the lines."""
        return sum(line.amount for line in self.lines)
