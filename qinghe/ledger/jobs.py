"""Jobs of the books."""

from __future__ import annotations

from procrastinate.contrib.django import app

from qinghe.kernel import clock
from qinghe.ledger import services


@app.task(name="ledger.time_out", queueing_lock="ledger.time_out", lock="ledger.time_out")
def time_out(**_later: object) -> None:
    """Let go of what was set aside and nobody posted in time. Safe to run twice."""
    services.void_timed_out(at=clock.now())
