"""What to offer when an order came back: more for the next hand, within bounds. Pure."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import Final

# A quarter more for each hand, in steps of half a per cent; nobody is paid half of a debt.
MORE: Final = Decimal("1.25")
STEP: Final = Decimal("0.005")
HIGHEST: Final = Decimal("0.45")


def suggested(rate: Decimal) -> Decimal:
    """Return the commission to offer the next hand, after one at this rate gave up."""
    more = (rate * MORE / STEP).to_integral_value(ROUND_CEILING) * STEP
    return max(rate, min(more, HIGHEST)).quantize(Decimal("0.0001"))
