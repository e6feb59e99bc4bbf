"""`qinghe import` of files that cannot be read without a word from the operator."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from pytest_django import Settings
from typer.testing import CliRunner

from qinghe.claims.models import Claim
from qinghe.cli.imports import app
from qinghe.kernel.errors import DomainError
from tests.claims.world import ROW, file_of
from tests.factories import organisation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demonstration(settings: Settings, tmp_path: Path) -> None:
    settings.DEMO = True
    settings.VAULT_FILES = tmp_path / "vault"


def test_an_encoding_that_is_unsure_is_said_by_an_option(tmp_path: Path) -> None:
    organisation(slug="acme")
    file = tmp_path / "claims.csv"
    file.write_bytes(
        file_of({**ROW, "address": "", "debtor_name": "張三"})
        .decode()
        .replace("杭州", "330100")
        .encode("big5")
    )
    words = [str(file), "--creditor", "acme", "--as-of", "2026-11-23"]
    unsure = CliRunner().invoke(app, words)
    assert isinstance(unsure.exception, DomainError)
    assert unsure.exception.code == "claims.encoding-unsure"
    assert not Claim.objects.exists()
    done = CliRunner().invoke(app, [*words, "--encoding", "big5"])
    assert done.exit_code == 0, done.output
    assert Claim.objects.count() == 1


def test_a_sheet_is_named_by_an_option(tmp_path: Path) -> None:
    organisation(slug="acme")
    book = openpyxl.Workbook()
    for title in ("old", "new"):
        sheet = book.create_sheet(title)
        sheet.append(list(ROW))
        sheet.append(list((ROW | {"contract_number": title}).values()))
    out = io.BytesIO()
    book.save(out)
    file = tmp_path / "claims.xlsx"
    file.write_bytes(out.getvalue())
    words = [str(file), "--creditor", "acme", "--as-of", "2026-11-23"]
    missing = CliRunner().invoke(app, [*words, "--sheet", "none"])
    assert "old, new" in str(missing.exception)
    done = CliRunner().invoke(app, [*words, "--sheet", "new"])
    assert done.exit_code == 0, done.output
    assert Claim.objects.get().contract_number == "new"
