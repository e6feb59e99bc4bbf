"""A hold from the shell: at once, by number, and lifted by its own cause only."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from qinghe.claims.queries import live_holds
from qinghe.cli.main import app
from tests.factories import claim

pytestmark = pytest.mark.django_db


def run(*words: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, ["hold", *words, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.output) if code == 0 else result.output


def test_a_death_stops_everything_about_the_person_until_it_is_lifted() -> None:
    one = claim()
    placed = run("place", one.number, "--kind", "death")
    (hold,) = live_holds(one.debtor_id)
    assert (hold.kind, hold.claim_id, hold.cause) == ("death", None, placed["cause"])

    assert run("lift", placed["cause"]) == {"lifted": 1}
    assert live_holds(one.debtor_id) == []


def test_a_hold_may_concern_one_claim_and_end_at_a_midnight_of_the_market() -> None:
    one = claim()
    words = ("--kind", "moratorium", "--until", "2099-02-01", "--claim-only")
    run("place", one.number, *words)

    (hold,) = live_holds(one.debtor_id)
    assert hold.claim_id == one.pk
    assert hold.ends_at is not None
    assert hold.ends_at.isoformat() == "2099-01-31T16:00:00+00:00"


def test_an_unknown_number_holds_nobody() -> None:
    assert "claims.no-such-claim" in run("place", "QH-0000-000000", "--kind", "death", code=1)
