"""The night: every clock of the installation strikes once, through the same jobs as in life."""

from __future__ import annotations

from datetime import datetime
from inspect import iscoroutinefunction

from procrastinate.contrib.django import app

from config.schedule import CLOCKS


def night(*, at: datetime) -> None:
    """
    Run every periodic job once, in the order of the schedule; they read the virtual clock.

    Asynchronous ones look after real workers, of which a simulation has none.
    """
    for clock in CLOCKS:
        if not iscoroutinefunction(app.tasks[clock.task].func):
            strike(clock.task, at=at)


def strike(name: str, *, at: datetime) -> None:
    """Run one periodic job once more; what it sends may not leave at night."""
    app.tasks[name](timestamp=int(at.timestamp()))
