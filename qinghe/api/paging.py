"""Long lists by cursor: opaque text that says after which row to go on."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.utils.translation import gettext_lazy as _
from ninja import Field, Schema

from qinghe.kernel.errors import DomainError

PER_PAGE, MOST = 50, 200
T = TypeVar("T")


class BadCursor(DomainError):
    code = "api.bad-cursor"
    status = 400
    text = _("This cursor is not one of ours. Start again without it.")


class Cut(Schema):
    """Which piece of a list is asked for."""

    cursor: str = Field("", description="`next_cursor` of the piece before; empty for the first.")
    limit: int = Field(PER_PAGE, ge=1, le=MOST)


class Piece(Schema, Generic[T]):
    """A piece of a list; `next_cursor` is null at the end."""

    items: list[T]
    next_cursor: str | None = None


def pack(mark: object) -> str:
    """Return a place in a list as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(mark, default=str).encode()).decode().rstrip("=")


def unpack(cursor: str) -> object:
    """
    Return the place a cursor stands for; None for an empty one.

    :raises BadCursor: it was not made here
    """
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise BadCursor from None


def page_of(cursor: str) -> int:
    """
    Return the page a cursor stands for; the first for an empty one.

    :raises BadCursor: it was not made here
    """
    return unpack_number(cursor, first=1)


def unpack_number(cursor: str, *, first: int) -> int:
    """
    Return the number a cursor stands for; `first` for an empty one.

    :raises BadCursor: it was not made here
    """
    number = unpack(cursor)
    if number is None:
        return first
    if not isinstance(number, int) or isinstance(number, bool) or number < first:
        raise BadCursor
    return number


def after(rows: Sequence[T], cut: Cut, mark: Callable[[T], str]) -> tuple[list[T], str | None]:
    """
    Return the rows that follow the cursor in a short list that is already in memory.

    :raises BadCursor: the cursor names a row that the list does not have
    """
    start = 0
    last = unpack(cut.cursor)
    if last is not None:
        marks = [mark(row) for row in rows]
        if last not in marks:
            raise BadCursor
        start = marks.index(str(last)) + 1
    piece = list(rows[start : start + cut.limit])
    more = start + cut.limit < len(rows)
    return piece, pack(mark(piece[-1])) if more and piece else None
