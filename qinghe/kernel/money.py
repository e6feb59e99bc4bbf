"""
Money in integer minor units. Pure: no Django, no float.

Rates are `Fraction` or `Decimal`; a split never makes or loses a cent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

# ISO 4217: currencies whose minor unit is not a hundredth.
EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "BHD": 3, "KWD": 3, "TND": 3}

# Currencies that something is accounted in here; another code is a slip of the hand.
CURRENCIES = frozenset(("CNY", "HKD", "USD", "EUR", "GBP", "SGD", *EXPONENTS))

# Groups of three digits before the decimals; what is no digit is judged by who reads the number.
GROUPED = re.compile(r"[^\d,.]*\d{1,3}(?:,\d{3})+(?:\.\d*)?[^\d,.]*")
# The same with blanks, of whatever width.
SPACED = re.compile(r"[^\d,.]*\d{1,3}(?:\s\d{3})+(?:\.\d*)?[^\d,.]*")
BETWEEN = re.compile(r"(?<=\d)\s(?=\d)")
FULL_WIDTH = str.maketrans("０１２３４５６７８９．，", "0123456789.,")


def exponent(currency: str) -> int:
    """Return the number of decimals of a currency (ISO 4217)."""
    return EXPONENTS.get(currency, 2)


def ungrouped(text: str) -> str:
    """
    Return an amount without the commas between its thousands, full-width ones too.

    :raises ValueError: a comma stands elsewhere: `5,0` is five to one reader and fifty to another
    """
    plain = text.replace("，", ",")
    if "," in plain and not GROUPED.fullmatch(plain):
        raise ValueError("commas stand between thousands only")
    return plain.replace(",", "")


def typed(text: str) -> str:
    """
    Return an amount as a person types it, with plain digits and no blanks between its thousands.

    Blanks elsewhere stay: what they mean is for the reader to refuse. In files they part columns.
    """
    plain = text.strip().translate(FULL_WIDTH)
    return BETWEEN.sub("", plain) if SPACED.fullmatch(plain) else plain


def to_minor(amount: Decimal, currency: str) -> int:
    """
    Return an amount in minor units.

    :raises ValueError: the amount has more decimals than the currency
    """
    scaled = amount.scaleb(exponent(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"more than {exponent(currency)} decimals")
    return int(scaled)


def to_major(minor: int, currency: str) -> Decimal:
    """Return minor units as a decimal amount with the currency's decimals."""
    return Decimal(minor).scaleb(-exponent(currency))


def split(amount: int, rate: Fraction | Decimal) -> tuple[int, int]:
    """Return (share rounded down, remainder); their sum is the amount."""
    share = int(amount * Fraction(rate))
    return share, amount - share


def half_up(value: Fraction) -> int:
    """Return the nearest integer, halves away from zero."""
    sign = -1 if value < 0 else 1
    return sign * int(abs(value) + Fraction(1, 2))


def apportion(amount: int, weights: Sequence[int]) -> list[int]:
    """
    Return the amount cut in proportion to weights, by largest remainder; ties go to the first.

    :raises ValueError: no positive weight
    """
    total = sum(weights)
    if total <= 0:
        raise ValueError("weights must have a positive sum")
    shares = [amount * weight // total for weight in weights]
    rest = amount - sum(shares)
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for i in order[:rest]:
        shares[i] += 1
    return shares
