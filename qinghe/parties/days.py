"""The calendar day on which licences, mandates and certificates end: China keeps one. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

LEGAL_ZONE: Final = ZoneInfo("Asia/Shanghai")


def legal_day(at: datetime) -> date:
    """Return the day in China at an instant: what ends today counts no more from midnight on."""
    return at.astimezone(LEGAL_ZONE).date()
