from __future__ import annotations

import errno
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from config import var
from config.errors import CannotStart
from config.locks import file_lock


def test_a_full_disk_says_how_much_is_needed(
    var_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=3 * 1024**2))

    with pytest.raises(CannotStart, match=r"full: 3 MB free, 256 MB needed.*QINGHE_VAR"):
        var.require_space()


def test_a_data_folder_that_is_a_file_names_the_way_out(
    var_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way = var_folder / "file"
    in_the_way.touch()
    monkeypatch.setenv("QINGHE_VAR", str(in_the_way))

    with pytest.raises(CannotStart, match="QINGHE_VAR=/path"):
        var.require_space()


@pytest.mark.parametrize(
    ("code", "words"),
    [(errno.EACCES, "chown"), (errno.EROFS, "cannot be written"), (errno.ENOSPC, "full")],
)
def test_each_refusal_of_the_file_system_has_its_sentence(code: int, words: str) -> None:
    with pytest.raises(CannotStart, match=words), var.explained(Path("/data")):
        raise OSError(code, "refused")


def test_a_lock_that_is_held_too_long_is_a_sentence(var_folder: Path) -> None:
    path = var.folder("run") / "lock"

    with (
        file_lock(path, wait_seconds=1),
        pytest.raises(CannotStart, match="qinghe stop"),
        file_lock(path, wait_seconds=0.1),
    ):
        pytest.fail("two holders of one lock")


def test_a_lock_is_free_after_its_block(var_folder: Path) -> None:
    path = var.folder("run") / "lock"
    with file_lock(path, wait_seconds=0):
        pass
    with file_lock(path, wait_seconds=0):
        pass
