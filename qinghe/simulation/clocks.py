"""The night: every clock of the installation strikes once, through the same jobs as in life."""

from __future__ import annotations

from datetime import date, datetime

from procrastinate.contrib.django import app

from config.schedule import CLOCKS


def night(*, day: date, at: datetime) -> None:
    """Run every periodic job once, in the order of the schedule; they read the virtual clock."""
    del day
    for clock in CLOCKS:
        app.tasks[clock.task](timestamp=int(at.timestamp()))
