"""What the drawn parts of a page need to know: frozen data a view fills and a template draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise

LEFT, HOUR, TOP, BASE = 4, 10, 24, 38

Span = tuple[time, time]


def _hours(moment: time) -> float:
    return moment.hour + moment.minute / 60


def _end(moment: time) -> float:
    """Return an end of a span in hours; midnight as an end is hour 24."""
    return _hours(moment) or 24


def _x(hours: float) -> int:
    return round(LEFT + hours * HOUR)


@dataclass(frozen=True)
class Bar:
    """A horizontal piece of the day bar, in drawing units."""

    x: int
    width: int

    @classmethod
    def of(cls, start: float, end: float) -> Bar:
        return cls(_x(start), _x(end) - _x(start))


@dataclass(frozen=True)
class DayBar:
    """
    One person's day: when contact is open, what they wish, what was tried, where now is.

    Times are local to the person. `attempts` are (time, answered). `label` is the whole picture as
    one sentence, for those who do not see it.
    """

    label: str
    open: Sequence[Span]
    now: time
    wished: Sequence[Span] = ()
    attempts: Sequence[tuple[time, bool]] = ()

    @property
    def shut_bars(self) -> list[Bar]:
        edges = [0.0, *(h for a, b in sorted(self.open) for h in (_hours(a), _end(b))), 24.0]
        pairs = zip(edges[::2], edges[1::2], strict=True)
        return [Bar.of(a, b) for a, b in pairs if b > a]

    @property
    def open_bars(self) -> list[Bar]:
        return [Bar.of(_hours(a), _end(b)) for a, b in self.open]

    @property
    def wished_bars(self) -> list[Bar]:
        return [Bar.of(_hours(a), _end(b)) for a, b in self.wished]

    @property
    def hatches(self) -> list[int]:
        return [x for b in self.shut_bars for x in range(b.x - 6, b.x + b.width, 8)]

    @property
    def dots(self) -> list[tuple[int, bool]]:
        return [(_x(_hours(moment)), answered) for moment, answered in self.attempts]

    @property
    def now_x(self) -> int:
        return _x(_hours(self.now))

    @property
    def now_anchor(self) -> str:
        return "start" if self.now_x < 40 else "end" if self.now_x > 208 else "middle"

    @property
    def ticks(self) -> list[tuple[int, int]]:
        """Return (x, hour) of the labels; one that would touch its neighbour is left out."""
        spans = [*self.open, *self.wished]
        hours = (
            {0, 12, 24} | {round(_hours(a)) for a, _ in spans} | {round(_end(b)) for _, b in spans}
        )
        kept = sorted(hours)
        crowded = {b for a, b in pairwise(kept) if b - a < 2 and b != 24}
        return [(_x(h), h) for h in kept if h not in crowded]


@dataclass(frozen=True)
class Counter:
    """One line of a contact budget: `used` of `limit`; `left` says the rest in words."""

    label: str
    used: int
    limit: int
    left: str = ""

    @property
    def pips(self) -> list[bool]:
        return [i < self.used for i in range(self.limit)]


@dataclass(frozen=True)
class ChannelLine:
    """
    One channel of a budget: from when, how many more today, in which hours, and what limits it.

    `now` tells that it is open; `because` is the limiting rule in a few words.
    """

    channel: str
    when: str
    now: bool = False
    more: str = ""
    hours: str = ""
    rule: str = ""
    rule_href: str = ""
    because: str = ""


@dataclass(frozen=True)
class Budget:
    """What may be done to reach one person today, and until when."""

    headline: str
    counters: Sequence[Counter]
    bar: DayBar
    open_words: str = ""
    wished_words: str = ""
    channels: Sequence[ChannelLine] = ()
    possible: bool = False


@dataclass(frozen=True)
class Event:
    """One entry of the timeline. `tone` and `icon` as for badges; `at` in UTC."""

    at: datetime
    title: str
    detail: str = ""
    icon: str = "notes"
    tone: str = ""
    href: str = ""
    link: str = ""
    badge: str = ""
    badge_tone: str = ""
    rule: str = ""
    rule_href: str = ""


@dataclass(frozen=True)
class Term:
    """One term of an amount's equation; `source` says where the number comes from."""

    label: str
    minor: int
    source: str = ""
    source_href: str = ""
    op: str = "+"
    total: bool = False


@dataclass(frozen=True)
class Figure:
    """A key figure with its definition: `value` is already written for people."""

    label: str
    value: str
    note: str = ""
    definition: str = ""
    href: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Series:
    """A line or a set of bars; `data` has one value per label, None where there is none."""

    name: str
    data: Sequence[float | None]


@dataclass(frozen=True)
class Chart:
    """
    A chart and the table behind it.

    `kind` is line, bar or stack; `labels` name the x positions; `unit` follows each value;
    `limit` draws a dashed line with a word; `summary` says the main figures in one sentence.
    """

    id: str
    title: str
    summary: str
    kind: str
    labels: Sequence[str]
    series: Sequence[Series]
    note: str = ""
    unit: str = ""
    definition: str = ""
    href: str = ""
    limit: tuple[float, str] | None = None
    short: bool = False
    decimals: int = field(default=1)

    @property
    def data_id(self) -> str:
        return f"{self.id}-data"

    @property
    def keys(self) -> list[tuple[int, str]]:
        """Return (colour number, name) of the legend; a single series needs none."""
        names = [s.name for s in self.series]
        return list(enumerate(names, 1)) if len(names) > 1 else []

    @property
    def rows(self) -> list[tuple[str, list[float | None]]]:
        return [(label, [s.data[i] for s in self.series]) for i, label in enumerate(self.labels)]

    @property
    def spec(self) -> dict[str, Any]:
        """Return what the script draws, as plain JSON."""
        return {
            "kind": self.kind,
            "labels": [str(label) for label in self.labels],
            "series": [{"name": s.name, "data": list(s.data)} for s in self.series],
            "unit": self.unit,
            "decimals": self.decimals,
            "limit": list(self.limit) if self.limit else None,
        }


@dataclass(frozen=True)
class Crumb:
    """A step of a longer task: one part of `components/steps.html`."""

    number: int
    of: int
    title: str | Promise

    @property
    def marks(self) -> list[bool]:
        return [i < self.number for i in range(self.of)]


def by_day(events: Sequence[Event], days: Sequence[date]) -> list[tuple[date, list[Event]]]:
    """Return events grouped by their local day, in the order given; `days` is parallel to them."""
    groups: list[tuple[date, list[Event]]] = []
    for event, on in zip(events, days, strict=True):
        if not groups or groups[-1][0] != on:
            groups.append((on, []))
        groups[-1][1].append(event)
    return groups


@dataclass(frozen=True)
class Step:
    """One step of an explanation: an icon, a heading, a sentence or two."""

    icon: str
    title: str | Promise
    text: str | Promise
