"""`qinghe screen` and its bench."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qinghe.bench.screening import GOAL_MS, screening
from qinghe.cli.screen import app
from qinghe.rules.screen.linear import unpack


def test_a_lawful_sentence_passes() -> None:
    said = CliRunner().invoke(app, ["text", "您好，请问现在方便吗？"])

    assert (said.exit_code, said.output) == (0, "allow\n")


def test_a_threat_ends_with_one_and_names_everything() -> None:
    said = CliRunner().invoke(app, ["text", "再不还钱就弄死你", "--json"])

    assert said.exit_code == 1
    answer = json.loads(said.output)
    first = answer["findings"][0]
    assert (first["act"], first["start"], first["end"]) == ("threat", 5, 7)
    assert first["rule"] == "CN-CON-01"
    assert set(first["say"]) == {"zh", "en"}


def test_role_facts_and_packs_are_heeded() -> None:
    runner = CliRunner()
    sue = ["text", "We will sue you for this.", "--pack", "US", "--json"]

    assert "US-TB-01" in runner.invoke(app, [*sue, "--fact", "time_barred"]).output
    assert "US-TB-01" not in runner.invoke(app, sue).output
    assert runner.invoke(app, ["text", "他欠我们钱", "--role", "employer"]).exit_code == 1


@pytest.mark.parametrize("option", ["--role", "--channel", "--surface", "--fact", "--pack"])
def test_a_word_that_no_option_knows_is_refused_with_those_it_knows(option: str) -> None:
    said = CliRunner().invoke(app, ["text", "x", option, "nonsense"])

    assert said.exit_code == 2
    assert "'nonsense' is none of " in " ".join(said.output.split())


def test_a_model_is_trained_from_files_and_measured(tmp_path: Path) -> None:
    file, out = tmp_path / "rows.csv", tmp_path / "model.bin"
    rows = [f"{i % 2},{'坏话连篇' if i % 2 else '好话一句'}{i}" for i in range(30)]
    file.write_text("label,TEXT\n" + "\n".join(rows), "utf-8")
    runner = CliRunner()
    said = runner.invoke(
        app,
        ["train", str(file), "--out", str(out), "--test", str(file), "--bits", "10", "--json"],
    )

    assert said.exit_code == 0, said.output
    assert '"macro_f1": 1.0' in said.output
    assert unpack(out.read_bytes()).threshold == 1.5
    assert runner.invoke(app, ["train", str(out), "--out", str(out)]).exit_code == 2


def test_the_bench_reports_rate_and_percentiles() -> None:
    result = screening(rounds=3)

    assert result.unit == "sentences/s"
    assert result.limit == 1000 / GOAL_MS
    assert result.p50_ms is not None
    assert result.p99_ms is not None
    assert result.p50_ms <= result.p99_ms
