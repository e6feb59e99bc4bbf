"""Jobs of this room: levels fall on their day, and what need not be kept is forgotten."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from qinghe.kernel import clock
from qinghe.parties import services


@app.task(name="parties.forget", queueing_lock="parties.forget")
def forget(**_later: object) -> None:
    """Delete old tries at the debtor's door and codes long expired. Safe to run twice."""
    services.forget_tries(at=clock.now())
    services.forget_drafts(at=clock.now())


@app.task(name="parties.levels", queueing_lock="parties.levels")
def lower(**_later: object) -> None:
    """Count anew the level of parties whose proofs have ended. Safe to run twice."""
    services.lower_levels(at=clock.now())


@app.task(name="parties.retry", queueing_lock="parties.retry")
def retry(**_later: object) -> None:
    """Put waiting questions to the registers, end transfers out of time. Safe to run twice."""
    at = clock.now()
    services.ask_registers(at=at)
    services.expire_transfers(at=at)


@app.task(name="parties.transfer", retry=RetryStrategy(max_attempts=6, exponential_wait=30))
def transfer(*, transfer_id: str, **_later: object) -> None:
    """Hand one small transfer to the bank. Safe to run twice."""
    services.send_transfer(transfer_id=UUID(transfer_id), at=clock.now())


@app.task(name="parties.warn", queueing_lock="parties.warn")
def warn(**_later: object) -> None:
    """Warn parties whose level will fall within thirty or seven days. Safe to run twice."""
    services.warn_ending(at=clock.now())
