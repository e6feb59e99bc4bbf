from __future__ import annotations

import importlib
import inspect
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qinghe.cli.main import app
from qinghe.cli.nouns import NOUNS

# Half of the half second that a person notices, on a machine that does other things too.
QUICK_SECONDS = 0.5
HEAVY = ("django", "psycopg", "polars", "pydantic")


def test_help_is_quick_because_it_loads_no_command() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from qinghe.cli.main import app;"
        "out = CliRunner().invoke(app, ['--help']).output;"
        f"print(sorted(set(sys.modules) & set({HEAVY!r})), len(out))"
    )
    began = time.perf_counter()
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - began

    assert said.stdout.startswith("[] ")
    assert seconds < QUICK_SECONDS * 4, "loads something heavy"


def test_help_names_every_command() -> None:
    said = CliRunner().invoke(app, ["--help"]).output

    assert all(f"  {name}" in said for name in NOUNS)


@pytest.mark.parametrize("name", NOUNS)
def test_every_command_answers_help(name: str) -> None:
    answer = CliRunner().invoke(app, [name, "--help"])

    assert answer.exit_code == 0, answer.output
    assert "Usage:" in answer.output


@pytest.mark.parametrize("name", NOUNS)
def test_every_command_has_its_module_and_a_sentence(name: str) -> None:
    noun = NOUNS[name]
    module = importlib.import_module(noun.module)

    assert inspect.getdoc(module)
    assert noun.help.endswith(".")
    assert noun.django or not noun.database


def test_an_unknown_command_suggests_a_known_one() -> None:
    answer = CliRunner().invoke(app, ["rnu"])

    assert answer.exit_code == 2
    assert "Did you mean 'run'" in answer.output


def test_a_machine_that_is_not_ready_is_one_sentence_and_code_2(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    environment = {**os.environ, "QINGHE_VAR": str(in_the_way)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-c", "from qinghe.cli.main import app; app()", "run"]

    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert said.returncode == 2
    assert said.stderr.startswith("qinghe: ")
    assert "Traceback" not in said.stderr


def test_check_answers_line_by_line_from_a_file(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"id": "a", "kind": "contact"}\n\nnonsense\n')

    answer = CliRunner().invoke(app, ["check", str(cases)])
    rows = [json.loads(line) for line in answer.output.splitlines()]

    assert [row["id"] for row in rows] == ["a", None]
    assert rows[1]["error"]["code"] == "bad_json"


def test_check_tells_in_two_languages_and_refuses_a_third(tmp_path: Path) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text("nonsense\n")
    told = {
        lang: CliRunner().invoke(app, ["check", "--explain", "--lang", lang, str(cases)])
        for lang in ("zh", "en", "fr")
    }

    assert [answer.exit_code for answer in told.values()] == [0, 0, 2]
    assert told["en"].output.startswith("case 1: bad_json")


@pytest.mark.django_db
def test_an_account_is_created_and_listed() -> None:
    made = CliRunner().invoke(
        app,
        ["user", "create", "Ann@example.com", "--name", "Ann", "--password-stdin", "--json"],
        input="a-long-secret-77\n",
    )
    listed = CliRunner().invoke(app, ["user", "list", "--json"])

    assert json.loads(made.output)["email"] == "ann@example.com"
    assert [row["email"] for row in json.loads(listed.output)] == ["ann@example.com"]


@pytest.mark.django_db
def test_an_account_whose_role_is_refused_does_not_stay_behind() -> None:
    refused = CliRunner().invoke(
        app,
        ["user", "create", "ann@example.com", "--role", "operator@nowhere", "--password-stdin"],
        input="a-long-secret-77\n",
    )
    listed = CliRunner().invoke(app, ["user", "list", "--json"])

    assert refused.exit_code == 1
    assert "parties.no-such-organisation" in refused.output
    assert json.loads(listed.output) == []


@pytest.mark.django_db
def test_a_new_password_must_be_hard_to_guess() -> None:
    CliRunner().invoke(
        app, ["user", "create", "ann@example.com", "--password-stdin"], input="a-long-secret-77\n"
    )
    weak = CliRunner().invoke(
        app, ["user", "set-password", "ann@example.com", "--password-stdin"], input="short\n"
    )
    good = CliRunner().invoke(
        app,
        ["user", "set-password", "ann@example.com", "--password-stdin"],
        input="x9-long-one-3\n",
    )
    nobody = CliRunner().invoke(
        app,
        ["user", "set-password", "bob@example.com", "--password-stdin"],
        input="x9-long-one-3\n",
    )

    assert [weak.exit_code, good.exit_code, nobody.exit_code] == [1, 0, 1]
