"""Payout runs from the shell: everything but letting one go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from typer.testing import CliRunner

from qinghe.cli.main import app
from qinghe.kernel import clock
from qinghe.settlement import services
from qinghe.settlement.models import Payout, PayoutRun
from tests.factories import AT
from tests.settlement.banked import OTHER, owed, payout_of, told

pytestmark = pytest.mark.django_db


def run(*words: str, code: int = 0) -> Any:
    with clock.at(AT):
        result = CliRunner().invoke(app, ["payouts", *words, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.output) if code == 0 else result.output


def test_a_run_is_collected_filed_and_answered(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_FILES = tmp_path / "vault"
    owner = owed(700)
    assert run("prepare") == {"payouts": 1}
    number = run("open")["number"]
    assert run("file", number, str(tmp_path), code=1)
    services.approve_run(run_id=PayoutRun.objects.get().pk, actor=OTHER, at=AT)
    made = run("file", number, str(tmp_path))
    path = Path(made["file"])
    first = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert run("file", number, str(tmp_path)) == made
    assert path.read_bytes() == first
    assert run("sent", number)["state"] == "sent"

    answers = tmp_path / "answers.csv"
    answers.write_bytes(told((payout_of(owner).number, "成功", "")))
    assert run("answers", str(answers)) == {"counts": {"paid": 1}, "look_at": []}
    assert run("answers", str(answers))["counts"] == {"known": 1}
    assert [row["state"] for row in run("show", number)] == ["paid"]
    assert [row["state"] for row in run("runs")] == ["done"]
    assert [row["number"] for row in run("list", "--state", "paid")] == [
        Payout.objects.get().number
    ]
    assert run("limits")[0]["currency"] == "CNY"


def test_the_shell_lets_no_run_go() -> None:
    told = CliRunner().invoke(app, ["payouts", "--help"]).output.split("Commands")[1]
    words = {line.split()[0] for line in told.splitlines() if line.startswith("  ")}
    assert "open" in words
    assert not words & {"approve", "pay"}
