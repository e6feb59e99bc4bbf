"""Jobs of the journal."""

from __future__ import annotations

from procrastinate.contrib.django import app

from qinghe.journal import services
from qinghe.kernel import clock


@app.task(name="journal.seal", queueing_lock="journal.seal")
def seal(**_later: object) -> None:
    """Seal what was recorded since the last run. Safe to run twice."""
    services.seal(at=clock.now())


@app.task(name="journal.forget", queueing_lock="journal.forget")
def forget(**_later: object) -> None:
    """Delete stored answers that no retry will ask for. Safe to run twice."""
    services.forget_answers(at=clock.now())
