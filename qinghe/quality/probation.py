"""
Probation: how many orders a collector without a record may hold, and when it waits. Pure.

The ladder says how large and how many orders a grade opens; this says how much of it is open before
anything is known. What was established counts against a collector, what is being heard pauses it,
and nothing a collector earns opens anything.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from qinghe.quality.ladder import BOTTOM, Facts, Ladder, Step, allowed

# One complaint alone never pauses anybody: it would be a weapon.
HEARD_AT_LEAST: Final = 2


def points(facts: Facts, law: Ladder) -> int:
    """Return what a record comes to: proven accounts, less what was established lately."""
    costs = law.probation.costs
    other = facts.lately - facts.lately_grave
    return (
        facts.proven
        - costs["grave"] * facts.lately_grave
        - costs["complaints"] * other
        - costs["idle"] * facts.idle
    )


def places(step: Step, facts: Facts, law: Ladder) -> int:
    """
    Return how many orders a collector on a step may hold at once.

    From the step on that ends probation it is what the step says; recognised experience ends it.
    """
    rule = law.probation
    if facts.recognised or law.place(step.key) >= law.place(rule.below):
        return step.open_cap
    people, found = max(facts.certified, 1), points(facts, law)
    if found <= rule.shut_at * people:
        return 0
    extra = max((more for least, more in rule.opened.items() if found >= least), default=0)
    return min(rule.each * people + extra, step.open_cap)


def next_opening(step: Step, facts: Facts, law: Ladder) -> tuple[int, int] | None:
    """Return how many points are missing to the next places, and how many places that makes."""
    now, found = places(step, facts, law), points(facts, law)
    for least in sorted(
        {law.probation.shut_at * max(facts.certified, 1) + 1, *law.probation.opened}
    ):
        if least > found:
            then = places(step, replace(facts, proven=facts.proven + least - found), law)
            if then > now:
                return least - found, then
    return None


def pauses(facts: Facts, law: Ladder) -> bool:
    """
    Tell whether what is being heard would stop a collector if it were found justified.

    Whoever is stopped already is not paused; many accounts bear many complaints.
    """
    if facts.heard < HEARD_AT_LEAST or allowed(facts, law) == BOTTOM:
        return False
    found = replace(facts, upheld=facts.upheld + facts.heard, grave=facts.grave + facts.heard_grave)
    return allowed(found, law) == BOTTOM
