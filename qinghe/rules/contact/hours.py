"""
Hours: the windows of the packs, consents that widen them, objections that narrow them.

Every opening must be open in every zone where the person may be. A consent joins the hours of a
rule; an objection to times stands beside the rules and narrows even a consent.
"""

from datetime import date, datetime, timedelta

from qinghe.rules.contact.case import Case, Moment, stops_at
from qinghe.rules.contact.clock import (
    CHINESE_ZONES,
    DAY,
    Span,
    Spans,
    day_after,
    day_start,
    hours_on,
    local_day,
    merge,
    national,
)
from qinghe.rules.contact.facts import Consent, Objection
from qinghe.rules.contact.force import Hours

# Hours repeat daily, so an act that does not fit within these days never fits.
HORIZON_DAYS = 9
NO_TIME = timedelta()
FREE_CHANNELS = frozenset({"letter"})


def check_hours(moment: Moment) -> None:
    """Find every window rule and every objection to times that is closed at the moment."""
    case = moment.case
    channel = case.act.channel
    for hours in moment.force.hours:
        if channel in hours.channels:
            for zone in zones_of(case, hours.national):
                _check(moment, hours.rule_ids, Opening(case, hours, zone))
    for objection in case.objections:
        if applies(objection, case):
            for zone in zones_of(case, True):
                _check_objection(moment, objection, Refusal(objection, zone))


def applies(objection: Objection, case: Case) -> bool:
    """Tell whether an objection to times concerns the act at all."""
    return (
        objection.kind == "time"
        and case.act.channel not in FREE_CHANNELS
        and case.purpose != "legal_notice"
        and (not objection.channels or case.act.channel in objection.channels)
    )


def zones_of(case: Case, by_law: bool) -> tuple[str, ...]:
    """Return the zones whose clocks count; by law, all places of China share one clock."""
    zones = case.addressee.zones
    if not by_law or CHINESE_ZONES.isdisjoint(zones):
        return zones
    legal = [national(zone) for zone in zones]
    return tuple(dict.fromkeys([*legal, *zones] if case.settings.strict_dual_zone else legal))


class Opening:
    """The hours one rule opens in one zone, with the consents that widen them."""

    __slots__ = ("clock", "consents", "hours", "lapses_at", "zone")

    def __init__(self, case: Case, hours: Hours, zone: str) -> None:
        self.hours = hours
        self.zone = zone
        self.lapses_at: datetime | None = None
        self.consents = case.widenings if hours.consent_widens else []
        self.clock = zone if hours.national else national(zone)

    def on(self, day: date) -> Spans:
        """Return the open spans of a local day."""
        spans = hours_on(self.zone, day, self.hours.start, self.hours.end)
        if not self.consents:
            return spans
        start, end = day_start(self.zone, day), day_after(self.zone, day)
        wider = [span for consent in self.consents for span in self._agreed(consent, start, end)]
        return merge((*spans, *wider))

    def closes(self, day: date, at: datetime) -> bool:
        """Tell whether the rule, without any consent, still allows its closing second."""
        if not self.hours.last_second:
            return False
        own = hours_on(self.zone, day, self.hours.start, self.hours.end)
        return any(end == at for _, end in own)

    def _agreed(self, consent: Consent, start: datetime, end: datetime) -> list[Span]:
        window, stop = consent.window, stops_at(consent)
        if window is None:
            return []
        first, last = max(start, consent.given_at), end if stop is None else min(end, stop)
        days = {local_day(self.clock, start), local_day(self.clock, end)}
        return [
            (max(first, opens), min(last, closes))
            for day in days
            for opens, closes in hours_on(self.clock, day, window.start, window.end)
        ]


class Refusal:
    """The hours an objection leaves open in one zone; before it and after it, all."""

    __slots__ = ("lapses_at", "objection", "zone")

    def __init__(self, objection: Objection, zone: str) -> None:
        self.objection = objection
        self.zone = zone
        self.lapses_at = objection.withdrawn_at

    def on(self, day: date) -> Spans:
        """Return the open spans of a local day."""
        window, withdrawn = self.objection.allowed_window, self.objection.withdrawn_at
        start, end = day_start(self.zone, day), day_after(self.zone, day)
        spans = hours_on(self.zone, day, window.start, window.end) if window else ()
        before = (start, min(end, self.objection.at))
        after = (end if withdrawn is None else max(start, withdrawn), end)
        return merge((*spans, before, after))

    def closes(self, day: date, at: datetime) -> bool:
        """An objection ends when it says."""
        return False


def _check(moment: Moment, rules: tuple[str, ...], opening: Opening | Refusal) -> None:
    at, act = moment.at, moment.case.act
    room = act.ends_at - act.planned_at if act.channel == "visit" and act.ends_at else NO_TIME
    day = moment.day if opening.zone == moment.case.home else local_day(opening.zone, at)
    span = span_at(opening, day, at)
    if span is not None and at + room <= span[1]:
        moment.ends.append(span[1])
    elif not room and opening.closes(day, at):
        moment.ends.append(at)
    else:
        moment.fire(*rules, until=next_opening(opening, day, at, room))


def _check_objection(moment: Moment, objection: Objection, refusal: Refusal) -> None:
    withdrawn = objection.withdrawn_at
    if objection.at <= moment.at and (withdrawn is None or moment.at < withdrawn):
        rules = ("PLT-OBJ-01", "CN-FRQ-06", "US-WIN-02", "UK-WIN-01")
        _check(moment, rules, refusal)


def span_at(opening: Opening | Refusal, day: date, at: datetime) -> Span | None:
    """Return the open span of a local day that holds a moment, followed across midnight."""
    for start, end in opening.on(day):
        if start <= at < end:
            return start, _joined(opening, day, end)
    return None


def _joined(opening: Opening | Refusal, day: date, end: datetime) -> datetime:
    for _ in range(HORIZON_DAYS):
        if end != day_after(opening.zone, day):
            break
        day += DAY
        end = next((stop for start, stop in opening.on(day) if start == end), end)
    return end


def next_opening(
    opening: Opening | Refusal, day: date, at: datetime, room: timedelta
) -> datetime | None:
    """Return the first moment from a local day on with enough open time left, if there is one."""
    for _ in range(HORIZON_DAYS):
        for start, end in opening.on(day):
            first = max(start, at)
            if first < end and first + room <= _joined(opening, day, end):
                return first
        day += DAY
    return opening.lapses_at
