"""Clocks of this room; their times stand in `config/schedule.py`."""

from __future__ import annotations

from procrastinate.contrib.django import app

from qinghe.casework import services
from qinghe.claims.days import day_of
from qinghe.kernel import clock


@app.task(name="casework.sweep", queueing_lock="casework.sweep")
def sweep(**_later: object) -> None:
    """Judge the promises, instalments and offers whose day has passed."""
    at = clock.now()
    services.judge_promises(day=day_of(at), at=at)
    services.judge_instalments(day=day_of(at), at=at)
    services.lapse_early_offers(day=day_of(at), at=at)


@app.task(name="casework.service", queueing_lock="casework.service")
def service(**_later: object) -> None:
    """Look at mandates whose service is due: warn their collectors, or return them."""
    services.check_service(at=clock.now())
