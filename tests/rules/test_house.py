"""What an operator may tighten, and that nothing can be loosened."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from qinghe.rules.house import (
    CLOCK,
    CLOSED_DAYS,
    Closure,
    Lever,
    Loosens,
    Unreadable,
    content_of,
    lever_for,
    levers,
    read_house,
)
from qinghe.rules.packs import (
    HOUSE,
    PackError,
    load_packs,
    overridable,
    parse_pack,
    read_yaml,
    rule,
    rules_on,
)

EVERY = sorted(levers().values(), key=lambda lever: lever.id)


def said(lever: Lever, number: int) -> Any:
    value = lever.words(number) if lever.unit == CLOCK else number
    return {"tighten": [{"rule": lever.rule_id, "parameter": lever.parameter, "value": value}]}


@pytest.mark.parametrize("lever", EVERY, ids=lambda lever: lever.id)
def test_a_figure_may_move_one_way_and_so_far(lever: Lever) -> None:
    step = 1 if lever.stricter == "higher" else -1
    assert read_house(said(lever, lever.lawful + step)).figures == {lever.id: lever.lawful + step}
    assert read_house(said(lever, lever.bound)).figures == {lever.id: lever.bound}
    for number in (lever.lawful, lever.lawful - step, lever.bound + step):
        if number < 0:
            continue
        with pytest.raises(Loosens) as refused:
            read_house(said(lever, number))
        assert refused.value.lever == lever


def test_the_lawful_figure_is_the_rules_own() -> None:
    assert lever_for("CN-FRQ-01", "max").lawful == rule("CN-FRQ-01").number("max")
    assert lever_for("CN-WIN-01", "open").lawful == 8 * 60
    assert lever_for("PLT-CAP-01", "answered_per_day").stricter == "lower"


@given(
    st.dictionaries(st.sampled_from(EVERY), st.floats(0, 1), min_size=1),
    st.lists(st.tuples(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(1, 9))),
)
def test_a_version_is_read_back_as_it_was_written(
    moved: dict[Lever, float], days: list[tuple[date, int]]
) -> None:
    rows = []
    for lever, part in moved.items():
        step = 1 if lever.stricter == "higher" else -1
        most = abs(lever.bound - lever.lawful)
        rows += said(lever, lever.lawful + step * max(1, round(part * most)))["tighten"]
    close = [
        {"from": str(first), "until": str(date.fromordinal(first.toordinal() + n))}
        for first, n in days
    ]
    house = read_house({"tighten": rows, "close": close}, 7)
    assert read_house(content_of(house), 7) == house
    assert set(house.figures) == {lever.id for lever in moved}
    assert bool(house)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"tighten": []},
        {"tighten": 5},
        {"close": "2027-02-10"},
        {"loosen": []},
        {"tighten": [{"rule": "CN-FRQ-01", "parameter": "max"}]},
        {"tighten": ["CN-FRQ-01"]},
        {"tighten": [{"rule": "CN-FRQ-01", "parameter": "counts", "value": 1}]},
        {"tighten": [{"rule": "CN-DSP-01", "parameter": "max", "value": 1}]},
        {"tighten": [{"rule": "CN-FRQ-01", "parameter": "max", "value": "2"}]},
        {"tighten": [{"rule": "CN-FRQ-01", "parameter": "max", "value": True}]},
        {"tighten": [{"rule": "CN-FRQ-01", "parameter": "max", "value": 2}] * 2},
        {"tighten": [{"rule": "CN-WIN-01", "parameter": "open", "value": "9 o'clock"}]},
        {"close": [{"from": "2027-02-10", "until": "2027-02-10"}]},
        {"close": [{"from": "new year", "until": "2027-02-10"}]},
        {"close": [{"from": "2027-02-10"}]},
    ],
)
def test_what_says_nothing_lawful_is_refused(content: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read_house(content)


def test_a_clock_time_without_quotes_is_the_same_in_yaml() -> None:
    row = yaml.safe_load("{rule: CN-WIN-01, parameter: close, value: 18:00}")
    assert read_house({"tighten": [row]}).figures == {"HSE-WIN-02": 18 * 60}


def test_days_are_half_open() -> None:
    house = read_house({"close": [{"from": "2027-02-05", "until": "2027-02-13"}]})
    assert house.closed == (Closure(date(2027, 2, 5), date(2027, 2, 13)),)


def test_the_evaluator_never_asks_the_house() -> None:
    assert not any(each.pack == HOUSE for each in rules_on(date(2026, 11, 23)))
    assert CLOSED_DAYS in {each.id for each in load_packs()[HOUSE].rules}


def test_only_rules_of_the_platforms_own_gate_can_be_set_aside() -> None:
    assert overridable() == {"PLT-MSG-01"}
    for name, index in (("plt", 0), ("cn", 0), ("hse", 0)):
        content = read_yaml(f"{name}.yaml")
        content = deepcopy(content)
        content["rules"][index]["overridable"] = True
        with pytest.raises(PackError, match="set aside"):
            parse_pack(content, "0000")
