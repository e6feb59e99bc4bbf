"""`qinghe bid`: boxes opened, openings proved, cost figures put in force."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from qinghe.cli.main import app
from qinghe.kernel import clock
from qinghe.market.models import Bid, CostFigures, Invitation
from tests.factories import AT
from tests.market.bidders import bid, invited

pytestmark = pytest.mark.django_db


def run(*words: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, ["bid", *words, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.output) if code in (0, 1) else result.output


def test_a_box_is_opened_and_its_opening_proved() -> None:
    listing = invited()
    bid(listing, "0.2")
    with clock.at(AT):
        assert run("open") == {"opened": 0}
        assert run("prove", listing.number, code=1)["faults"] == ["not opened"]
    with clock.at(Invitation.objects.get().opens_at):
        assert run("open") == {"opened": 1}
    assert run("prove", listing.number.lower())["honest"] is True
    Bid.objects.get()
    Invitation.objects.update(commitment="0" * 64)
    assert run("prove", listing.number, code=1)["honest"] is False


def test_the_figures_that_are_shown_can_be_put_in_force_under_a_new_version(tmp_path: Path) -> None:
    with clock.at(AT):
        text = run("costs", "show")["text"]
        file = tmp_path / "costs.yaml"
        file.write_text(text.replace('"2026-11"', '"ours"'), encoding="utf-8")
        assert run("costs", "put", str(file))["version"] == "ours"
        assert run("costs", "show")["version"] == "ours"
    assert CostFigures.objects.count() == 1
