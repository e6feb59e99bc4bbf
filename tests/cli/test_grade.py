"""`qinghe grade`: what is published, why, and the nightly look by hand."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from qinghe.cli.grade import app
from qinghe.kernel import clock
from tests.factories import AT, collector

pytestmark = pytest.mark.django_db


def ask(*words: str) -> object:
    with clock.at(AT):
        done = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_grades_are_found_told_and_recognised() -> None:
    slug = collector().slug
    assert ask("list") == [{"collector": slug, "grade": None}]
    assert ask("run") == {"graded": 1}
    assert ask("run") == {"graded": 0}
    told = ask("show", slug)
    assert isinstance(told, dict)
    assert (told["grade"], told["too_little"], told["next_grade"]) == ("trainee", True, "junior")
    assert (told["accounts_missing"], told["days_missing"]) == (50, 30)
    ask("recognise", slug, "regular", "--reason", "Papers.")
    rows = ask("list")
    assert isinstance(rows, list)
    assert rows[0]["grade"] == "regular"
