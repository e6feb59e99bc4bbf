"""Clocks of this room; their times stand in `config/schedule.py`."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from qinghe.kernel import clock
from qinghe.market import services


@app.task(name="market.expire", queueing_lock="market.expire")
def expire(**_later: object) -> None:
    """End mandates, listings and packages whose time is over."""
    at = clock.now()
    services.end_expired(at=at)
    services.tidy_packages(at=at)


@app.task(name="market.searches", queueing_lock="market.searches")
def searches(**_later: object) -> None:
    """Tell who wants to know that something new came into the hall."""
    services.tell_new(at=clock.now())


@app.task(name="market.bids", queueing_lock="market.bids")
def bids(**_later: object) -> None:
    """Seal the bids of the last minute, and open the boxes whose moment has come."""
    services.open_due(at=clock.now())


@app.task(name="market.dispatch", queueing_lock="market.dispatch", lock="market.dispatch")
def dispatch(**_later: object) -> None:
    """Run a dispatch window, every so many minutes as the settings say."""
    at = clock.now()
    if at.minute % int(settings.DISPATCH_MINUTES) == 0:
        services.dispatch(at=at)
