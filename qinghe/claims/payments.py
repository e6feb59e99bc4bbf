"""From which day on money can have been paid for a claim."""

from __future__ import annotations

from datetime import date
from typing import Final

# Where the day of the contract is not known: older than any debt that is collected.
OLDEST: Final = date(1990, 1, 1)


def earliest_payment(contract_on: date | None) -> date:
    """Return the first day on which money for a claim can have been paid: its contract's day."""
    return contract_on or OLDEST
