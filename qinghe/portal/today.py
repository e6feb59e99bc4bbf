"""How often somebody may be contacted today, as words need it. No rule is applied here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from qinghe.contact.queries import BudgetView
from qinghe.parties.terms import Channel

CALLS = ("cn_talks_today", "person_answered_today", "person_dials_today", "cn_unanswered_today")
MESSAGES = ("cn_oneway_today", "person_messages_today")


@dataclass(frozen=True)
class Today:
    """What is left of a day: calls and messages, from when, and the hours that are open at all."""

    closed: bool
    calls: int
    calls_from: datetime | None
    messages: int
    windows: tuple[tuple[datetime, datetime], ...]
    zone: str


def today_of(view: BudgetView) -> Today:
    """Return the day of a budget; what is not allowed before tomorrow counts as nothing left."""
    voice, sms = view.channel(Channel.VOICE), view.channel(Channel.SMS)
    calls = _left(view, CALLS) if voice.allowed or _later_today(view, voice.next_allowed_at) else 0
    messages = _left(view, MESSAGES)
    if not (sms.allowed or _later_today(view, sms.next_allowed_at)):
        messages = 0
    return Today(
        closed=bool(view.holds) or not (calls or messages),
        calls=calls,
        calls_from=None if voice.allowed else voice.next_allowed_at,
        messages=messages,
        windows=view.open_windows,
        zone=view.zone,
    )


def _left(view: BudgetView, names: tuple[str, ...]) -> int:
    left = [a.remaining for a in view.allowances if a.name in names and a.remaining is not None]
    return min(left, default=0)


def _later_today(view: BudgetView, moment: datetime | None) -> bool:
    if moment is None or view.local_day is None:
        return False
    zone = ZoneInfo(view.zone or settings.DISPLAY_ZONE)
    return moment.astimezone(zone).date() == view.local_day
