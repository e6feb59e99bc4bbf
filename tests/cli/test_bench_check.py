"""The benchmark of `qinghe check` measures, and its figure stands beside its limit."""

from __future__ import annotations

import pytest

from qinghe.bench import check as bench
from qinghe.rules.check import check_line


def test_the_figure_stands_beside_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    answered: list[bytes] = []

    def answer(line: bytes) -> bytes:
        answered.append(line)
        return check_line(line)

    monkeypatch.setattr(bench, "check_line", answer)
    result = bench.check(cases=1500)

    assert len(set(answered)) == 1500
    assert result.limit is not None
    assert result.ratio == pytest.approx(result.ours / result.limit, abs=0.01)
    assert result.ratio > 0.2
    assert (result.name, result.unit, result.sizes) == ("check", "cases/s", {"cases": 1500})
