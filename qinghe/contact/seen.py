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


def findings_of(decision: Decision) -> list[dict[str, Any]]:
    """Return every rule that fired, with its level and the moment it lapses by itself."""
    return [
        {"rule": found.rule_id, "level": found.level, "until": _text(found.until)}
        for found in decision.findings
    ]


def facts_of(situation: Situation, asked: Asked, decision: Decision) -> dict[str, Any]:
    """
    Return what was looked at besides the counters: zones, open hours (UTC), holds, wishes.

    No address and no name: only what a decision can be followed by.
    """
    zones = situation.all_zones()
    request = request_of(situation, asked, decision.point)
    known = understood(situation, asked)
    hours = hours_of(request, packs_for(zones), SETTINGS) if known else ()
    return {
        "zones": list(zones),
        "hours": [[start.isoformat(), end.isoformat()] for start, end in hours],
        "holds": [_hold(held) for held in situation.holds],
        "wishes": [_wish(each) for each in situation.objections],
    }


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
