"""
Every situation of the case files, as a lawyer would read them, answered by the packs.

A case that must be an error expects `{"error": {"code": …}}`.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from qinghe.rules.check import KINDS, check_lines
from qinghe.rules.packs import rule
from qinghe.rules.situations import lines, neighbours_of, situations_of
from tests.situations.compare import matches

SITUATIONS = [
    pytest.param(line.encode(), id=f"{file}-{json.loads(line)['id']}") for file, line in lines()
]


def answer_to(line: bytes) -> dict[str, Any]:
    answered: dict[str, Any] = json.loads(next(check_lines([line])))
    return answered


@pytest.mark.parametrize("line", SITUATIONS)
def test_situation(line: bytes) -> None:
    case, got = json.loads(line), answer_to(line)
    want = case["expect"]

    assert got["id"] == case["id"]
    if "error" in want:
        assert got["error"]["code"] == want["error"]["code"], got
    else:
        assert matches(want, got.get("output")), (case.get("why"), want, got)


def test_every_kind_has_situations() -> None:
    assert set(KINDS) <= {file for file, _line in lines()}


def test_a_rule_is_shown_with_its_situations_and_where_it_ends() -> None:
    fired = situations_of("CN-WIN-01")
    assert len(fired) > 5
    assert all("CN-WIN-01" in each.answer["rules"] for each in fired)
    beside = neighbours_of("CN-WIN-01")
    assert beside
    assert all(each.answer["decision"] == "allow" for each in beside)
    assert situations_of("CN-NO-99") == ()


def test_situations_name_rules_that_exist() -> None:
    for file, line in lines():
        if file == "contact":
            want = json.loads(line)["expect"]
            for rule_id in (*want.get("rules_any", ()), *want.get("rules_all", ())):
                assert rule(rule_id).id == rule_id
