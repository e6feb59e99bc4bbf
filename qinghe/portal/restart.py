"""What a debtor does that may let the time for going to court run anew, as the rules name it."""

from __future__ import annotations

from typing import Final

from qinghe.rules.packs import rule

ACTS: Final = "CN-LIM-05"
PART, PLAN, DELAY = "part_payment", "repayment_plan", "request_for_delay"


def restarts(act: str) -> bool:
    """Tell whether an act counts as an acknowledgement, which begins the period anew."""
    return act in rule(ACTS).words("acts")
