"""`qinghe bench take` at a small size: it measures, replays the same SQL, races and counts."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.place import QINGHE


def test_taking_is_measured_beside_its_own_sql_and_proven() -> None:
    sizes = ["--orders=20000", "--seconds=1", "--clients=2"]
    done = subprocess.run(
        [str(QINGHE), "bench", "take", *sizes, "--json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    result = json.loads(done.stdout)
    assert result["name"] == "take"
    part = result["parts"]["2 clients"]
    assert part["ours"] > 0
    assert part["limit"] > 0
    assert part["ratio"] == pytest.approx(part["ours"] / part["limit"], abs=0.01)
    assert part["cpu_ms"] > 0
    race = result["parts"]["race"]
    assert race["taken"] == race["places"] < race["orders"]
    assert set(result["parts"]["proof"].values()) == {0}
