"""`qinghe bench import` at a small size: all rows become claims, beside both limits."""

from __future__ import annotations

import json
import subprocess

from tests.place import QINGHE


def test_the_import_is_measured_beside_a_bare_copy() -> None:
    command = ["bench", "import", "--rows=3000", "--json"]
    done = subprocess.run(
        [str(QINGHE), *command], capture_output=True, text=True, check=True, timeout=900
    )
    result = json.loads(done.stdout)
    assert result["name"] == "import"
    assert result["sizes"]["columns"] == 25
    parts = result["parts"]
    assert parts["file_copy"]["seconds"] > 0
    # The limit writes what the import wrote: no table of a claim was left out of it.
    assert result["sizes"]["rows_written"] > 15 * 3000
    for table in ("parties_vaultitem", "claims_claim", "claims_line", "ledger_transfer"):
        assert parts["tables"][table] > 0
    assert parts["same_tables"]["seconds"] > parts["file_copy"]["seconds"]
    for name in ("read_and_validated", "sealed_and_staged", "merged", "whole"):
        assert 0 < parts[name]["times_same_tables"] < parts[name]["times_file_copy"]
    assert parts["processor"]["whole"] > parts["processor"]["merged"] > 0
    assert {"parse", "check", "seal", "stage", "persons", "claims", "lines", "ledger"} <= set(
        parts["stages"]
    )
    assert parts["whole"]["seconds"] >= parts["merged"]["seconds"]
