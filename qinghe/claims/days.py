"""The calendar day of the market: ageing and due days are judged in the installation's zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def day_of(at: datetime) -> date:
    """Return the local calendar day of an instant."""
    return local(at).date()


def local(at: datetime) -> datetime:
    """Return an instant on the clocks of the installation."""
    return at.astimezone(ZoneInfo(settings.DISPLAY_ZONE))


def end_of(day: date) -> datetime:
    """Return the instant at which a local calendar day ends."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings.DISPLAY_ZONE))


def noon_of(day: date, now: datetime) -> datetime:
    """Return noon of a local calendar day; of today the present moment, where it is not noon."""
    noon = datetime.combine(day, time(12), ZoneInfo(settings.DISPLAY_ZONE))
    return min(noon, now) if day == day_of(now) else noon
