"""The calendar day of the market: ageing and due days are judged in the installation's zone."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings


def day_of(at: datetime) -> date:
    """Return the local calendar day of an instant."""
    return at.astimezone(ZoneInfo(settings.DISPLAY_ZONE)).date()
