"""How often somebody may be contacted today, as words need it. No rule is applied here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qinghe.contact.queries import BudgetView
from qinghe.parties.terms import Channel

DIALS: Final = "person_dials_today"


@dataclass(frozen=True)
class Today:
    """What is left of a day: calls and messages, from when, and the hours that are open at all."""

    closed: bool
    calls: int
    # How often the phone may ring, answered or not; none where no limit applies.
    dials: int | None
    calls_from: datetime | None
    messages: int
    windows: tuple[tuple[datetime, datetime], ...]
    zone: str


def today_of(view: BudgetView) -> Today:
    """Return the day of a budget; what is not allowed before tomorrow counts as nothing left."""
    voice, sms = view.channel(Channel.VOICE), view.channel(Channel.SMS)
    calls, messages = voice.remaining, sms.remaining
    return Today(
        closed=bool(view.holds) or not (calls or messages),
        calls=calls,
        dials=next((each.remaining for each in view.allowances if each.name == DIALS), None),
        calls_from=None if voice.allowed else voice.next_allowed_at,
        messages=messages,
        windows=view.open_windows,
        zone=view.zone,
    )
