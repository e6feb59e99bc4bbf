"""A passing database lives beside the market and touches nothing of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytest_django import Settings

from config.passing import own_database
from qinghe.claims.services import remove_unnamed
from qinghe.parties.filestore import seal_file
from tests.factories import AT

LONG_AGO = 1_577_836_800


@pytest.mark.django_db(transaction=True)
def test_what_lives_in_a_passing_database_removes_no_file_of_the_house(
    settings: Settings, tmp_path: Path
) -> None:
    settings.VAULT_FILES = tmp_path
    sha256 = seal_file(b"a contract")
    file = tmp_path / sha256[:2] / sha256
    os.utime(file, (LONG_AGO, LONG_AGO))
    with own_database():
        seal_file(b"another")
        assert remove_unnamed(at=AT) == 0
    assert file.exists()
    assert len(list(tmp_path.glob("??/*"))) == 1
    assert tmp_path == settings.VAULT_FILES
