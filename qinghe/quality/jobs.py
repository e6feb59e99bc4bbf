"""Clocks of this room; their times stand in `config/schedule.py`."""

from __future__ import annotations

from procrastinate.contrib.django import app

from qinghe.kernel import clock
from qinghe.quality import services


@app.task(name="quality.grade", queueing_lock="quality.grade")
def grade(**_later: object) -> None:
    """Grade the collectors of whom something changed."""
    services.grade_changed(at=clock.now())
