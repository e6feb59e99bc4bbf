"""A draft from a file, replayed in the shell; nothing is written."""

from __future__ import annotations

import json
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qinghe.cli.main import app
from qinghe.contact.models import HousePack
from qinghe.kernel import clock
from tests.contact.conftest import make_case

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
DRAFT = """
tighten:
  - {rule: CN-FRQ-01, parameter: max, value: 2}
  - {rule: CN-WIN-01, parameter: close, value: 18:00}
"""

pytestmark = pytest.mark.django_db


def run(tmp_path: Path, text: str, *words: str) -> tuple[int, str]:
    draft = tmp_path / "draft.yaml"
    draft.write_text(text)
    with clock.at(NOON + timedelta(days=1)):
        result = CliRunner().invoke(app, ["whatif", "--pack", str(draft), "--days", "2", *words])
    return result.exit_code, result.output


def test_it_tells_what_would_have_been_refused(tmp_path: Path) -> None:
    case = make_case()
    for minute in range(3):
        case.ask(NOON + timedelta(minutes=minute))
    code, output = run(tmp_path, DRAFT, "--json")
    found = json.loads(output)
    assert (code, found["asked"], found["newly_refused"]) == (0, 3, 1)
    assert found["by_rule"][0]["id"] == "HSE-FRQ-01"
    code, output = run(tmp_path, DRAFT)
    assert "1 would have been refused" in output
    assert "\tHSE-FRQ-01 Fewer talks a day, by the operator\t1\t0" in output
    assert not HousePack.objects.exists()


def test_the_draft_that_help_shows_is_one(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["whatif", "--help"]).output
    draft = textwrap.dedent(shown[shown.index("  tighten:") : shown.index("Options:")])
    code, output = run(tmp_path, draft)
    assert (code, "0 attempts" in output) == (0, True), output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DRAFT.replace("2}", "4}"), "the lawful value is 3"),
        ("loosen: []", "contact.house-unreadable"),
        ("- a list", "tighten"),
        ("{", "not YAML"),
    ],
)
def test_what_would_loosen_or_say_nothing_is_refused(tmp_path: Path, text: str, said: str) -> None:
    code, output = run(tmp_path, text)
    assert code != 0
    assert said in output
