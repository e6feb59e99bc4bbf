"""
Answer cases written as JSON Lines, one answer per case, in order.

The answer depends only on the case and the packs: no network, no clock. A defect in a case is an
answer with a code, never a failure.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec.json import encode

from qinghe.rules.cases.allocation import allocation_case
from qinghe.rules.cases.interest import delayed_case, interest_case
from qinghe.rules.cases.limitation import limitation_case
from qinghe.rules.cases.procedure import listing_case, route_case
from qinghe.rules.cases.records import fee_case, retention_case, validation_case
from qinghe.rules.contact.evaluate import evaluate
from qinghe.rules.contact.facts import Settings
from qinghe.rules.contact.forms import read_fitting
from qinghe.rules.contact.reading import read_request, read_settings
from qinghe.rules.contact.writing import verdict_row
from qinghe.rules.packs import PACK_NAMES
from qinghe.rules.reading import CaseError, Row, need, need_part, part

Answer = Mapping[str, Any]
Judge = Callable[[Row, tuple[str, ...], Settings], Answer]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of case is answered, and the packs of which one must be loaded, if any."""

    judge: Judge
    needs: frozenset[str] = frozenset()


def _contact(row: Row, packs: tuple[str, ...], settings: Settings) -> Answer:
    return verdict_row(evaluate(read_request(row), packs, settings))


def _retention(row: Row, packs: tuple[str, ...], settings: Settings) -> Answer:
    return retention_case(row, packs)


def _of(judge: Callable[[Row], Answer], *needs: str) -> Kind:
    return Kind(lambda row, packs, settings: judge(row), frozenset(needs))


# Every kind of case, by name. A new kind is one function and one line here.
KINDS: dict[str, Kind] = {
    "contact": Kind(_contact),
    "limitation": _of(limitation_case, "CN"),
    "interest_cap": _of(interest_case, "CN"),
    "delayed_interest": _of(delayed_case, "CN"),
    "allocation": _of(allocation_case, "CN"),
    "dishonest_list": _of(listing_case, "CN"),
    "route": _of(route_case, "CN"),
    "fee_plan": _of(fee_case, "CN"),
    "validation_notice": _of(validation_case, "US"),
    "retention": Kind(_retention, frozenset({"CN", "US"})),
}

_encode = json.JSONEncoder(separators=(",", ":")).encode


def check_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Answer every line that is not empty, lazily and in order; no newline at the ends."""
    for line in lines:
        if line.strip():
            yield check_line(line)


def check_line(line: bytes) -> bytes:
    """Answer one line: `{"id", "output"}` or `{"id", "error"}`."""
    return quick_answer(line) or strict_answer(line)


def quick_answer(line: bytes) -> bytes | None:
    """Answer the plain contact case, of which most files consist; `None` to all others."""
    plain = read_fitting(line)
    if plain is None:
        return None
    ident, request, packs, settings = plain
    try:
        return encode({"id": ident, "output": verdict_row(evaluate(request, packs, settings))})
    except (OverflowError, ValueError):
        return None


def strict_answer(line: bytes) -> bytes:
    try:
        case = json.loads(line)
    except (ValueError, RecursionError):
        case = None
    if not isinstance(case, dict):
        return _error(None, "bad_json", "not a JSON object")
    ident = case.get("id")
    if not isinstance(ident, str):
        return _error(None, "missing_field" if ident is None else "bad_type", "id")
    try:
        return _encode({"id": ident, "output": check_case(case)}).encode()
    except CaseError as defect:
        return _error(ident, defect.code, defect.message)
    except (OverflowError, ValueError):
        return _error(ident, "bad_value", "a day or a number beyond all reason")


def check_case(case: Row) -> Answer:
    """
    Answer one case.

    :raises CaseError: a defect; its code says which
    """
    name = need(case, "kind")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise CaseError("unknown_kind", str(name))
    packs = read_packs(case)
    settings = read_settings(part(case, "settings") or {})
    if kind.needs and kind.needs.isdisjoint(packs):
        raise CaseError("pack_not_applicable", f"{name} needs {' or '.join(sorted(kind.needs))}")
    return kind.judge(need_part(case, "input"), packs, settings)


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


def _error(ident: str | None, code: str, message: str) -> bytes:
    return _encode({"id": ident, "error": {"code": code, "message": message}}).encode()
