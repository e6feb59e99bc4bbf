"""How often one number or address may be used, over everybody; the sender counts the same. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from qinghe.contact.facts import Asked, Point, Situation
from qinghe.rules.contact.facts import Finding
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
    """Return how often one address may be used; the sender counts by the same numbers."""
    burst, day = rule("PLT-ADR-01"), rule("PLT-ADR-02")
    return (
        AddressLimit.of(burst, timedelta(seconds=burst.number("seconds"))),
        AddressLimit.of(day, timedelta(hours=day.number("hours"))),
    )


def busy_findings(situation: Situation, asked: Asked, point: Point) -> list[Finding]:
    """Find the limits that other contacts at the address have reached, whoever asked, whyever."""
    found = []
    for limit in address_limits():
        counted = limit.counted(asked.channel)
        used = sorted(
            earlier.past.at
            for earlier in situation.earlier
            if earlier.past.address == point.token
            and earlier.past.channel in counted
            and earlier.past.at > asked.at - limit.within
        )
        if len(used) >= limit.most:
            found.append(Finding(limit.rule_id, "deny", used[-limit.most] + limit.within))
    return found
