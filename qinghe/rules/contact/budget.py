"""What is left of a person's day: counters, open hours, and every channel's answer now."""

from dataclasses import replace
from datetime import datetime

from qinghe.rules.contact import terms
from qinghe.rules.contact.case import Case, Moment
from qinghe.rules.contact.clock import DAY, Spans, day_after, intersect, local_day
from qinghe.rules.contact.evaluate import DEFAULT_SETTINGS, evaluate, judge
from qinghe.rules.contact.facts import (
    Act,
    Allowance,
    Budget,
    ChannelState,
    Counters,
    Request,
    Settings,
    Verdict,
    Visit,
)
from qinghe.rules.contact.hours import Opening, Refusal, applies, zones_of
from qinghe.rules.contact.limits import limits

CHANNEL_ORDER = ("voice", "sms", "im", "email", "letter", "visit")
NO_VISIT = Visit()


def budget(
    request: Request, packs: tuple[str, ...] = ("CN",), settings: Settings = DEFAULT_SETTINGS
) -> Budget:
    """
    Return what may still be done with a person at the planned moment and on its local day.

    The act of the request is the model: every channel is asked with its purpose, mode, address
    and manner. Where nothing is said about a visit, a properly prepared one is meant. Each
    channel's state is the verdict of `evaluate`. Without a role or a zone nothing is open.

    :raises ValueError: as `evaluate`
    """
    channels = tuple(
        _state(name, evaluate(_by(request, name), packs, settings)) for name in CHANNEL_ORDER
    )
    if request.addressee.role is None or not request.addressee.zones:
        return Budget(None, (), (), channels)
    case = Case(_by(request, "voice"), packs, settings)
    moment, counters = judge(case, request.act.planned_at)
    return Budget(moment.day, _allowances(moment, counters), open_hours(moment), channels)


def hours_of(
    request: Request, packs: tuple[str, ...] = ("CN",), settings: Settings = DEFAULT_SETTINGS
) -> Spans:
    """
    Return when the act may start on the local day it is planned for, as UTC spans.

    Without a role or a zone nothing is open.

    :raises ValueError: as `evaluate`
    """
    if request.addressee.role is None or not request.addressee.zones:
        return ()
    return open_hours(Moment(Case(request, packs, settings), request.act.planned_at))


def _by(request: Request, channel: str) -> Request:
    act: Act = replace(request.act, channel=channel, direction="outbound")
    if channel == "visit" and act.visit == NO_VISIT:
        act = replace(act, visit=_prepared())
    return replace(request, act=act)


def _prepared() -> Visit:
    return Visit(
        staff_count=limits().visit_staff,
        audio=True,
        video=True,
        notice_given=True,
        entry_consent=True,
        place="agreed",
    )


def _state(channel: str, verdict: Verdict) -> ChannelState:
    return ChannelState(
        channel,
        verdict.decision,
        verdict.rules,
        verdict.next_allowed_at,
        verdict.must_end_by,
    )


def _allowances(moment: Moment, counters: Counters) -> tuple[Allowance, ...]:
    limit, case, cap = limits(), moment.case, moment.case.settings.person_cap
    consumer = case.addressee.role in terms.US_CONSUMERS
    resident = case.addressee.region == limit.ma_region
    rows: tuple[tuple[str, str, int, int | None], ...] = (
        ("cn_talks_today", "CN-FRQ-01", counters.cn_talks_today, limit.talks),
        ("cn_oneway_today", "CN-FRQ-02", counters.cn_oneway_today, limit.oneway),
        ("cn_unanswered_today", "CN-FRQ-03", counters.cn_unanswered_today, limit.unanswered),
        (
            "person_answered_today",
            "PLT-CAP-01",
            counters.person_answered_today,
            cap.answered_per_day if cap else None,
        ),
        (
            "person_dials_today",
            "PLT-CAP-01",
            counters.person_dials_today,
            cap.dials_per_day if cap else None,
        ),
        (
            "us_calls_7d",
            "US-FRQ-01",
            max(counters.us_calls_7d.values()),
            limit.us_calls if consumer else None,
        ),
        (
            "us_ma_calls_7d",
            "US-ST-01",
            max(counters.us_ma_calls_7d.values()),
            limit.ma_calls if resident else None,
        ),
    )
    return tuple(_allowance(moment, *row) for row in rows)


def _allowance(moment: Moment, name: str, rule_id: str, used: int, limit: int | None) -> Allowance:
    if limit is None or rule_id not in moment.force.rules:
        return Allowance(name, rule_id, used, None, None)
    return Allowance(name, rule_id, used, limit, max(0, limit - used))


def open_hours(moment: Moment) -> Spans:
    """Return when a call may start on the local day, by every window, zone and objection."""
    case = moment.case
    start, end = moment.today, day_after(case.home, moment.day)
    spans: Spans = ((start, end),)
    for opening in _openings(moment):
        spans = intersect(spans, _between(opening, start, end))
    return spans


def _openings(moment: Moment) -> list[Opening | Refusal]:
    case = moment.case
    rules: list[Opening | Refusal] = [
        Opening(case, hours, zone)
        for hours in moment.force.hours
        if case.act.channel in hours.channels
        for zone in zones_of(case, hours.national)
    ]
    wishes = [
        Refusal(objection, zone)
        for objection in case.objections
        if applies(objection, case)
        for zone in zones_of(case, True)
    ]
    return rules + wishes


def _between(opening: Opening | Refusal, start: datetime, end: datetime) -> Spans:
    day, last = local_day(opening.zone, start), local_day(opening.zone, end)
    spans: Spans = ()
    while day <= last:
        spans += opening.on(day)
        day += DAY
    return spans
