"""Letters in bulk: for a printing house, into a folder that nobody else reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from qinghe.cli.main import app
from qinghe.contact.models import Delivery
from tests.contact.conftest import Case, make_case
from tests.factories import AT

pytestmark = pytest.mark.django_db


def run(*words: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, ["letters", *words, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.output) if code == 0 else result.output


@pytest.fixture
def letters() -> list[Case]:
    """Two persons to whom a letter waits."""
    cases = [make_case(), make_case()]
    for case in cases:
        case.reach(AT, "letter", template="first_notice")
    return cases


def test_the_list_tells_number_kind_and_moment_and_no_more(letters: list[Case]) -> None:
    rows = run("list")
    assert {row["claim"] for row in rows} == {case.claim.number for case in letters}
    assert set(rows[0]) == {"id", "claim", "kind", "asked_at"}


def test_an_export_writes_private_files_and_empties_the_list(
    letters: list[Case], tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    done = run("export", str(folder))
    assert done["letters"] == 2
    assert folder.stat().st_mode & 0o777 == 0o700
    for name in done["files"]:
        assert (folder / name).stat().st_mode & 0o777 == 0o600
        assert (folder / name).read_bytes().startswith(b"%PDF")
    assert run("list") == []
    assert run("export", str(folder))["letters"] == 0


def test_letters_may_go_on_waiting_after_an_export(letters: list[Case], tmp_path: Path) -> None:
    folder = str(tmp_path / "out")
    for _twice in range(2):
        assert run("export", folder, "--keep-waiting")["letters"] == 2
    assert len(run("list")) == 2


@pytest.mark.parametrize("mode", [0o750, 0o705])
def test_a_folder_that_others_may_read_gets_no_letter(
    letters: list[Case], tmp_path: Path, mode: int
) -> None:
    tmp_path.chmod(mode)
    assert "chmod 700" in run("export", str(tmp_path), code=2)
    assert list(tmp_path.iterdir()) == []
    assert len(run("list")) == 2


def test_a_letter_that_could_not_be_written_waits_on(letters: list[Case], tmp_path: Path) -> None:
    with patch("qinghe.cli.letters.os.fsync", side_effect=OSError("disk full")):
        result = CliRunner().invoke(app, ["letters", "export", str(tmp_path / "out")])
    assert result.exit_code != 0
    assert not Delivery.objects.filter(printed_at__isnull=False).exists()


def test_a_link_that_lies_in_the_folder_is_not_followed(
    letters: list[Case], tmp_path: Path
) -> None:
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    folder.mkdir(mode=0o700)
    names = run("export", str(folder), "--keep-waiting")["files"]
    (folder / names[0]).unlink()
    (folder / names[0]).symlink_to(elsewhere)
    run("export", str(folder))
    assert not elsewhere.exists()
    assert not (folder / names[0]).is_symlink()
