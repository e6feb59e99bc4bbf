"""Jobs of this room: forget what need not be kept."""

from __future__ import annotations

from procrastinate.contrib.django import app

from qinghe.kernel import clock
from qinghe.parties import services


@app.task(name="parties.forget", queueing_lock="parties.forget")
def forget(**_later: object) -> None:
    """Delete old tries at the debtor's door and codes long expired. Safe to run twice."""
    services.forget_tries(at=clock.now())
