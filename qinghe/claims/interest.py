"""Simple interest for late payment. Pure; the rate was cut to the lawful cap at intake."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from qinghe.claims.terms import YEAR_DAYS
from qinghe.kernel.money import half_up


def accrue(
    principal: int, rate_pct: Decimal | None, since: date, until: date
) -> tuple[int, dict[str, object]]:
    """
    Return the interest of a period in minor units, and the facts that explain it.

    `rate_pct` is percent a year; `since` counts, `until` does not. Rounded half up, once.
    """
    days = max((until - since).days, 0)
    rate = Fraction(rate_pct or 0) / 100
    amount = half_up(principal * rate * days / YEAR_DAYS)
    facts: dict[str, object] = {
        "principal": principal,
        "rate_pct": str(rate_pct or 0),
        "from": since.isoformat(),
        "to": until.isoformat(),
        "days": days,
        "year": YEAR_DAYS,
    }
    return amount, facts
