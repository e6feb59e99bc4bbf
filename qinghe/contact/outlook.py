"""What a day still holds: the gate is asked again and again, in thought. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from qinghe.contact.decision import Decision, decide
from qinghe.contact.facts import Asked, Earlier, Situation
from qinghe.rules.contact.clock import day_after, local_day, national
from qinghe.rules.contact.facts import Finding, Past

# No channel of the packs has room for more in a day; a mistake in a pack must not loop.
MOST: Final = 12
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Outlook:
    """How many more the local day would let through, and the decision that ends the row."""

    more: int
    last: Decision


def outlook(situation: Situation, asked: Asked, now: Decision) -> Outlook:
    """
    Return how many more contacts of one kind the person's day permits from now on.

    Each is made at the first moment the gate would let it through, and counts as the most it can
    count as. `now` is the gate's answer to the first of them.
    """
    zones = situation.all_zones()
    if not zones:
        return Outlook(0, now)
    home = national(zones[0])
    ends = day_after(home, local_day(home, asked.at))
    more, decision = 0, now
    while more < MOST:
        if not decision.denied:
            more += 1
            situation = after(situation, asked, decision)
        elif decision.next_allowed_at is None or decision.next_allowed_at >= ends:
            break
        else:
            asked = replace(asked, at=decision.next_allowed_at)
        decision = decide(situation, asked)
    return Outlook(more, decision)


def lasting(decision: Decision) -> Finding | None:
    """Return the refusal that lasts longest: the one that decides when all of it is over."""
    denying = [finding for finding in decision.findings if finding.level == "deny"]
    return max(denying, key=lambda each: (each.until is None, each.until or LONG_AGO), default=None)


def after(situation: Situation, asked: Asked, decision: Decision) -> Situation:
    """Return the situation once a permitted contact was made, with the outcome that counts most."""
    past = Past(
        at=asked.at,
        channel=asked.channel,
        direction="outbound",
        outcome=_outcome(asked),
        person=situation.person,
        collector=situation.worker.collector,
        creditor=situation.debt.creditor_group,
        debts=(situation.debt.id,),
        mode=asked.mode,
        address=decision.point.token if decision.point else None,
        role="debtor",
        creditor_group=situation.debt.creditor_group,
    )
    return replace(situation, earlier=(*situation.earlier, Earlier(past, asked.purpose)))


def _outcome(asked: Asked) -> str:
    return "talk" if asked.channel == "voice" and asked.mode == "human" else "delivered"
