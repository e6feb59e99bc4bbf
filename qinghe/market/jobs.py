"""Clocks of this room; their times stand in `config/schedule.py`."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app

from qinghe.kernel import clock
from qinghe.market import services
from qinghe.market.services.introducing import lapse_introductions
from qinghe.market.services.queueing import distribute_all
from qinghe.market.services.quote_opening import open_quotes_due


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


@app.task(name="market.quotes", queueing_lock="market.quotes")
def quotes(**_later: object) -> None:
    """Seal answers of the last minute, open requests that are due, end what nobody answered."""
    at = clock.now()
    open_quotes_due(at=at)
    lapse_introductions(at=at)


@app.task(name="market.team", queueing_lock="market.team", lock="market.team")
def team(**_later: object) -> None:
    """Give what came to members of teams, and hand over what those who left held."""
    distribute_all(at=clock.now())


@app.task(name="market.dispatch", queueing_lock="market.dispatch", lock="market.dispatch")
def dispatch(**_later: object) -> None:
    """Run a dispatch window, every so many minutes as the settings say."""
    at = clock.now()
    if at.minute % int(settings.DISPATCH_MINUTES) == 0:
        services.dispatch(at=at)
