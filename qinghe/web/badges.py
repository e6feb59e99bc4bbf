"""
Which colour and icon a state carries. Data: one line per state of the product.

The tone says what the state means to the reader: `ok` proved, `warn` due, `bad` refused by a rule,
`acc` possible now, `line` past, "" neutral. Red is never about a person.
"""

from __future__ import annotations

from typing import NamedTuple


class Look(NamedTuple):
    """The tone and icon of a state."""

    tone: str = ""
    icon: str = ""


STATES: dict[str, Look] = {
    # claims and batches
    "submitted": Look("", "hourglass"),
    "challenge": Look("warn", "hand-stop"),
    "ready": Look("acc"),
    "listed": Look("acc"),
    "placed": Look("acc"),
    "closed": Look("ok", "circle-check"),
    "withdrawn": Look("line"),
    "rejected": Look("bad", "ban"),
    "received": Look("", "hourglass"),
    "checking": Look("", "hourglass"),
    "checked": Look("warn"),
    "merging": Look("acc", "hourglass"),
    "taking": Look("acc", "hourglass"),
    "taken": Look("ok", "circle-check"),
    "cancelled": Look("line"),
    "accepted": Look("ok", "circle-check"),
    "refused": Look("bad", "ban"),
    # findings of compliance
    "proven": Look("bad", "ban"),
    "dropped": Look("line"),
    "hearing": Look("", "speakerphone"),
    "decided": Look("line", "gavel"),
    "standing": Look("", "gavel"),
    "overturned": Look("line"),
    # organisations, contact points, evidence
    "pending": Look("", "hourglass"),
    "active": Look("ok", "shield-check"),
    "suspended": Look("bad", "ban"),
    "verified": Look("ok", "shield-check"),
    "valid": Look("ok"),
    "unverified": Look(),
    "invalid": Look("line"),
    "second": Look("warn", "users"),
    # disputes and complaints
    "open": Look("warn"),
    "upheld": Look("ok", "gavel"),
    "partly": Look("ok", "gavel"),
    "dismissed": Look("line", "gavel"),
    "granted": Look("ok", "gavel"),
    # grades of collectors
    "stopped": Look("warn", "player-pause"),
    # contact
    "permitted": Look("ok", "circle-check"),
    "sent": Look("acc", "send"),
    "delivered": Look("ok", "circle-check"),
    "failed": Look("line"),
    "printed": Look("acc", "printer"),
    "void": Look("line", "ban"),
    # house rules and urgent notices
    "draft": Look("", "edit"),
    "waiting": Look("warn", "clock"),
    "asked": Look("warn", "clock"),
    "told": Look("acc", "clock"),
    "objected": Look("warn", "gavel"),
    "approved": Look("acc"),
    "coming": Look("acc", "calendar-event"),
    "used": Look("ok", "circle-check"),
    # promises, plans and payments
    "due": Look("warn", "clock"),
    "kept": Look("ok", "circle-check"),
    "broken": Look("line"),
    "proposed": Look("warn", "clock"),
    "declined": Look("line"),
    "paid": Look("ok", "circle-check"),
    "posted": Look("ok", "circle-check"),
    "reversed": Look("line", "rotate"),
    "unmatched": Look("warn"),
    # mandates and offers
    "offered": Look("acc", "route"),
    "ended": Look("line"),
    "returned": Look("line"),
    "expired": Look("line"),
}


def look(state: str) -> Look:
    """Return how a state looks; an unknown one is neutral."""
    return STATES.get(state, Look())
