"""Every refusal has its own code, names only facts it is given, and stands in the documentation."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from config import docs
from config.docs import clocks_page, refusals, refusals_page, stale


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = [each.code for each in refusals()]
    assert codes, "no refusal found: the search is broken"
    assert sorted(codes) == sorted(set(codes))


def test_every_refusal_has_a_sentence_with_named_facts() -> None:
    for each in refusals():
        assert str(each.text).strip(), each
        for _, name, _, _ in string.Formatter().parse(str(each.text)):
            assert name is None or name.isidentifier(), f"{each.code}: {{{name}}}"


def test_the_generated_pages_are_those_of_the_source() -> None:
    assert stale() == [], "run `python -m config.docs`"


def test_a_page_that_lags_behind_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "clocks.md").write_text(clocks_page(), encoding="utf-8")
    (tmp_path / "refusals.md").write_text(refusals_page() + "old\n", encoding="utf-8")
    monkeypatch.setattr(docs, "DOCS", tmp_path)
    assert stale() == ["refusals.md"]


def test_every_clock_is_on_one_page() -> None:
    elsewhere = [
        str(path)
        for path in Path("qinghe").rglob("*.py")
        if ".periodic(" in path.read_text(encoding="utf-8")
    ]
    assert not elsewhere, "periodic jobs are listed in config/schedule.py only"
