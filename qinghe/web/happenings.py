"""The one timeline of a claim: what every room tells about it, in words, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from qinghe.casework.queries import TimelineItem
from qinghe.quality.queries import timeline as complaints_of
from qinghe.settlement.queries import timeline as payments_of
from qinghe.web import badges, formats
from qinghe.web.icons import ICONS
from qinghe.web.moments import told
from qinghe.web.parts import Event, by_day
from qinghe.web.words import label

LATEST = 30
TAGS = (
    ("contact.", "contact"),
    ("casework.promise", "promise"),
    ("casework.plan", "promise"),
    ("casework.call-back", "promise"),
    ("claim.line-", "money"),
    ("claim.dispute-decided", "decision"),
    ("casework.hardship-decided", "decision"),
    ("market.", "decision"),
    ("claim.", "dispute"),
    ("casework.hardship", "dispute"),
    ("complaint-", "decision"),
    ("complaint", "dispute"),
    ("payment", "money"),
)
# Payments tell these themselves, with where the money came from.
TOLD_ABOVE = ("claim.line-paid", "claim.line-undone")
PLAIN_CLAIM = ("claim.submitted", "claim.evidence")
TONES = {"contact": "acc", "promise": "warn", "money": "ok", "dispute": "warn", "decision": "ok"}


@dataclass(frozen=True)
class Kind:
    """A filter of the timeline, with how many entries it has."""

    code: str
    words: str
    count: int


def happenings(*, items: Iterable[TimelineItem], claim_id: UUID) -> list[tuple[str, Event]]:
    """
    Return every event of a claim, each with the filter it belongs to. Two queries.

    `items` are those of the rooms up to casework, as far as the reader may see them.
    """
    upper = [*payments_of(claim_id=claim_id), *complaints_of(claim_id=claim_id)]
    return [
        *((tag_of(each.kind), _event(each)) for each in items if each.kind not in TOLD_ABOVE),
        *((tag_of(each.kind), told(each)) for each in upper),
    ]


def tag_of(kind: str) -> str:
    """Return the filter a kind of event belongs to; some stand under "all" only."""
    if kind in PLAIN_CLAIM:
        return "other"
    return next((tag for start, tag in TAGS if kind.startswith(start)), "other")


def _event(item: TimelineItem) -> Event:
    refused = item.kind == "contact.refused"
    asked = item.ref and item.kind.startswith("contact.")
    why = reverse("web:attempt", args=[item.ref]) if asked else ""
    return Event(
        at=item.at,
        title=_title(item),
        detail=item.detail,
        icon=item.icon if item.icon in ICONS else "notes",
        tone="bad" if refused else _tone(item),
        href=why,
        link=_("why") if why else "",
    )


def _title(item: TimelineItem) -> str:
    start, _line, kind = item.kind.partition("line-")
    return label(label(kind, "line"), "taken-off") if start == "claim." and kind else item.title


def _tone(item: TimelineItem) -> str:
    if item.badge in ("no_answer", "busy", "voicemail", "failed", "cancelled"):
        return ""
    return TONES.get(tag_of(item.kind), badges.look(item.badge).tone)


def shown(tagged: Sequence[tuple[str, Event]], *, kind: str, everything: bool) -> dict[str, Any]:
    """Return what the page draws: events of one kind (or all) by day, the latest unless all."""
    events = [event for tag, event in tagged if kind in ("", tag)]
    events.sort(key=lambda event: event.at, reverse=True)
    latest = events if everything else events[:LATEST]
    return {
        "days": days_of(latest),
        "kinds": kinds_of(tagged),
        "kind": kind,
        "older": len(events) - len(latest),
    }


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
    counts = {code: sum(1 for tag, _event in tagged if tag == code) for code in names}
    found = [Kind(code, names[code], n) for code, n in counts.items() if n]
    return [Kind("", _("All"), len(tagged)), *found]
