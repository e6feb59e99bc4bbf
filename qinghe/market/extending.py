"""
By how much a mandate lasts longer after what the debtor did. Pure; the figures are in the terms.

It never lasts longer by what a collector tried, and never beyond a bound.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from qinghe.claims.days import end_of
from qinghe.market.terms import ExtensionKind

# Days after the promised day, after the payment, after the last part of a plan.
RULES: Final = {
    ExtensionKind.PROMISE: 7,
    ExtensionKind.TOLD_PROMISE: 7,
    ExtensionKind.PAYMENT: 30,
    ExtensionKind.PLAN: 7,
}
# All extensions together: at most as long again as was agreed, and never more than this.
LONGEST: Final = 180


def latest(starts_at: datetime, agreed_ends_at: datetime) -> datetime:
    """Return the moment beyond which nothing extends a mandate."""
    agreed = agreed_ends_at - starts_at
    return agreed_ends_at + min(agreed, timedelta(days=LONGEST))


def wanted(kind: ExtensionKind, day: date) -> datetime:
    """
    Return until when a mandate should last at least: the end of a day some days on.

    `day` is the promised day, the day of the payment, or the day of the plan's last part.
    """
    return end_of(day + timedelta(days=RULES[kind]))
