"""The left side of the case page: what may be done today with one person, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from qinghe.contact.queries import AttemptRow, BudgetAllowance, BudgetChannel, BudgetView
from qinghe.contact.terms import AttemptState, Outcome
from qinghe.rules.packs import rule as rule_by_id
from qinghe.web import formats
from qinghe.web.parts import Budget, ChannelLine, Counter, DayBar, Span
from qinghe.web.words import label

COUNTERS = {
    "person_answered_today": gettext_lazy("Talks today"),
    "person_dials_today": gettext_lazy("Calls dialled today"),
    "person_messages_today": gettext_lazy("Messages today"),
}
SENT = (AttemptState.PERMITTED, AttemptState.SENDING, AttemptState.DONE, AttemptState.FAILED)
HIT = (Outcome.TALK, Outcome.DELIVERED)


@dataclass(frozen=True)
class WhyNot:
    """Why a channel is closed now: rule, sentence, until when."""

    channel: str
    rule: str
    sentence: str
    citation: str
    until: datetime | None


def budget_part(view: BudgetView, attempts: Sequence[AttemptRow]) -> Budget:
    """Return the contact budget as the page draws it."""
    zone = ZoneInfo(view.zone) if view.zone else formats.home_zone()
    open_spans = [_span(a, b, zone) for a, b in view.open_windows]
    wished = list(view.wished)
    usable = [c for c in view.channels if c.allowed and c.reachable]
    return Budget(
        headline=_headline(usable),
        possible=bool(usable),
        counters=[_counter(a) for a in view.allowances if a.name in COUNTERS and a.limit],
        bar=_bar(view, attempts, open_spans, wished, zone),
        open_words=_open_words(open_spans),
        wished_words=_words(_("Wished"), wished) if wished else "",
        channels=[_line(c, view.at, zone) for c in view.channels if c.reachable],
    )


def why_not(view: BudgetView) -> list[WhyNot]:
    """Return the reason that keeps each closed channel shut the longest, each rule once."""
    found: dict[str, WhyNot] = {}
    for each in view.channels:
        reason = each.limited_by
        if not each.allowed and reason and reason.rule not in found:
            words = label(each.channel, "channel")
            found[reason.rule] = WhyNot(
                words, reason.rule, reason.sentence, reason.citation, reason.until
            )
    return list(found.values())


def _headline(usable: Sequence[BudgetChannel]) -> str:
    if not usable:
        return _("Nothing now")
    names = " · ".join(label(c.channel, "channel") for c in usable)
    return _("Now: %(channels)s") % {"channels": names}


def _counter(allowance: BudgetAllowance) -> Counter:
    left = allowance.remaining or 0
    words = _("%(n)d left") % {"n": left} if left else _("none left today")
    return Counter(str(COUNTERS[allowance.name]), allowance.used, allowance.limit or 0, words)


def _span(start: datetime, end: datetime, zone: ZoneInfo) -> Span:
    return (_clock(start, zone), _clock(end, zone))


def _clock(moment: datetime, zone: ZoneInfo) -> time:
    return moment.astimezone(zone).time().replace(second=0, microsecond=0)


def _hours(span: Span) -> str:
    return _("all day") if span[0] == span[1] else f"{span[0]:%H:%M}–{span[1]:%H:%M}"


def hours_words(spans: Sequence[Span]) -> str:
    """Return local hours in words: `08:00–12:00, 14:00–22:00`."""
    return formats.listed(_hours(span) for span in spans)


def _words(name: str, spans: Sequence[Span]) -> str:
    return f"{name} {hours_words(spans)}"


def _open_words(spans: Sequence[Span]) -> str:
    return _words(pgettext("hours", "Open"), spans) if spans else _("Closed all day")


def _line(channel: BudgetChannel, at: datetime, zone: ZoneInfo) -> ChannelLine:
    limit = channel.limited_by
    possible = channel.allowed or channel.next_allowed_at is not None
    spans = [_span(start, end, zone) for start, end in channel.hours]
    return ChannelLine(
        channel=label(channel.channel, "channel"),
        when=_when(channel, at, zone),
        now=channel.allowed,
        more=_more(channel.remaining) if possible else "",
        hours=(hours_words(spans) if spans else _("closed all day")) if possible else "",
        rule=limit.rule if limit else "",
        rule_href=reverse("web:rule", args=[limit.rule]) if limit else "",
        because=rule_by_id(limit.rule).title("zh" if formats.chinese() else "en") if limit else "",
    )


def _more(remaining: int) -> str:
    if not remaining:
        return _("no more today")
    return ngettext("%(n)d more today", "%(n)d more today", remaining) % {"n": remaining}


def _when(channel: BudgetChannel, at: datetime, zone: ZoneInfo) -> str:
    if channel.allowed:
        return _("now")
    if channel.next_allowed_at is None:
        return _("not possible")
    return moment_words(channel.next_allowed_at, at, zone)


def moment_words(moment: datetime, at: datetime, zone: ZoneInfo) -> str:
    """Return a coming moment in the person's zone: `today 18:00`, `11-30 08:00`."""
    local, today = moment.astimezone(zone), at.astimezone(zone).date()
    clock = f"{local:%H:%M}"
    gap = (local.date() - today).days
    if gap == 0:
        return _("today %(time)s") % {"time": clock}
    if gap == 1:
        return _("tomorrow %(time)s") % {"time": clock}
    return f"{formats.day(local.date(), this_year=today.year)} {clock}"


def _bar(
    view: BudgetView,
    attempts: Sequence[AttemptRow],
    open_spans: Sequence[Span],
    wished: Sequence[Span],
    zone: ZoneInfo,
) -> DayBar:
    now = _clock(view.at, zone)
    dots = [
        (_clock(a.at, zone), a.outcome in HIT)
        for a in attempts
        if a.state in SENT and a.at.astimezone(zone).date() == view.local_day
    ]
    label_words = [
        _open_words(open_spans),
        *([_words(_("Wished"), wished)] if wished else []),
        _("%(n)d contacts today") % {"n": len(dots)},
        _("it is %(time)s") % {"time": f"{now:%H:%M}"},
    ]
    pause = "；" if formats.chinese() else "; "
    return DayBar(pause.join(label_words), open_spans, now, wished, dots)
