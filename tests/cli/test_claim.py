"""`qinghe claim recompute`: the same lines as on the page, with rules, and as JSON."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from typer.testing import CliRunner

from qinghe.claims.queries import NoSuchClaim
from qinghe.claims.services import TermsGiven, deliver_terms
from qinghe.cli.claim import app
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
