"""
Every situation of the case files, as a lawyer would read them, answered by the packs.

A case that must be an error expects `{"error": {"code": …}}`.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from qinghe.rules.check import KINDS, check_lines
from qinghe.rules.situations import lines
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
