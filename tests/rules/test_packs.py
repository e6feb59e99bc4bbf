"""The packs: every rule has its papers, and a pack without them is refused."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from qinghe.rules.contact.limits import limits
from qinghe.rules.packs import (
    PACK_NAMES,
    PackError,
    fingerprint,
    load_packs,
    minutes,
    pack_version,
    parse_pack,
    read_yaml,
    rule,
    rules_on,
    with_platform,
)


def a_pack() -> dict[str, Any]:
    content = read_yaml("plt.yaml")
    return deepcopy(content)


@pytest.mark.parametrize("name", PACK_NAMES)
def test_a_version_names_the_pack_and_its_content(name: str) -> None:
    assert re.fullmatch(rf"{name.lower()}-\d+\.\d+\.\d+-[0-9a-f]{{4}}", pack_version(name))


def test_every_id_occurs_once() -> None:
    ids = [each.id for pack in load_packs().values() for each in pack.rules]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("paper", ["id", "source", "effective", "level", "grade"])
def test_a_rule_without_its_papers_is_refused(paper: str) -> None:
    content = a_pack()
    del content["rules"][0][paper]
    with pytest.raises(PackError):
        parse_pack(content, "0000")


@pytest.mark.parametrize(
    "change",
    [
        {"level": "forbid"},
        {"id": "CN-IN-01"},
        {"effective": {"status": "in_force"}},
        {"effective": {"from": None, "status": "perhaps"}},
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    content = a_pack()
    content["rules"][0].update(change)
    with pytest.raises(PackError):
        parse_pack(content, "0000")


def test_an_id_that_occurs_twice_is_refused() -> None:
    content = a_pack()
    content["rules"].append(content["rules"][0])
    with pytest.raises(PackError):
        parse_pack(content, "0000")


def test_old_law_is_what_was_in_force_then() -> None:
    before = {each.id for each in rules_on(date(2026, 1, 29), ("CN",))}
    after = {each.id for each in rules_on(date(2026, 1, 30), ("CN",))}

    assert after - before == {
        each.id for each in load_packs()["CN"].rules if each.effective_from == date(2026, 1, 30)
    }
    assert "CN-WIN-02" in after - before


def test_a_draft_binds_only_when_asked_for() -> None:
    day = date(2026, 8, 1)
    assert "IN-WIN-02" not in {each.id for each in rules_on(day, ("IN",))}
    assert "IN-WIN-02" in {each.id for each in rules_on(day, ("IN",), drafts=True)}


def test_superseded_law_binds_no_longer() -> None:
    assert "CN-INT-08" not in {each.id for each in rules_on(date(2026, 1, 1))}


def test_the_platform_is_always_asked() -> None:
    assert with_platform(("US",)) == ("US", "PLT")
    assert with_platform(("PLT", "CN")) == ("CN", "PLT")


@pytest.mark.parametrize("names", [(), ("MARS",), ("CN", "cn")])
def test_an_unknown_pack_is_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="unknown pack"):
        with_platform(names)


def test_a_parameter_that_is_missing_is_refused() -> None:
    with pytest.raises(PackError):
        rule("CN-TGT-05").number("max")
    with pytest.raises(PackError):
        rule("CN-TGT-05").words("counts")


def test_every_number_of_the_contact_rules_is_in_the_packs() -> None:
    assert limits().talks == rule("CN-FRQ-01").number("max")
    assert [name for name, _ in limits().carrier_windows] == ["per_minute", "per_hour", "per_day"]


@pytest.mark.parametrize(("clock", "minute"), [("00:00", 0), ("08:05", 485), ("24:00", 1440)])
def test_a_clock_time_is_a_minute_of_the_day(clock: str, minute: int) -> None:
    assert minutes(clock) == minute


@pytest.mark.parametrize("clock", ["8:00", "08.00", "24:01", "12:60", "ab:cd", "", "-1:00"])
def test_what_is_no_clock_time_is_refused(clock: str) -> None:
    with pytest.raises(ValueError, match=r"time of day|HH:MM"):
        minutes(clock)


def test_a_pack_has_another_version_when_its_sentences_change() -> None:
    assert fingerprint("cn.yaml", "sentences.yaml") != fingerprint("cn.yaml")
    assert load_packs()["CN"].version.endswith(fingerprint("cn.yaml", "sentences.yaml"))
