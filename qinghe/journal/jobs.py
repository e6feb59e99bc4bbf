"""Jobs of the journal."""

from __future__ import annotations

from procrastinate.contrib.django import app

from qinghe.journal import services
from qinghe.kernel import clock


@app.task(name="journal.seal", queue="night", queueing_lock="journal.seal")
def seal(**_later: object) -> None:
    """Seal what was recorded since the last run. Safe to run twice."""
    services.seal(at=clock.now())
