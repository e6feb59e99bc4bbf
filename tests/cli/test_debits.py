"""Direct debits from the shell: everything but letting a run go."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from typer.testing import CliRunner

from qinghe.cli.main import app
from qinghe.kernel import clock
from qinghe.settlement import services
from qinghe.settlement.models import Debit, DebitRun
from tests.settlement.banked import OTHER, told
from tests.settlement.test_debits import PAID, RUN, TELL, allow, announced, planned_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _vault(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_FILES = tmp_path / "vault"


def run(*words: str, at: datetime = RUN, code: int = 0) -> Any:
    with clock.at(at):
        result = CliRunner().invoke(app, ["debits", *words, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.output) if code == 0 else result.output


def test_a_run_is_collected_filed_and_answered(tmp_path: Path) -> None:
    allow(planned_world())
    announced()
    assert run("plan", at=TELL) == {"announced": 0}
    (waiting,) = run("list")
    assert (waiting["state"], waiting["why_not"]) == ("planned", None)
    number = run("open")["number"]
    run("file", number, str(tmp_path), code=1)
    services.approve_debit_run(run_id=DebitRun.objects.get().pk, actor=OTHER, at=RUN)
    made = run("file", number, str(tmp_path))
    path = Path(made["file"])
    first = path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert run("file", number, str(tmp_path)) == made
    assert path.read_bytes() == first
    assert run("sent", number)["state"] == "sent"
    assert run("recall") == []

    debit = Debit.objects.get()
    answers = tmp_path / "answers.csv"
    answers.write_bytes(told((debit.number, "成功", "")))
    assert run("answers", str(answers), at=PAID)["counts"] == {"paid": 1}
    assert run("answers", str(answers), at=PAID)["counts"] == {"known": 1}
    assert [row["state"] for row in run("show", number)] == ["collected"]
    assert [row["state"] for row in run("runs")] == ["done"]


def test_a_run_that_is_given_up_leaves_its_debits_waiting() -> None:
    allow(planned_world())
    announced()
    number = run("open")["number"]
    assert run("drop", number)["state"] == "dropped"
    assert [row["number"] for row in run("list")] == [Debit.objects.get().number]
    run("show", "DR-0", code=1)
    run("drop", number, code=1)


def test_the_shell_lets_no_run_go() -> None:
    words = CliRunner().invoke(app, ["debits", "--help"]).output.split("Commands")[1]
    names = {line.split()[0] for line in words.splitlines() if line.startswith("  ")}
    assert "open" in names
    assert not names & {"approve", "allow"}
