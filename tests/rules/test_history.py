"""The law in two times: what bound on a day, and what was known of it on another."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from qinghe.rules import history
from qinghe.rules.history import Version, histories, history_of, law_on
from qinghe.rules.packs import PACK_NAMES, Pack, PackError, load_packs, parse_pack, rules_on

CAP: dict[str, Any] = {
    "id": "CN-CAP-01",
    "title": {"zh": "上限", "en": "Cap"},
    "source": "A law",
    "effective": {"from": "2024-01-01", "to": None, "status": "in_force"},
    "level": "deny",
    "grade": "S",
    "parameters": {"max": 3},
}
OTHER = {**CAP, "id": "CN-CAP-02"}
days = st.dates(date(2023, 6, 1), date(2027, 6, 1))


def revised(recorded: str, **changes: Any) -> dict[str, Any]:
    return {**deepcopy(CAP), "recorded": recorded, **changes}


def pack(*rows: dict[str, Any]) -> Pack:
    content = {"pack": "CN", "version": "1.0.0", "recorded": "2024-01-01", "rules": [*rows, OTHER]}
    return parse_pack(content, "0000")


CORRECTED = pack(
    CAP,
    revised("2024-06-01", parameters={"max": 2}, grade="P"),
    revised("2025-02-01", parameters={"max": 2}, grade="P", note="Read in the law itself."),
)


def test_the_latest_version_of_a_rule_counts_now() -> None:
    assert [each.id for each in CORRECTED.rules] == ["CN-CAP-01", "CN-CAP-02"]
    assert CORRECTED.rules[0].note == "Read in the law itself."
    assert [each.number("max") for each in CORRECTED.earlier] == [3, 2]


def test_a_history_tells_when_each_version_was_known_and_what_it_changed() -> None:
    versions, untouched = histories(CORRECTED)

    assert [(each.known_from, each.known_to, each.changed) for each in versions] == [
        (date(2024, 1, 1), date(2024, 6, 1), ()),
        (date(2024, 6, 1), date(2025, 2, 1), ("grade", "parameters")),
        (date(2025, 2, 1), None, ("note",)),
    ]
    assert [(each.known_from, each.known_to) for each in untouched] == [(date(2024, 1, 1), None)]


def test_the_order_of_the_rows_does_not_matter() -> None:
    rows = [CAP, revised("2024-06-01", grade="P"), revised("2025-02-01", grade="Q")]
    assert list(histories(pack(*rows))) == list(histories(pack(*reversed(rows))))


@effort(deadline=None)
@given(days)
def test_of_every_rule_one_version_is_known_from_its_first_day_on(on: date) -> None:
    for versions in histories(CORRECTED):
        assert sum(each.known(on) for each in versions) == (on >= versions[0].known_from)


@pytest.mark.parametrize(
    "rows",
    [
        [CAP, {**CAP, "grade": "P"}],
        [CAP, CAP],
        [CAP, revised("2024-06-01")],
        [
            revised(
                "2024-06-01",
                effective={"from": "2024-02-01", "to": "2024-02-01", "status": "draft"},
            )
        ],
        [revised("yesterday")],
        [revised("")],
    ],
    ids=["one day", "twice", "no change", "ends first", "no day", "never"],
)
def test_papers_that_contradict_each_other_are_refused(rows: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match=r"CN|Invalid isoformat"):
        pack(*rows)


def test_a_pack_that_was_never_recorded_is_refused() -> None:
    with pytest.raises(PackError, match="lacks recorded"):
        parse_pack({"pack": "CN", "version": "1.0.0", "rules": [CAP]}, "0000")


def test_superseded_law_answers_for_its_own_days() -> None:
    ended = {"from": "2024-01-01", "to": "2025-01-01", "status": "superseded"}
    rule = pack(revised("2025-01-01", effective=ended)).rules[0]

    assert rule.in_force(date(2024, 12, 31))
    assert not rule.in_force(date(2025, 1, 1))
    assert not rule.in_force(date(2023, 12, 31))
    assert not replace(rule, effective_to=None).in_force(date(2024, 12, 31))


@pytest.fixture
def corrected(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the Chinese pack be the corrected one."""
    packs = {**load_packs(), "CN": CORRECTED}
    monkeypatch.setattr(history, "load_packs", lambda: packs)
    history._histories.cache_clear()
    yield
    history._histories.cache_clear()


@pytest.mark.usefixtures("corrected")
@pytest.mark.parametrize(
    ("known_on", "most"),
    [("2024-01-01", 3), ("2024-05-31", 3), ("2024-06-01", 2), ("2025-02-01", 2), (None, 2)],
)
def test_the_law_is_answered_as_it_was_known(known_on: str | None, most: int) -> None:
    on = None if known_on is None else date.fromisoformat(known_on)
    rules = law_on(date(2026, 1, 1), known_on=on, packs=("CN",))
    cap = next(each for each in rules if each.id == "CN-CAP-01")
    assert cap.number("max") == most


@pytest.mark.usefixtures("corrected")
def test_what_nobody_knew_yet_did_not_bind_a_verdict() -> None:
    rules = law_on(date(2026, 1, 1), known_on=date(2023, 12, 31), packs=("CN",))
    assert "CN-CAP-01" not in {each.id for each in rules}


@effort(deadline=None)
@given(st.dates(date(2010, 1, 1), date(2035, 1, 1)), st.booleans())
def test_by_the_knowledge_of_now_it_is_the_law_the_evaluator_applies(
    day: date, drafts: bool
) -> None:
    assert law_on(day, drafts=drafts) == rules_on(day, None, drafts)
    for name in PACK_NAMES:
        assert law_on(day, packs=(name,), drafts=drafts) == rules_on(day, (name,), drafts)


def test_every_rule_has_a_history_that_ends_with_what_counts_now() -> None:
    for each in (rule for found in load_packs().values() for rule in found.rules):
        last = history_of(each.id)[-1]
        assert (last.rule, last.known_to) == (each, None)
        assert law_on(date(2026, 12, 1), known_on=last.known_from - timedelta(days=5000)) == ()


def test_an_unknown_rule_has_no_history() -> None:
    with pytest.raises(LookupError):
        history_of("CN-NONE-99")


def test_a_version_is_known_from_its_day_to_the_day_before_the_next() -> None:
    version = Version(CORRECTED.rules[0], date(2024, 1, 1), date(2024, 1, 3))
    assert [version.known(date(2024, 1, day)) for day in (1, 2, 3)] == [True, True, False]
    assert not version.known(date(2023, 12, 31))
