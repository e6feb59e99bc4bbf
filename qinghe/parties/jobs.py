"""Jobs of this room: levels fall on their day, and what need not be kept is forgotten."""

from __future__ import annotations

from procrastinate.contrib.django import app

from qinghe.kernel import clock
from qinghe.parties import services


@app.task(name="parties.forget", queueing_lock="parties.forget")
def forget(**_later: object) -> None:
    """Delete old tries at the debtor's door and codes long expired. Safe to run twice."""
    services.forget_tries(at=clock.now())


@app.task(name="parties.levels", queueing_lock="parties.levels")
def lower(**_later: object) -> None:
    """Count anew the level of parties whose proofs have ended. Safe to run twice."""
    services.lower_levels(at=clock.now())
