"""The facts the gate judges by: one person, one claim, and what somebody wants to do. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final
from uuid import UUID

from qinghe.contact.terms import AttemptState
from qinghe.rules.contact.facts import Debt, Objection, Past, Worker
from qinghe.rules.house import OPEN_HOUSE, House

KIND_OF: Final = {
    "voice": "phone",
    "sms": "phone",
    "email": "email",
    "letter": "address",
    "visit": "address",
}
HELD_PURPOSES: Final = frozenset({"collect", "locate"})


@dataclass(frozen=True)
class Point:
    """One address of the person, as a token."""

    id: UUID
    token: str
    kind: str
    zone: str
    source: str
    is_work: bool


@dataclass(frozen=True)
class Held:
    """One live hold: its kind, since when, until when."""

    kind: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Earlier:
    """
    An earlier attempt that counts, and whether it was about collecting.

    One that two persons let past a cap is `counted` in it, whatever its purpose.
    """

    past: Past
    purpose: str
    counted: bool = False

    @property
    def about_claims(self) -> bool:
        """Tell whether it counts in the platform's caps on contact about claims."""
        return self.counted or self.purpose in HELD_PURPOSES


@dataclass(frozen=True)
class Situation:
    """Everything about one person and one claim that the gate looks at."""

    person: str
    zones: tuple[str, ...]
    deceased: bool
    debt: Debt
    worker: Worker
    points: tuple[Point, ...]
    holds: tuple[Held, ...]
    objections: tuple[Objection, ...]
    earlier: tuple[Earlier, ...]
    # The operator's own pack in force, and when holds that it prolongs ended, by kind.
    house: House = OPEN_HOUSE
    ended: Mapping[str, datetime] = field(default_factory=dict)

    def point_for(self, channel: str) -> Point | None:
        """Return the address for a channel: the first usable one, never another when it fails."""
        return next((p for p in self.points if p.kind == KIND_OF.get(channel)), None)

    def all_zones(self) -> tuple[str, ...]:
        """Return every zone where the person may be, each once, the primary first."""
        return self._everywhere

    @cached_property
    def _everywhere(self) -> tuple[str, ...]:
        named = (*self.zones, *(point.zone for point in self.points if point.zone))
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True)
class Asked:
    """
    What somebody wants to do.

    A notice that two persons of compliance let through is `counted` in the caps whatever its
    purpose; `set_aside` names the platform rules it may pass.
    """

    channel: str
    mode: str
    purpose: str
    at: datetime
    approved: bool = True
    counted: bool = False
    set_aside: frozenset[str] = frozenset()


def counted_outcome(*, channel: str, mode: str, state: str, outcome: str | None) -> str:
    """
    Return as what an attempt counts in the rules.

    What is not known counts as the most: a call as a talk, a message as delivered. A call that was
    cut off was a talk. A technical failure counts as an unanswered dial: a permission once given is
    spent.
    """
    if channel != "voice":
        return "delivered"
    if outcome == "dropped":
        return "talk"
    if outcome == "failed" or state == AttemptState.FAILED:
        return "no_answer"
    return outcome or ("talk" if mode == "human" else "delivered")
