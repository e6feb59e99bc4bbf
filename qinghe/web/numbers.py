"""Numbers and days typed into addresses: read them kindly, never fail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID


def whole(text: str | None, default: int) -> int:
    """Return a whole number, or the default when the text is none."""
    return int(text) if text and text.isdecimal() and len(text) < 9 else default


def page_asked(query: Mapping[str, str]) -> int:
    """Return the page of a list that an address asks for, from 1 on."""
    return max(1, whole(query.get("page"), 1))


def some_day(text: str | None, default: date) -> date:
    """Return a day written as 2026-11-23, or the default."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return default


def moment_of(text: str) -> datetime | None:
    """Return a moment written in ISO 8601, or nothing."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def ids(texts: Iterable[str]) -> list[UUID]:
    """Return the identifiers among texts; what is none is left out."""
    return [found for found in map(_id, texts) if found]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
