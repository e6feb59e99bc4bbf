"""`qinghe bench gate` at a small size: it measures the service and replays the same SQL."""

from __future__ import annotations

import json
import subprocess

from tests.place import QINGHE


def test_the_gate_is_measured_beside_its_own_sql() -> None:
    sizes = ["--persons=2000", "--contacts=10000", "--seconds=2", "--clients=1", "--clients=2"]
    command = ["bench", "gate", *sizes, "--json"]
    done = subprocess.run(
        [str(QINGHE), *command], capture_output=True, text=True, check=True, timeout=300
    )
    result = json.loads(done.stdout)
    assert result["name"] == "gate"
    assert list(result["parts"]) == [
        "2 clients, 2,000 contacts",
        "1 clients, 10,000 contacts",
        "2 clients, 10,000 contacts",
    ]
    for part in result["parts"].values():
        assert part["ours"] > 0
        assert part["limit"] > 0
        assert part["p99_ms"] >= part["p50_ms"] > 0
