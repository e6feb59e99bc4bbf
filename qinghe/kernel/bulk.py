"""Write many rows of one table at the speed of COPY."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import polars as pl
from django.db import connection, models
from django.db.models.expressions import DatabaseDefault
from psycopg import sql
from psycopg.types.json import Jsonb

PIECE_ROWS: Final = 5_000


def copy_rows(rows: Sequence[models.Model]) -> None:
    """
    Insert new rows of one model, constraints and triggers included, in one statement.

    Keys must be set already (they are: ids are made here, not by the database).
    """
    if not rows:
        return
    meta = rows[0]._meta
    columns = [sql.Identifier(str(field.column)) for field in meta.concrete_fields]
    table = sql.Identifier(meta.db_table)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, sql.SQL(", ").join(columns))
    readers = [_reader(field) for field in meta.concrete_fields]
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([read(row) for read in readers])


def copy_values(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows given as values of the named fields; the other columns keep their defaults."""
    fields = [model._meta.get_field(name.removesuffix("_id")) for name in names]
    shaped = [isinstance(field, models.JSONField) for field in fields]
    with connection.cursor() as cursor, cursor.copy(_statement(model._meta.db_table, names)) as out:
        for row in rows:
            out.write_row(
                [Jsonb(value) if json else value for value, json in zip(row, shaped, strict=True)]
            )


def copy_frame(table: str, frame: pl.DataFrame) -> None:
    """Insert the rows of a frame whose columns are named as the table's; null stays null."""
    if frame.is_empty():
        return
    statement = _statement(table, frame.columns) + sql.SQL(" (FORMAT csv)")
    with connection.cursor() as cursor, cursor.copy(statement) as out:
        for piece in frame.iter_slices(PIECE_ROWS):
            out.write(piece.write_csv(include_header=False))


def _statement(table: str, columns: Sequence[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)


def _reader(field: models.Field[object, object]) -> Callable[[models.Model], object]:
    read = _plain_reader(field)
    if not field.has_db_default():
        return read
    default = field.db_default
    known = default.value if isinstance(default, models.Value) else default

    def with_default(row: models.Model) -> object:
        # COPY names every column, so the database would not fill in its own default.
        chosen = getattr(row, field.attname)
        return known if isinstance(chosen, DatabaseDefault) else read(row)

    return with_default


def _plain_reader(field: models.Field[object, object]) -> Callable[[models.Model], object]:
    name = field.attname
    if isinstance(field, models.JSONField):
        return lambda row: field.get_db_prep_save(getattr(row, name), connection)
    if isinstance(field, models.TextField | models.CharField):
        # A choice is written as its value, not as a member of an enumeration.
        return lambda row: None if (text := getattr(row, name)) is None else str(text)
    return lambda row: getattr(row, name)
