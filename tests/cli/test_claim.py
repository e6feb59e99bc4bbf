"""`qinghe claim`: the same lines as on the page; one claim posted from a file."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings
from typer.testing import CliRunner

from qinghe.claims.models import Batch, Claim
from qinghe.claims.queries import NoSuchClaim
from qinghe.claims.services import TermsGiven, deliver_terms
from qinghe.cli.claim import app
from qinghe.kernel import clock
from tests.claims.world import NOW, claim_of, clerk, creditor

pytestmark = pytest.mark.django_db


def test_a_claim_is_explained() -> None:
    claim = claim_of(creditor(lender_kind="private_company"), interest="3500.00")
    deliver_terms(
        claim_id=claim.pk,
        terms=TermsGiven(1_000_000, date(2025, 6, 1), date(2026, 10, 1), rate_pct=Decimal(10)),
        actor=clerk(claim.creditor),
        at=NOW,
    )
    told = CliRunner().invoke(app, ["recompute", claim.number, "--explain"])
    assert told.exit_code == 0
    assert "claimed 3500.00  contract 1479.46  lawful 1479.46  difference 2020.54" in told.output
    assert "CN-INT-01: " in told.output
    answer = json.loads(CliRunner().invoke(app, ["recompute", claim.number, "--json"]).output)
    assert answer["outcome"] == "more"
    assert answer["lines"][1]["difference"] == 202_054


def test_what_is_missing_is_named() -> None:
    claim = claim_of(creditor())
    with translation.override("en"):
        told = CliRunner().invoke(app, ["recompute", claim.number])
    assert "missing (28 % known): the terms of the contract" in told.output


def test_an_unknown_number_is_refused() -> None:
    answer = CliRunner().invoke(app, ["recompute", "QH-0000-000000"])
    assert isinstance(answer.exception, NoSuchClaim)


NOTE = """
debtor_name: 陈测试
id_number: "990101199001011231"
principal: 10000.00
contract_date: 2025-06-01
due_date: 2026-10-01
agreed_rate: 10
"""


def test_one_claim_is_posted_from_a_file(tmp_path: Path, settings: Settings) -> None:
    settings.VAULT_FILES = tmp_path / "files"
    creditor()
    note = tmp_path / "note.yaml"
    note.write_text(NOTE, "utf-8")
    command = ["post", str(note), "--creditor", "demo-bank", "--json"]
    with clock.at(NOW):
        ready = json.loads(CliRunner().invoke(app, [*command, "--dry-run"]).output)
        assert (ready["number"], ready["state"], ready["calculated"]) == (None, "checked", "less")
        assert not Claim.objects.exists()
        done = json.loads(CliRunner().invoke(app, command).output)
    assert done["number"] == Claim.objects.get().number


def test_a_refused_claim_is_told_field_by_field(tmp_path: Path, settings: Settings) -> None:
    settings.VAULT_FILES = tmp_path / "files"
    creditor()
    with clock.at(NOW), translation.override("en"):
        told = CliRunner().invoke(
            app, ["post", "-", "--creditor", "demo-bank"], input="principal: x"
        )
    assert told.exit_code == 1
    assert "principal: This is not an amount." in told.output
    assert not Batch.objects.exists()
