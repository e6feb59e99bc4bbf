"""Jobs that other tests left on the queue are none of a simulation's business."""

from __future__ import annotations

import pytest

from qinghe.simulation.commands import forget_jobs


@pytest.fixture(autouse=True)
def _empty_queue(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("_django_db_marker")
        forget_jobs()
