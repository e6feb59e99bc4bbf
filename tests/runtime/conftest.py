"""Data folders of their own, with an embedded PostgreSQL that is stopped afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import postgres


@pytest.fixture
def var_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    # Not tmp_path: pytest closes its folders to other users, and PostgreSQL may run as one.
    folder = Path(tempfile.mkdtemp(prefix="qinghe-test-"))
    monkeypatch.setenv("QINGHE_VAR", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("PORT", raising=False)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def cluster_folder() -> Iterator[Path]:
    """One embedded PostgreSQL for a module, running at the start of each test or not."""
    folder = Path(tempfile.mkdtemp(prefix="qinghe-test-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QINGHE_VAR", str(folder))
        patch.delenv("DATABASE_URL", raising=False)
        yield folder
        postgres.stop()
    shutil.rmtree(folder, ignore_errors=True)
