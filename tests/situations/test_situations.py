"""
Every situation of the case files, as a lawyer would read them, answered by the packs.

A case that must be an error expects `{"error": {"code": …}}`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qinghe.rules.check import KINDS, check_lines
from tests.situations.compare import matches

FILES = sorted(Path(__file__).parent.glob("*.jsonl"))
SITUATIONS = [
    pytest.param(line.encode(), id=f"{file.stem}-{json.loads(line)['id']}")
    for file in FILES
    for line in file.read_text(encoding="utf-8").splitlines()
    if line.strip()
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
    told = {file.stem for file in FILES}
    assert set(KINDS) <= told
