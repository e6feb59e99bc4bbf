"""`qinghe statement`: what the bank says, and what waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from qinghe.claims.reference import reference_of
from qinghe.cli import statement
from tests.cli.test_money_commands import run
from tests.factories import claim
from tests.settlement.bank_files import Said, mt940

pytestmark = pytest.mark.django_db


def test_a_statement_is_taken_in_and_what_waits_is_told(tmp_path: Path) -> None:
    target = claim(principal=10_000)
    file = tmp_path / "bank.sta"
    file.write_bytes(mt940([Said(4_000, reference_of(target.number)), Said(5, "?"), Said(-7)]))
    first = run(statement.app, "import", str(file))
    assert first == {
        "statements": 1,
        "entries": 3,
        "new": 3,
        "came_minor": 4_005,
        "went_minor": 7,
        "booked": 1,
        "booked_minor": 4_000,
        "waiting": 1,
        "unexplained": 1,
        "twins": 0,
        "own_booked": 1,
        "own_waiting": 1,
        "own_left": 0,
        "own_open": 1,
    }
    assert run(statement.app, "import", str(file))["new"] == 0
    told = run(statement.app, "suspense")
    assert (told["waiting"], told["unexplained"], told["gaps"]) == (1, 1, [])
