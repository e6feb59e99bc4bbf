"""What the gate found and looked at, as it is kept with every decision. Pure: plain JSON values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qinghe.contact.decision import (
    SETTINGS,
    Decision,
    packs_for,
    request_of,
    understood,
)
from qinghe.contact.facts import Asked, Held, Situation
from qinghe.rules.contact.budget import hours_of
from qinghe.rules.contact.facts import Objection
from qinghe.rules.contact.house import open_spans


def findings_of(decision: Decision) -> list[dict[str, Any]]:
    """Return every rule that fired, with its level and the moment it lapses by itself."""
    return [
        {"rule": found.rule_id, "level": found.level, "until": _text(found.until)}
        for found in decision.findings
    ]


def facts_of(situation: Situation, asked: Asked) -> dict[str, Any]:
    """
    Return what was looked at besides the counters: zones, open hours (UTC), holds, wishes.

    No address and no name: only what a decision can be followed by.
    """
    hours = open_hours(situation, asked)
    return {
        "zones": list(situation.all_zones()),
        "hours": [[start.isoformat(), end.isoformat()] for start, end in hours],
        "holds": [_hold(held) for held in situation.holds],
        "wishes": [_wish(each) for each in situation.objections],
    }


def open_hours(situation: Situation, asked: Asked) -> tuple[tuple[datetime, datetime], ...]:
    """Return when such a contact is open that day (UTC), by law and by the operator's own pack."""
    if not understood(situation, asked):
        return ()
    zones = situation.all_zones()
    request = request_of(situation, asked, situation.point_for(asked.channel))
    hours = hours_of(request, packs_for(zones), SETTINGS)
    return open_spans(situation.house, zones, hours)


def _hold(held: Held) -> dict[str, Any]:
    return {"kind": held.kind, "since": _text(held.since), "until": _text(held.until)}


def _wish(wish: Objection) -> dict[str, Any]:
    window = wish.allowed_window
    return {
        "kind": wish.kind,
        "since": _text(wish.at),
        "channels": list(wish.channels),
        "minutes": [window.start, window.end] if window else None,
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
