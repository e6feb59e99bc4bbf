"""
Answer cases written as JSON Lines, one answer per case, in order.

The answer depends only on the case and the packs: no network, no clock. A defect in a case is an
answer with a code, never a failure.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from qinghe.rules.contact.evaluate import evaluate
from qinghe.rules.contact.facts import Settings
from qinghe.rules.contact.reading import read_request, read_settings
from qinghe.rules.contact.writing import verdict_row
from qinghe.rules.packs import PACK_NAMES
from qinghe.rules.reading import CaseError, Row, need, need_part, part

Answer = Mapping[str, Any]
Kind = Callable[[Row, tuple[str, ...], Settings], Answer]


def contact(row: Row, packs: tuple[str, ...], settings: Settings) -> Answer:
    """Answer a contact case."""
    return verdict_row(evaluate(read_request(row), packs, settings))


# Every kind of case, by name. A new kind is one function and one line here.
KINDS: dict[str, Kind] = {"contact": contact}

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def check_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Answer every line that is not empty, lazily and in order; no newline at the ends."""
    for line in lines:
        if line.strip():
            yield _encode(check_line(line)).encode()


def check_line(line: bytes) -> dict[str, Any]:
    """Answer one line: `{"id", "output"}` or `{"id", "error"}`."""
    try:
        case = json.loads(line)
    except (ValueError, RecursionError):
        case = None
    if not isinstance(case, dict):
        return _error(None, "bad_json", "not a JSON object")
    ident = case.get("id")
    try:
        return {"id": ident, "output": check_case(case)}
    except CaseError as defect:
        return _error(ident, defect.code, defect.message)
    except OverflowError:
        return _error(ident, "bad_value", "a day outside the calendar")


def check_case(case: Row) -> Answer:
    """
    Answer one case.

    :raises CaseError: a defect; its code says which
    """
    need(case, "id")
    kind = KINDS.get(str(need(case, "kind")))
    if kind is None:
        raise CaseError("unknown_kind", str(case["kind"]))
    settings = read_settings(part(case, "settings") or {})
    return kind(need_part(case, "input"), read_packs(case), settings)


def read_packs(case: Row) -> tuple[str, ...]:
    """
    Read the packs a case asks for.

    :raises CaseError: none, not a list, or one that does not exist
    """
    names = need(case, "packs")
    if not isinstance(names, list):
        raise CaseError("bad_type", "packs")
    if not names:
        raise CaseError("bad_value", "packs")
    for name in names:
        if name not in PACK_NAMES:
            raise CaseError("unknown_pack", str(name))
    return tuple(names)


def _error(ident: object, code: str, message: str) -> dict[str, Any]:
    return {"id": ident, "error": {"code": code, "message": message}}
