"""The quick reading of a contact case means what the strict one means, on whatever comes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from qinghe.rules.check import quick_answer, strict_answer
from qinghe.rules.contact.evaluate import evaluate
from qinghe.rules.contact.facts import Settings
from qinghe.rules.contact.forms import read_fitting
from qinghe.rules.contact.reading import read_request, read_settings
from qinghe.rules.situations import lines
from tests.rules import worlds

LINES = [line.encode() for file, line in lines() if file == "contact"]
CASES: list[dict[str, Any]] = [json.loads(line) for line in LINES]
# Values that some field somewhere takes, and values that none takes.
STRANGE_WORDS = r"""
    null true 0 1 -1 1.0 1e300 1000000000000000000000000000000 "" [] {} [null] [{}] {"a":1}
    "voice" "debtor" "talk" "human" ["voice"] ["L1"] "Asia/Shanghai" "EST" "24:00" "\u00e9" "\ud800"
    "2026-03-10" "2026-03-10T10:00:00" "2026-03-10T10:00:00Z" "2026-03-10T10:00:00.5+08:00"
    "2026-03-10t10:00:00z" "2026-03-10T21:59:59.9999999+08:00" "0001-01-01T00:00:00+14:00"
    "2026-03-10T10:00+08:00" "2026-W11-2T10:00:00Z" "9999-12-31T23:00:00-14:00"
    """
STRANGE = st.sampled_from(STRANGE_WORDS.split()).map(json.loads)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Return every place of a JSON value, as a container and the key in it."""
    keys: list[Any] = []
    if isinstance(value, dict):
        keys = list(value)
    if isinstance(value, list):
        keys = list(range(len(value)))
    return [place for key in keys for place in ((value, key), *places(value[key]))]


@st.composite
def bent(draw: st.DrawFn) -> bytes:
    """Draw a situation with one or two of its values changed or taken away."""
    case = json.loads(json.dumps(draw(st.sampled_from(CASES))))
    for _ in range(draw(st.integers(1, 2))):
        container, key = draw(st.sampled_from(places(case)))
        if isinstance(container, dict) and draw(st.booleans()):
            del container[key]
        else:
            container[key] = draw(STRANGE)
    return json.dumps(case).encode()


@effort(max_examples=1500, deadline=None)
@given(bent())
def test_both_readings_of_a_bent_case_agree(line: bytes) -> None:
    quick, strict = quick_answer(line), strict_answer(line)
    assert quick is None or json.loads(quick) == json.loads(strict)


@pytest.mark.parametrize("line", LINES)
def test_both_readings_of_a_situation_agree(line: bytes) -> None:
    case, fitting = json.loads(line), read_fitting(line)
    # An unknown zone fits the form; the evaluator refuses it.
    if fitting is not None and "error" not in json.loads(strict_answer(line)):
        _, request, packs, settings = fitting
        assert request == read_request(case["input"])
        assert settings == read_settings(case.get("settings") or {})
        assert list(packs) == case["packs"]


def test_most_situations_fit() -> None:
    assert sum(read_fitting(line) is not None for line in LINES) > 0.9 * len(LINES)


@pytest.mark.parametrize(
    "hidden",
    [
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b"[" * 100_000,
        b"NaN",
        b"01",
        b'"\\ud800"',
        b'"a\tb"',
        b"1e999",
    ],
)
def test_what_is_ignored_must_still_be_json(hidden: bytes) -> None:
    line = LINES[0].replace(b"{", b'{"why": ' + hidden + b", ", 1)
    quick, strict = quick_answer(line), strict_answer(line)
    assert quick is None or json.loads(quick) == json.loads(strict)


def test_the_last_of_two_equal_keys_counts() -> None:
    line = LINES[0].replace(b"{", b'{"id": "first", ', 1)
    assert quick_answer(line) == quick_answer(LINES[0]) is not None


@effort(max_examples=300, deadline=None)
@given(worlds.requests(), worlds.packs, worlds.settings())
def test_facts_are_never_changed(request: Any, packs: tuple[str, ...], settings: Settings) -> None:
    told = repr(request), repr(settings)
    first = evaluate(request, packs, settings)
    assert evaluate(request, packs, settings) == first
    assert (repr(request), repr(settings)) == told


def test_facts_compare_and_hash_by_value() -> None:
    settings = Settings(visit_gap_days=3)
    assert hash(settings) == hash(replace(settings))
    assert settings == replace(settings) != Settings()
