"""`qinghe bench ledger` at a small size: it posts, replays bare SQL, and proves the books."""

from __future__ import annotations

import json
import subprocess

from tests.place import QINGHE


def test_postings_are_measured_beside_bare_sql() -> None:
    sizes = ["--accounts=1000", "--seconds=1", "--clients=1", "--clients=2"]
    done = subprocess.run(
        [str(QINGHE), "bench", "ledger", *sizes, "--json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    result = json.loads(done.stdout)
    assert result["name"] == "ledger"
    assert list(result["parts"]) == [
        "1 clients, spread",
        "1 clients, hot",
        "2 clients, spread",
        "2 clients, hot",
    ]
    for part in result["parts"].values():
        assert part["ours"] > 0
        assert part["limit"] > 0
        assert part["p99_ms"] >= part["p50_ms"] > 0
    assert result["sizes"]["transfers"] > 4 * 50
