"""The part of the placing page that is about sealed bids: until when, and inviting them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qinghe.market.bidding import LONGEST_DWELL, SHORTEST_DWELL
from qinghe.market.placing import Passed
from qinghe.market.services import invite_bids
from qinghe.web.formats import home_zone

FORMAT = "%Y-%m-%dT%H:%M"
USUAL = timedelta(days=3)
NOON = time(12)


class HomeMoment(forms.DateTimeField):
    """A moment typed on a wall clock of the installation's own zone."""

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return found.replace(tzinfo=home_zone()) if found else None


def closing_field() -> forms.DateTimeField:
    """Return the field for the time until which bids may be handed in."""
    return HomeMoment(
        label=_("Bids until (sealed bids only)"),
        required=False,
        input_formats=[FORMAT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=FORMAT),
        help_text=format_lazy(
            _("Between {hours} hours and {days} days from now."),
            hours=int(SHORTEST_DWELL.total_seconds()) // 3600,
            days=LONGEST_DWELL.days,
        ),
    )


def usual_closing(at: datetime) -> str:
    """Return a usual closing time: noon in three days, as the field shows it."""
    day = (at.astimezone(home_zone()) + USUAL).date()
    return datetime.combine(day, NOON).strftime(FORMAT)


def invited(given: dict[str, Any], closes_at: datetime) -> tuple[str, list[Passed]]:
    """Invite bids for claims; return what was done in words, and why others were not."""
    terms = {name: value for name, value in given.items() if name != "commission_rate"}
    done = invite_bids(reserve=given["commission_rate"], closes_at=closes_at, **terms)
    words = ngettext(
        "%(n)d claim is open for sealed bids.",
        "%(n)d claims are open for sealed bids.",
        done.listed,
    )
    return words % {"n": done.listed}, done.passed
