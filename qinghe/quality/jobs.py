"""Clocks of this room; their times stand in `config/schedule.py`."""

from __future__ import annotations

from procrastinate.contrib.django import app

from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.quality import services
from qinghe.quality.services.integrity.sweeping import sweep


@app.task(name="quality.grade", queueing_lock="quality.grade")
def grade(**_later: object) -> None:
    """Grade the collectors of whom something changed."""
    services.grade_changed(at=clock.now())


@app.task(name="quality.integrity", queueing_lock="quality.integrity")
def integrity(**_later: object) -> None:
    """Look at what changed in the market for signs of collusion, wash orders and the like."""
    sweep(actor=system("quality.integrity"), at=clock.now())
