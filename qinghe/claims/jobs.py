"""Jobs of this room: what a new day and the passing of time change."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from procrastinate.contrib.django import app

from qinghe.claims.days import day_of
from qinghe.claims.services import (
    check_all_wanted,
    end_returned,
    forget_bundle_files,
    forget_row_errors,
    forget_undecided,
    intake,
    remind_untold,
    remove_refused,
    remove_unnamed,
    rescan,
    resume_batches,
    resume_bundles,
    scan_folders,
    uphold_unproven,
    work_on_bundle,
)
from qinghe.claims.services import sweep as sweeps
from qinghe.kernel import clock
from qinghe.kernel.actor import system


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
    """Remind of, and end, what creditors did not prove, explain or complete in time. Repeatable."""
    at = clock.now()
    uphold_unproven(at=at)
    remind_untold(actor=system("claims.untold"), at=at)
    end_returned(at=at)


@app.task(name="claims.forget", queueing_lock="claims.forget")
def forget(**_later: object) -> None:
    """Delete old row errors, rows nobody decided on, and files refused or named by nothing."""
    forget_row_errors(at=clock.now())
    forget_bundle_files(at=clock.now())
    forget_undecided(at=clock.now())
    remove_refused(at=clock.now())
    remove_unnamed(at=clock.now())


@app.task(name="claims.rescan", queueing_lock="claims.rescan")
def rescan_files(**_later: object) -> None:
    """Ask the scanner again about files that wait for it. Safe to run twice."""
    rescan(at=clock.now())


@app.task(name="claims.intake")
def work(batch_id: str, **_later: object) -> None:
    """Check or take over a batch, as far as it goes. Safe to run twice, and beside itself."""
    intake(batch_id=UUID(batch_id), clock=clock.now)


@app.task(name="claims.bundle")
def bundle(bundle_id: str, **_later: object) -> None:
    """Look through or take over papers, as far as it goes. Safe to run twice, and beside itself."""
    work_on_bundle(bundle_id=UUID(bundle_id), clock=clock.now)


@app.task(name="claims.drop", queueing_lock="claims.drop", lock="claims.drop")
def drop(**_later: object) -> None:
    """Take what creditors' machines have put into their folders. Safe to run twice."""
    scan_folders(settings.DROP_FOLDER, at=clock.now())


@app.task(name="claims.resume", queueing_lock="claims.resume")
def resume(**_later: object) -> None:
    """Put batches and papers back on the queue that nobody works on. Safe to run twice."""
    resume_batches()
    resume_bundles()


@app.task(name="claims.amounts", queueing_lock="claims.amounts", lock="claims.amounts")
def amounts(**_later: object) -> None:
    """Check the amounts of claims whose terms came with a large file. Safe to run twice."""
    check_all_wanted(at=clock.now())
