"""
Compare an answer with an expectation.

An expectation is a subset of the answer; `rules_any`, `rules_all`, `rules_none` and `decision_in`
are operators; moments compare as moments, rates by value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any


def matches(want: Any, got: Any) -> bool:
    """Tell whether an answer holds everything that is expected of it."""
    if isinstance(want, Mapping):
        return isinstance(got, Mapping) and all(_member(key, want[key], got) for key in want)
    if isinstance(want, list):
        return _elements(want, got)
    if isinstance(want, bool) or want is None:
        return got is want
    if isinstance(want, str) and isinstance(got, str):
        return want == got or _same_moment(want, got) or _same_number(want, got)
    return bool(want == got)


def _member(key: str, want: Any, got: Mapping[str, Any]) -> bool:
    fired = set(got.get("rules") or ())
    if key == "rules_any":
        return bool(fired & set(want))
    if key == "rules_all":
        return set(want) <= fired
    if key == "rules_none":
        return not fired & set(want)
    if key == "decision_in":
        return got.get("decision") in want
    return key in got and matches(want, got[key])


def _elements(want: list[Any], got: Any) -> bool:
    if not isinstance(got, Sequence) or len(got) != len(want):
        return False
    return all(matches(one, other) for one, other in zip(want, got, strict=True))


def _same_moment(want: str, got: str) -> bool:
    try:
        one, other = datetime.fromisoformat(want), datetime.fromisoformat(got)
    except ValueError:
        return False
    return one.tzinfo is not None and other.tzinfo is not None and one == other


def _same_number(want: str, got: str) -> bool:
    try:
        return Decimal(want) == Decimal(got)
    except InvalidOperation:
        return False
