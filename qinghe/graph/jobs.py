"""Jobs of this room: read the signs of organisations."""

from __future__ import annotations

from procrastinate.contrib.django import app

from qinghe.graph.services import find_traces
from qinghe.kernel import clock
from qinghe.kernel.actor import system


@app.task(name="graph.traces", queueing_lock="graph.traces")
def traces(**_later: object) -> None:
    """Keep the signs of organisations that joined or changed. Safe to run twice."""
    find_traces(actor=system("graph.traces"), at=clock.now())
