from __future__ import annotations

import json
import logging
import logging.config
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import logs

PERSONAL = [
    "called 10000001234 twice",
    "+86 100-0000-1234",
    "电话10000001234。",
    "id 11010519491231002X",
    "ann@example.com",
    "card 6222 0200 0000 0000 123",
    "010-12345678",
    "+44 20 7946 0000",
]
HARMLESS = [
    "0193a7c2-1234-7abc-9def-123456789012",
    "2026-11-23T14:51:00.123456Z",
    "amount_minor 1506424",
    "QH-2611-048213",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
]


@pytest.mark.parametrize("text", PERSONAL)
def test_what_looks_like_a_person_is_taken_out(text: str) -> None:
    clean = logs.redact(text)

    assert "[" in clean
    assert not any(len(word) > 6 and word.isdigit() for word in clean.replace("-", " ").split())


@pytest.mark.parametrize("text", HARMLESS)
def test_identifiers_and_moments_stay(text: str) -> None:
    assert logs.redact(text) == text


@given(st.integers(10**10, 2 * 10**10 - 1), st.text(alphabet="呼叫 ,:()", max_size=5))
def test_no_mobile_number_survives(number: int, words: str) -> None:
    assert str(number) not in logs.redact(f"{words}{number}{words}")
    assert logs.redact(number) != number


@given(st.uuids())
def test_every_uuid_survives(identifier: UUID) -> None:
    assert logs.redact(str(identifier)) == str(identifier)


@given(st.recursive(st.text(), lambda inner: st.dictionaries(st.text(), inner) | st.lists(inner)))
def test_every_value_can_be_written(value: object) -> None:
    json.dumps(logs.redact(value))


def test_secrets_are_hidden_by_name_wherever_they_lie() -> None:
    assert logs.redact({"a": {"password": "x"}, "api_key": ["y"]}) == {
        "a": {"password": "[hidden]"},
        "api_key": "[hidden]",
    }


def test_a_line_is_json_and_its_traceback_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    settings = logs.settings()
    formatter = settings["formatters"]["json"]
    handler = logging.StreamHandler()
    kind = formatter.pop("()")
    handler.setFormatter(kind(**formatter))
    logger = logging.Logger("qinghe.test")
    logger.addHandler(handler)

    try:
        int("10000001234 is no number")
    except ValueError:
        logger.exception("lost %s", "ann@example.com")

    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "lost [email]"
    assert line["level"] == "error"
    assert "10000001234" not in line["exception"]
