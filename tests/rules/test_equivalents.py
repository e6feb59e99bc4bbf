"""The list of changes nobody could notice speaks of the contact rules as they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.equivalents import Outdated, check_against, reasons
from tests.mutants.places import EVALUATOR, mutants_of

ROW = """
[[equivalent]]
module = "house"
function = "_tomorrow"
was = "home = national(planned.zones[0])"
now = "home = national(planned.zones[1])"
reason = "for this test"
"""


def test_every_row_names_a_line_that_is_there() -> None:
    assert reasons()


def test_a_line_that_changed_and_a_row_without_a_reason_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.toml"
    for broken in (
        ROW.replace("zones[0]", "zones[2]"),
        ROW.replace("_tomorrow", "_counts"),
        ROW.replace("_tomorrow", "_gone"),
        ROW.replace("for this test", " "),
        ROW + ROW,
    ):
        path.write_text(broken, "utf-8")
        with pytest.raises(Outdated):
            reasons(path)


def test_a_row_that_no_mutant_answers_to_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.toml"
    made = list(mutants_of(EVALUATOR / "wishes.py"))
    place = made[0].place
    check_against([place], made)
    with pytest.raises(Outdated, match="0 mutants"):
        check_against([(*place[:3], "something else")], made)
    with pytest.raises(Outdated, match="2 mutants"):
        check_against([place], [*made, made[0]])
    path.write_text(ROW, "utf-8")
    check_against(reasons(path), made)
