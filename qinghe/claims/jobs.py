"""Jobs of this room: what a new day and the passing of time change."""

from __future__ import annotations

from procrastinate.contrib.django import app

from qinghe.claims.days import day_of
from qinghe.claims.services import (
    end_returned,
    forget_row_errors,
    rescan,
    uphold_unproven,
)
from qinghe.claims.services import sweep as sweeps
from qinghe.kernel import clock


@app.task(name="claims.sweep", queueing_lock="claims.sweep")
def sweep(**_later: object) -> None:
    """Bring stages and interest up to today in the zone of the market. Safe to run twice."""
    at = clock.now()
    sweeps.sweep_stages(day=day_of(at), at=at)


@app.task(name="claims.challenges", queueing_lock="claims.challenges")
def challenges(**_later: object) -> None:
    """Make claims ready whose challenge window is over. Safe to run twice."""
    sweeps.end_challenges(at=clock.now())


@app.task(name="claims.holds", queueing_lock="claims.holds")
def holds(**_later: object) -> None:
    """Lift holds that have come to their end. Safe to run twice."""
    sweeps.lift_ended_holds(at=clock.now())


@app.task(name="claims.unanswered", queueing_lock="claims.unanswered")
def unanswered(**_later: object) -> None:
    """End claims that their creditor did not prove or explain in time. Safe to run twice."""
    at = clock.now()
    uphold_unproven(at=at)
    end_returned(at=at)


@app.task(name="claims.forget", queueing_lock="claims.forget")
def forget(**_later: object) -> None:
    """Delete the row errors of batches decided long ago. Safe to run twice."""
    forget_row_errors(at=clock.now())


@app.task(name="claims.rescan", queueing_lock="claims.rescan")
def rescan_files(**_later: object) -> None:
    """Ask the scanner again about files that wait for it. Safe to run twice."""
    rescan(at=clock.now())
