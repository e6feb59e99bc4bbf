"""
How often one address may be used, over everybody who has it and everybody who asks. Pure.

The gate refuses by these numbers what it sees of one person; the sender counts again by the same
numbers what was sent, as the last wall.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from qinghe.rules.contact.facts import Finding, Past
from qinghe.rules.packs import Rule, rule


@dataclass(frozen=True)
class AddressLimit:
    """
    At most so many contacts by some channels at one address within a period before the next.

    `apart`: each channel is counted by itself.
    """

    rule_id: str
    most: int
    within: timedelta
    channels: frozenset[str]
    apart: bool

    @classmethod
    def of(cls, limit: Rule, within: timedelta) -> AddressLimit:
        """Read a rule of the platform's pack."""
        apart = bool(limit.parameters.get("apart"))
        return cls(limit.id, limit.number("max"), within, limit.words("channels"), apart)

    def counted(self, channel: str) -> frozenset[str]:
        """Return the channels that count against the next contact by one; none: no limit."""
        if channel not in self.channels:
            return frozenset()
        return frozenset({channel}) if self.apart else self.channels


@cache
def address_limits() -> tuple[AddressLimit, ...]:
    """Return the limits of the platform's pack."""
    burst, day = rule("PLT-ADR-01"), rule("PLT-ADR-02")
    return (
        AddressLimit.of(burst, timedelta(seconds=burst.number("seconds"))),
        AddressLimit.of(day, timedelta(hours=day.number("hours"))),
    )


def reached(pasts: Iterable[Past], address: str, channel: str, at: datetime) -> list[Finding]:
    """Find the limits that earlier contacts at an address leave no room under, and until when."""
    here = sorted((past.at, past.channel) for past in pasts if past.address == address)
    found = []
    for limit in address_limits():
        counted = limit.counted(channel)
        used = [when for when, how in here if how in counted and when > at - limit.within]
        if len(used) >= limit.most:
            found.append(Finding(limit.rule_id, "deny", used[-limit.most] + limit.within))
    return found
