"""Mutants are counted honestly: what nobody could notice is listed, and never counted as killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.__main__ import _keep, _kept, report, table
from tests.mutants.equivalents import Outdated, check_against, reasons
from tests.mutants.judging import SURVIVED
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


def test_what_is_equivalent_is_told_apart_and_not_counted_as_killed() -> None:
    made = list(mutants_of(EVALUATOR / "wishes.py"))[:5]
    answers = {each.digest: "situations" for each in made[:2]}
    answers |= {each.digest: SURVIVED for each in made[2:4]}
    told = report(made, answers, {made[2].place: "why"})
    assert told["all"] == {
        "mutants": 5,
        "judged": 4,
        "killed": 2,
        "survived": 1,
        "equivalent": 1,
        "rate": 0.5,
        "rate_of_real": 0.6667,
    }
    assert told["modules"] == {"wishes": told["all"]}
    assert [each["equivalent"] for each in told["survivors"]] == ["why", None]
    assert " ".join(table(told).split("\n")[1].split()) == "wishes 5 4 2 1 1 0.5 0.6667"


def test_a_run_that_was_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    made = list(mutants_of(EVALUATOR / "wishes.py"))[:3]
    assert _kept(path, again=False) == {}
    _keep(path, made[0], "situations")
    _keep(path, made[1], SURVIVED)
    with path.open("a", encoding="utf-8") as file:
        file.write('\n{"digest": "cut o')
    _keep(path, made[2], "examples")
    kept = {made[0].digest: "situations", made[1].digest: SURVIVED, made[2].digest: "examples"}
    assert _kept(path, again=False) == kept
    del kept[made[1].digest]
    assert _kept(path, again=True) == kept
