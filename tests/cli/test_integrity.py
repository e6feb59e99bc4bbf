"""The integrity desk from the shell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from qinghe.cli.main import app
from qinghe.kernel import clock
from tests.factories import AT, collector
from tests.quality.integrity.acting import DAY, asked, flagged, proposed

pytestmark = pytest.mark.django_db


def run(*words: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, ["integrity", *words, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.output) if code == 0 else result.output


def test_what_waits_and_one_flag_without_anybody_s_words() -> None:
    agency = collector(name="乙催收")
    flag = asked(flagged(agency))
    with clock.at(AT + 3 * DAY):
        (row,) = run("list")
    assert (row["number"], row["days"], row["parties"]) == (flag.number, 3, ["乙催收"])
    told = run("show", flag.number.lower())
    assert (told["score"], told["signs"]) == (60, {"account": 1})
    assert told["parties"][0]["answered"] is None
    assert run("show", "CX0", code=1)


def test_a_look_and_the_record_of_the_rules() -> None:
    with clock.at(AT):
        assert run("look")["flags"] == 0
    agency = collector()
    proposed(flagged(agency), agency, "unfounded")
    rows = {row["rule"]: row for row in run("rules")}
    assert rows["one-hand"]["unfounded"] == 1
    assert len(run("list", "--decided")) == 1
