"""The agreed rate for late payment, cut to what the law lets be collected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from qinghe.rules import interest
from qinghe.rules.lpr import StaleRate, series
from qinghe.rules.packs import rule

# A creditor whose kind is not known is judged like a private lender: the stricter way.
STRICTEST: Final = "private_company"
# Who borrows from any of these is judged the stricter way, so a creditor may say so of itself.
STRICT_KINDS: Final = ("natural_person", STRICTEST)


@dataclass(frozen=True)
class Applied:
    """The rate that may be applied, or the fault (code and rule) that keeps the claim out."""

    rate_pct: Decimal | None
    fault: str = ""
    rule: str = ""


@lru_cache(maxsize=100_000)
def applied(lender_kind: str, contract_on: date | None, rate_pct: Decimal | None) -> Applied:
    """Return the lawful part of a rate in percent a year, by lender and day of the contract."""
    if not rate_pct:
        return Applied(rate_pct)
    if contract_on is None:
        return Applied(None, "rate-without-contract")
    kind = lender_kind or STRICTEST
    try:
        taken = interest.intake(lender_kind=kind, contract_on=contract_on, all_in_pct=rate_pct)
        cap = interest.cap(lender_kind=kind, signed=contract_on)
    except StaleRate:
        return Applied(None, "rate-not-known")
    if taken.decision == "deny":
        return Applied(None, "rate-over-limit", taken.rules[0])
    return Applied(rate_pct if (most := _most(cap)) is None else min(rate_pct, most))


def _most(cap: interest.Cap) -> Decimal | None:
    if cap.regime == "transition_only":
        # A court grants old loans four times the newest rate at most.
        return series().values[-1] * rule("CN-INT-01").number("multiple")
    return cap.cap_pct
