"""A file of claims from the shell: worked on here, with progress, and refused with reasons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from typer.testing import CliRunner

from qinghe.bench.synthetic import IGNORED, write_claims
from qinghe.claims.models import Batch, Claim
from qinghe.cli.main import app
from tests.claims.world import TODAY, creditor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_FILES = tmp_path / "files"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "claims.csv"
    write_claims(path, rows=30, seed=4, as_of=TODAY)
    return path


def run(file: Path, *words: str, code: int = 0) -> Any:
    told = ["import", str(file), "--creditor", "demo-bank", "--as-of", TODAY.isoformat()]
    result = CliRunner().invoke(app, [*told, "--ignore", ",".join(IGNORED), "--json", *words])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout), result.stderr


@pytest.mark.parametrize("at_once", [True, False])
def test_a_file_is_taken_whatever_its_size(
    file: Path, at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    creditor()
    if not at_once:
        monkeypatch.setattr("qinghe.claims.services.batches.AT_ONCE_BYTES", 0)
        monkeypatch.setattr("qinghe.claims.services.batches.AT_ONCE_ROWS", 0)
    said, progress = run(file)
    assert (said["state"], said["read"], said["accepted"]) == ("accepted", 30, 30)
    assert ("30 of 30" in progress) is not at_once
    assert run(file)[0]["unchanged"] == Claim.objects.count() == 30


def test_errors_refuse_it_and_say_which_row(file: Path) -> None:
    creditor()
    file.write_text(file.read_text("utf-8").replace(",CNY,", ",XYZ,", 1), "utf-8")
    said, told = run(file, code=1)
    assert (said["accepted"], said["rejected"]) == (0, 1)
    assert "row 2, currency" in told
    assert Batch.objects.get().state == "refused"
    assert run(file, "--partial")[0]["accepted"] == 29


def test_a_real_installation_refuses_every_invented_row(file: Path, settings: Settings) -> None:
    creditor()
    settings.DEMO = False
    said, _told = run(file, code=1)
    assert (said["read"], said["rejected"]) == (30, 30)


def test_the_same_seed_gives_the_same_file(file: Path, tmp_path: Path) -> None:
    again, other = tmp_path / "again.csv", tmp_path / "other.csv"
    write_claims(again, rows=30, seed=4, as_of=TODAY)
    write_claims(other, rows=30, seed=5, as_of=TODAY)
    assert again.read_bytes() == file.read_bytes() != other.read_bytes()
    assert len(file.read_text("utf-8").splitlines()[0].split(",")) == 25
