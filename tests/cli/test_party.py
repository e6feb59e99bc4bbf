"""Parties from the shell: what is proven, what ends, what waits."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings
from typer.testing import CliRunner

from qinghe.cli.main import app
from qinghe.kernel import clock
from qinghe.parties.days import legal_day
from qinghe.parties.models import MicroTransfer, Organisation
from qinghe.parties.services import start_transfer
from qinghe.parties.services.assurance import keep_proof
from qinghe.parties.terms import ProofKind
from tests import factories
from tests.factories import AT
from tests.parties.onboarded import DOOR, Applicant

pytestmark = pytest.mark.django_db


def run(*words: str, code: int = 0) -> Any:
    with clock.at(AT):
        result = CliRunner().invoke(app, ["party", *words, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.output) if code == 0 else result.output


def test_a_party_says_what_it_is_made_of_and_what_is_missing() -> None:
    one = Applicant()
    one.account()
    one.prove()
    shown = run("show", one.org.slug)
    assert (shown["level"], shown["missing"]) == (0, ["number"])
    assert [each["kind"] for each in shown["proofs"]] == ["account"]
    assert [each["slug"] for each in run("list", "--below", "1")] == [one.org.slug]


def test_what_ends_soon_is_listed() -> None:
    org = factories.organisation()
    ends = legal_day(AT) + timedelta(days=20)
    keep_proof(
        org_id=org.pk, kind=ProofKind.LICENCE, source="x", expires_on=ends, actor=DOOR, at=AT
    )
    assert [(row["slug"], row["days_left"]) for row in run("ending")] == [(org.slug, 20)]
    assert run("ending", "--days", "10") == []


def test_applications_and_transfers_that_wait(settings: Settings) -> None:
    settings.TRANSFER_GATEWAY = "manual"
    one = Applicant()
    one.account()
    transfer = start_transfer(org_id=one.org_id, actor=one.actor, at=AT)
    assert [row["code"] for row in run("transfers")] == [transfer.code]
    assert run("sent", transfer.code, "--reference", "B-1")["state"] == "sent"
    assert run("transfers") == []
    assert MicroTransfer.objects.get().reference == "B-1"
    assert "parties.no-such-transfer" in run("sent", "QH00000000", code=1)
    assert run("applications") == []


def test_a_level_is_counted_anew() -> None:
    org = factories.organisation()
    Organisation.objects.filter(pk=org.pk).update(level=0)
    assert run("recount", org.slug)["level"] == 3
