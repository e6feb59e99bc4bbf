"""Whether an account number can be one, by its own check digits. Pure."""

from __future__ import annotations

import re
from typing import Final

from stdnum import iban, luhn

# Longer than what a mask shows of it; a bank gives none shorter.
NUMBER: Final = re.compile(r"\d{9,34}")
FOREIGN: Final = re.compile(r"[A-Z]{2}\d{2}[0-9A-Z]+")
# Cards of Chinese banks: their last digit checks the others.
CARD: Final = re.compile(r"62\d{14,17}")


def tidy(typed: str) -> str:
    """Return an account number as it is kept: no spaces, no hyphens, capital letters."""
    return re.sub(r"[\s-]", "", typed).upper()


def fits(number: str) -> bool:
    """Tell whether a number can be an account: an IBAN, a card, or digits alone."""
    if FOREIGN.fullmatch(number):
        return bool(iban.is_valid(number))
    if CARD.fullmatch(number):
        return bool(luhn.is_valid(number))
    return NUMBER.fullmatch(number) is not None
