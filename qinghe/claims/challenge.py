"""How long a debtor may object before anybody collects. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from qinghe.rules.packs import rule

US_ZONES = ("America/", "US/", "Pacific/Honolulu")


def challenge_days(zones: Iterable[str]) -> int:
    """
    Return the days of the challenge window for a person who may be in any of the zones.

    The platform's own days (PLT-CHW-01); in the United States at least the validation period of
    Regulation F, 12 CFR 1006.34(b)(5), with the days until receipt is assumed.
    """
    own = rule("PLT-CHW-01")
    if not any(zone.startswith(US_ZONES) for zone in zones):
        return own.number("days")
    law = rule("US-VAL-04")
    receipt = law.number("assumed_receipt_business_days") + own.number("holiday_days")
    return max(own.number("days"), law.number("days") + receipt)


def challenge_end(zones: Iterable[str], at: datetime) -> datetime:
    """Return when a window that begins at a moment is over."""
    return at + timedelta(days=challenge_days(zones))
