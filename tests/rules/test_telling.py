"""An answer in words names its result, its rules and steps, and the law they rest on."""

from __future__ import annotations

import json
from typing import Any

from qinghe.rules.explain import citation, sentence
from qinghe.rules.situations import lines
from qinghe.rules.telling import tell_lines


def told(case: dict[str, Any] | bytes, lang: str = "en") -> list[str]:
    line = case if isinstance(case, bytes) else json.dumps(case).encode()
    return list(tell_lines([line], lang))


def test_a_refused_contact_names_its_rules_and_their_law() -> None:
    line = next(line for file, line in lines() if file == "contact" and '"A01"' in line)
    result, *rules, blank = told(line.encode(), "zh-hans")

    assert result.startswith('A01: decision="deny", rules=["CN-WIN-01", "CN-WIN-02"]')
    assert 'next_allowed_at="2026-03-10T00:00:00+00:00"' in result
    ids = ("CN-WIN-01", "CN-WIN-02")
    assert rules == [f"  {each} {sentence(each, 'zh')} [{citation(each)}]" for each in ids]
    assert blank == ""


def test_a_reckoning_tells_its_steps_once() -> None:
    given = {"basis": "contract", "due_on": "2024-01-02", "as_of": "2026-01-01", "calendar": {}}
    case = {"id": "L", "kind": "limitation", "packs": ["CN"], "input": given}
    result, first, last, _ = told(case)

    assert 'last_day="2027-01-04"' in result
    assert first == (
        f"  CN-LIM-01 The period of 3 years runs from 2024-01-02. [{citation('CN-LIM-01')}]"
    )
    assert last.startswith("  CN-LIM-11 The period is running; its last day is 2027-01-04.")


def test_a_defect_is_told_as_one() -> None:
    assert told(b"{") == ["case 1: bad_json (not a JSON object)", ""]


def test_every_situation_can_be_told() -> None:
    every = [line.encode() for _, line in lines()]
    for lang in ("zh", "en"):
        assert list(tell_lines(every, lang)).count("") == len(every)
