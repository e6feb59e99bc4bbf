"""The icon of each suggested action. Data."""

from __future__ import annotations

ICONS_OF = {
    "stop": "player-pause",
    "leave": "home-heart",
    "wait": "hourglass",
    "call_back": "phone",
    "wait_creditor": "hourglass",
    "offer_pause": "lifebuoy",
    "show_dispute": "hand-stop",
    "remind_promise": "message",
    "await_promise": "calendar-event",
    "await_call": "calendar-plus",
    "offer_plan": "list-check",
    "first_notice": "mail",
    "first_contact": "message",
    "write": "mail",
    "prepare_return": "arrow-back-up",
    "wait_answer": "hourglass",
    "call": "phone",
}


def icon_of(code: str) -> str:
    """Return the icon of an action; an unknown one is a route sign."""
    return ICONS_OF.get(code, "route")
