"""`qinghe bench import` at a small size: all rows become claims, and both ratios are told."""

from __future__ import annotations

import json
import subprocess

from tests.place import QINGHE


def test_the_import_is_measured_beside_a_bare_copy() -> None:
    command = ["bench", "import", "--rows=6000", "--json"]
    done = subprocess.run(
        [str(QINGHE), *command], capture_output=True, text=True, check=True, timeout=300
    )
    result = json.loads(done.stdout)
    assert result["name"] == "import"
    assert result["sizes"]["columns"] == 25
    parts = result["parts"]
    assert parts["bare_copy"]["seconds"] > 0
    for name in ("validated_and_staged", "merged", "whole"):
        assert parts[name]["times_bare"] > 0
    assert {"parse", "check", "seal", "stage", "persons", "claims", "lines", "ledger"} <= set(
        parts["stages"]
    )
    assert parts["whole"]["seconds"] >= parts["merged"]["seconds"]
