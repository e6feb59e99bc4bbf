"""
What the operator's own pack adds to the answer of law and platform: findings, never permissions.

A house rule is asked beside the rule it tightens, so whatever was denied stays denied. A notice
required by law, by letter or e-mail, is not the operator's to delay.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from qinghe.rules.contact.clock import (
    DAY,
    Spans,
    day_after,
    day_start,
    hours_on,
    intersect,
    local_day,
    merge,
    national,
)
from qinghe.rules.contact.facts import Counters, Finding
from qinghe.rules.contact.force import ANY
from qinghe.rules.contact.limits import limits
from qinghe.rules.house import CLOSED_DAYS, RESTS, Closure, House

OPENS, CLOSES = "HSE-WIN-01", "HSE-WIN-02"
MESSAGES, PAUSE = "HSE-MSG-01", "HSE-GAP-01"
WRITTEN = frozenset({"letter", "email"})
MIDNIGHT = 1440
# Every day has open hours, so a closed moment opens within a day or two.
DAYS_AHEAD = 3
# The counter each house limit looks at.
COUNTED = {
    "HSE-FRQ-01": "cn_talks_today",
    "HSE-FRQ-02": "cn_oneway_today",
    "HSE-FRQ-03": "cn_unanswered_today",
    "HSE-CAP-01": "person_answered_today",
    "HSE-CAP-02": "person_dials_today",
}
HOUSE_RULE_OF = {counter: key for key, counter in COUNTED.items()} | {
    "person_messages_today": MESSAGES
}


@dataclass(frozen=True, slots=True)
class Planned:
    """
    One planned contact as a house pack sees it.

    `counters` and `messages` are those before it, `last_at` the last contact about a claim over
    everybody, `ended` when the person's last hold of a kind ended.
    """

    at: datetime
    channel: str
    mode: str
    purpose: str
    zones: tuple[str, ...]
    counters: Counters
    messages: int = 0
    is_message: bool = False
    last_at: datetime | None = None
    ended: Mapping[str, datetime] = field(default_factory=dict)


def operator_findings(house: House, planned: Planned) -> list[Finding]:
    """Return every house rule that refuses, with the moment it lapses by itself."""
    if not house or not planned.zones or _owed_by_law(planned):
        return []
    found = [*_counts(house, planned), *_pauses(house, planned), *_days(house, planned)]
    # Letters have no hours, in the law as here.
    if planned.channel in ANY:
        found += _hours(house, planned)
    return found


def house_end(house: House, planned: Planned) -> datetime | None:
    """Return when a permitted act must end by house hours; `None` without such hours."""
    start, end = house.figures.get(OPENS, 0), house.figures.get(CLOSES, MIDNIGHT)
    if end == MIDNIGHT or _owed_by_law(planned):
        return None
    closes = [
        stop
        for zone in _zones(planned)
        for _, stop in hours_on(zone, local_day(zone, planned.at), start, end)
    ]
    return min(closes, default=None)


def tightened(house: House, counter: str, rule_id: str, limit: int) -> tuple[str, int]:
    """Return the rule and the limit that bind a counter: the house's own where it is stricter."""
    own = HOUSE_RULE_OF.get(counter, "")
    figure = house.figures.get(own, limit)
    return (own, figure) if figure < limit else (rule_id, limit)


def open_spans(house: House, zones: tuple[str, ...], spans: Spans) -> Spans:
    """Return what house hours and closed days leave of open spans."""
    if not house:
        return spans
    start, end = house.figures.get(OPENS, 0), house.figures.get(CLOSES, MIDNIGHT)
    for zone in dict.fromkeys(map(national, zones)):
        days = {local_day(zone, moment) for span in spans for moment in span}
        hours = [hours_on(zone, day, start, end) for day in days if not _closed(house, day)]
        spans = intersect(spans, merge(span for each in hours for span in each))
    return spans


def _closed(house: House, day: date) -> Closure | None:
    return next((each for each in house.closed if each.first <= day < each.until), None)


def _owed_by_law(planned: Planned) -> bool:
    return planned.purpose == "legal_notice" and planned.channel in WRITTEN


def _zones(planned: Planned) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(national, planned.zones)))


def _counts(house: House, planned: Planned) -> Iterator[Finding]:
    for rule_id, counter in COUNTED.items():
        limit = house.figures.get(rule_id)
        if limit is None or not _concerns(rule_id, planned):
            continue
        if getattr(planned.counters, counter) >= limit:
            yield Finding(rule_id, "deny", _tomorrow(planned))
    most = house.figures.get(MESSAGES)
    if most is not None and planned.is_message and planned.messages >= most:
        yield Finding(MESSAGES, "deny", _tomorrow(planned))


def _concerns(rule_id: str, planned: Planned) -> bool:
    """Tell whether a limit is about such a call at all, as for the rule it tightens."""
    modes = {"HSE-FRQ-01": limits().talk_modes, "HSE-FRQ-02": limits().oneway_modes}
    return planned.channel == "voice" and planned.mode in modes.get(rule_id, {planned.mode})


def _tomorrow(planned: Planned) -> datetime:
    home = national(planned.zones[0])
    return day_after(home, local_day(home, planned.at))


def _pauses(house: House, planned: Planned) -> Iterator[Finding]:
    gap = house.figures.get(PAUSE)
    if gap is not None and planned.last_at is not None:
        until = planned.last_at + timedelta(minutes=gap)
        if planned.at < until:
            yield Finding(PAUSE, "deny", until)
    for rule_id, kind in RESTS.items():
        days, ended = house.figures.get(rule_id), planned.ended.get(kind)
        if days is not None and ended is not None and planned.at < ended + days * DAY:
            yield Finding(rule_id, "deny", ended + days * DAY)


def _hours(house: House, planned: Planned) -> Iterator[Finding]:
    start, end = house.figures.get(OPENS, 0), house.figures.get(CLOSES, MIDNIGHT)
    if (start, end) == (0, MIDNIGHT):
        return
    for zone in _zones(planned):
        today = local_day(zone, planned.at)
        until = _opens(zone, today, planned.at, start, end)
        if until is not None:
            early = local_day(zone, until) == today
            yield Finding(OPENS if early else CLOSES, "deny", until)


def _opens(zone: str, day: date, at: datetime, start: int, end: int) -> datetime | None:
    """Return when the hours open next; `None` while they are open."""
    for ahead in range(DAYS_AHEAD):
        for opens, closes in hours_on(zone, day + ahead * DAY, start, end):
            if at < closes:
                return opens if at < opens else None
    return day_start(zone, day + DAYS_AHEAD * DAY)


def _days(house: House, planned: Planned) -> Iterator[Finding]:
    for zone in _zones(planned):
        closure = _closed(house, local_day(zone, planned.at))
        if closure is not None:
            yield Finding(CLOSED_DAYS, "deny", day_start(zone, closure.until))
