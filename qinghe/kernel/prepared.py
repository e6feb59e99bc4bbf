"""
Statements of the hottest paths: PostgreSQL parses and plans each once per connection, not per call.

Everything else goes through the ORM, which sends its values inside the text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg.types.json import Jsonb

Params = Sequence[Any] | Mapping[str, Any]


def execute(sql: str, params: Params) -> list[tuple[Any, ...]]:
    """
    Run one constant statement inside the caller's transaction; return its rows, if it has any.

    The text must never be put together from values: each new text would be prepared anew.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    # The stubs know this class only as Django's own wrapper makes it.
    bare: Any = ServerBindingCursor(database.connection)  # type: ignore[call-arg]
    wrapped = database.make_debug_cursor if database.queries_logged else database.make_cursor
    with wrapped(bare) as cursor:
        cursor.execute(sql, params)
        # Not `description`, which would make an object of every column.
        return cursor.fetchall() if bare.pgresult.nfields else []


def insert(row: models.Model) -> None:
    """Insert a new row whose columns are all set, its key among them."""
    text, readers = _insertion(type(row))
    execute(text, [read(row) for read in readers])
    row._state.adding = False


@cache
def _insertion(model: type[models.Model]) -> tuple[str, list[Callable[[models.Model], object]]]:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    text = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places})'  # noqa: S608
    return text, [_reader(field) for field in fields]


def _reader(field: models.Field[Any, Any]) -> Callable[[models.Model], object]:
    name = field.attname
    if isinstance(field, models.JSONField):
        return lambda row: Jsonb(getattr(row, name))
    if isinstance(field, models.TextField | models.CharField):
        # A choice is written as its value, not as a member of an enumeration.
        return lambda row: None if (text := getattr(row, name)) is None else str(text)
    return lambda row: getattr(row, name)
