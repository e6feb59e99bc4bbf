"""What the operator may look at; nothing is changed here, and no address or text is shown."""

from __future__ import annotations

from django.contrib import admin

from qinghe.contact.models import Attempt, Wish
from qinghe.market.admin import ReadOnly


@admin.register(Attempt)
class AttemptAdmin(ReadOnly):
    list_display = ("id", "channel", "purpose", "state", "rules", "outcome", "at")
    list_filter = ("state", "channel", "purpose")
    fields = (
        "channel",
        "mode",
        "purpose",
        "template",
        "at",
        "state",
        "rules",
        "pack",
        "counters",
        "next_allowed_at",
        "must_end_by",
        "ended_at",
        "sent_at",
        "outcome",
        "outcome_at",
    )


@admin.register(Wish)
class WishAdmin(ReadOnly):
    list_display = ("id", "kind", "channels", "window_start", "window_end", "at", "withdrawn_at")
    fields = ("kind", "channels", "window_start", "window_end", "at", "withdrawn_at")
