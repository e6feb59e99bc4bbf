"""The one timeline of a claim: what every room tells about it, in words, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from qinghe.web import formats
from qinghe.web.parts import Event, by_day


@dataclass(frozen=True)
class Kind:
    """A filter of the timeline, with how many entries it has."""

    code: str
    words: str
    count: int


def days_of(events: Iterable[Event]) -> list[tuple[date, list[Event]]]:
    """Return events grouped by their day, newest first."""
    ordered = sorted(events, key=lambda event: event.at, reverse=True)
    return by_day(ordered, [formats.as_day(event.at) for event in ordered])


def kinds_of(tagged: Sequence[tuple[str, Event]]) -> list[Kind]:
    """Return the filters that have entries, all first."""
    names = {
        "contact": _("Contact"),
        "promise": _("Promises"),
        "money": _("Money"),
        "dispute": _("Disputes"),
        "decision": _("Decisions"),
    }
    counts = {code: sum(1 for kind, _event in tagged if kind == code) for code in names}
    found = [Kind(code, names[code], n) for code, n in counts.items() if n]
    return [Kind("", _("All"), len(tagged)), *found]
