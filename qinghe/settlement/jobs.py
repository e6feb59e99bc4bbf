"""Jobs of the money room."""

from __future__ import annotations

from procrastinate.contrib.django import app

from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.settlement import services


@app.task(name="settlement.expire_orders", queueing_lock="settlement.expire_orders")
def expire_orders(**_later: object) -> None:
    """Close cashier orders nobody paid in time. Safe to run twice."""
    services.expire_orders(actor=system("settlement.expire_orders"), at=clock.now())
