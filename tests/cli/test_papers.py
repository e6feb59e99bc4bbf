"""`qinghe papers`: look at a ZIP of papers, and add what fits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytest_django import Settings
from typer.testing import CliRunner

from qinghe.claims.models import Bundle, Evidence
from qinghe.cli.papers import app
from tests import factories
from tests.claims.bundled import paper, raw_zip, zipped
from tests.claims.world import creditor

pytestmark = pytest.mark.django_db


def test_papers_are_looked_at_and_added_when_told_so(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_FILES = tmp_path / "vault"
    factories.claim(creditor=creditor(), contract_number="JD001", state="submitted")
    file, csv = tmp_path / "p.zip", tmp_path / "report.csv"
    file.write_bytes(zipped({"JD001 合同.pdf": paper("x")}))
    asked = ["send", str(file), "--creditor", "demo-bank", "--json"]
    told = CliRunner().invoke(app, asked)
    assert (told.exit_code, json.loads(told.stdout)["matched"]) == (0, 1)
    assert (Bundle.objects.get().state, Evidence.objects.count()) == ("cancelled", 0)
    told = CliRunner().invoke(app, [*asked, "--take", "--report", str(csv)])
    assert (told.exit_code, json.loads(told.stdout)["added"]) == (0, 1)
    assert "JD001" in csv.read_text("utf-8-sig")
    assert Evidence.objects.count() == 1


def test_what_is_left_out_is_named_and_ends_with_one(settings: Settings, tmp_path: Path) -> None:
    settings.VAULT_FILES = tmp_path / "vault"
    creditor()
    lost, locked = tmp_path / "who.pdf", tmp_path / "p.zip"
    lost.write_bytes(paper("x"))
    locked.write_bytes(raw_zip({b"a.pdf": b"x"}, flags=1))
    told = CliRunner().invoke(app, ["send", str(lost), "--creditor", "demo-bank", "--take"])
    assert (told.exit_code, "1, unknown:" in told.stderr) == (1, True)
    told = CliRunner().invoke(app, ["send", str(locked), "--creditor", "demo-bank"])
    assert told.exit_code == 1
    assert Bundle.objects.count() == 1
