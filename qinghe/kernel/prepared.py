"""
Statements of the hottest paths: PostgreSQL parses and plans each once per connection, not per call.

They go to the server by psycopg's own converters and its libpq, without a cursor: of what Python
spends on a statement a cursor is the larger part. Everything else goes through the ORM, which sends
its values inside the text.

The names are ours alone. psycopg drops every name of a connection (`DEALLOCATE ALL`) after a
rollback, but only where it has made one itself: so the settings let it make none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

import msgspec
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.postgresql.base import ServerBindingCursor
from psycopg import Connection, errors, generators, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.types.json import Jsonb

M = TypeVar("M", bound=models.Model)
Params = Sequence[Any] | Mapping[str, Any]
Rows = list[tuple[Any, ...]]

TEXTS: Final = (models.TextField, models.CharField)
PLACE: Final = re.compile(r"%(?:\((\w+)\))?s")
# A statement with the types of its values.
Known = tuple[str, tuple[int, ...]]
# What each connection has prepared, and its name there.
_names: WeakKeyDictionary[Connection[Any], dict[Known, bytes]] = WeakKeyDictionary()
# No name comes twice, so that a forgotten one can never be taken for another statement's.
_numbers = count(1)
IDLE: Final = pq.TransactionStatus.IDLE
INTRANS: Final = pq.TransactionStatus.INTRANS
# The statements that wait for the end of a `gathered` block.
_waiting: ContextVar[list[tuple[str, Params]] | None] = ContextVar("qinghe_waiting", default=None)
# Somebody else dropped the names, or changed the table: prepared anew it works again.
STALE: Final = (errors.InvalidSqlStatementName, errors.FeatureNotSupported)


def execute(sql: str, params: Params) -> Rows:
    """
    Run one constant statement inside the caller's transaction; return its rows, if it has any.

    The text must never be put together from values: each new text would be prepared anew.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    bare: Connection[Any] = database.connection
    if _is_watched(database):
        return _watched(database, sql, params)
    database.validate_no_broken_transaction()
    with database.wrap_database_errors, bare.lock:
        return _run(bare, sql, params)


def _is_watched(database: Any) -> bool:
    """Whoever watches statements watches cursors; and only psycopg opens unusual transactions."""
    unusual = database.connection.isolation_level is not None
    return bool(database.execute_wrappers or database.queries_logged or unusual)


def _watched(database: Any, sql: str, params: Params) -> Rows:
    """Run a statement through a cursor of Django's, which tells its watchers."""
    bare: Any = ServerBindingCursor(database.connection)  # type: ignore[call-arg]
    wrapped = database.make_debug_cursor if database.queries_logged else database.make_cursor
    with wrapped(bare) as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if bare.pgresult.nfields else []


def later(sql: str, params: Params) -> None:
    """
    Run a constant statement whose rows nobody wants: inside `gathered` when the block ends.

    Anywhere else it runs at once.
    """
    waiting = _waiting.get()
    if waiting is None:
        execute(sql, params)
    else:
        waiting.append((sql, params))


@contextmanager
def gathered() -> Iterator[None]:
    """
    Send what `later` gets inside the block when it ends: in its order, all in one trip.

    Only inside a transaction. Errors come at the end of the block; what it raises drops the rest.
    Nothing inside may read what the block writes.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: list[tuple[str, Params]] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    database: Any = connections[DEFAULT_DB_ALIAS]
    bare: Connection[Any] = database.connection
    if _is_watched(database) or bare.pgconn.transaction_status != INTRANS:
        for sql, params in waiting:
            execute(sql, params)
        return
    database.validate_no_broken_transaction()
    with database.wrap_database_errors, bare.lock:
        _run_all(bare, waiting)


def _run_all(bare: Connection[Any], waiting: Sequence[tuple[str, Params]]) -> None:
    # Names are made before: making one waits for its answer.
    calls = [_call(bare, sql, params) for sql, params in waiting]
    bare.pgconn.enter_pipeline_mode()
    try:
        for call in calls:
            call.send(bare)
        bare.pgconn.pipeline_sync()
        results = bare.wait(_answers(bare.pgconn, len(calls)))
    finally:
        bare.pgconn.exit_pipeline_mode()
    for result in results:
        _check(bare, result)


@dataclass(frozen=True)
class _Call:
    """One statement, by its name or by its text, with its values as the server gets them."""

    converter: Any
    name: bytes | None
    text: bytes
    values: Sequence[Any]

    def send(self, bare: Connection[Any]) -> None:
        formats = self.converter.formats
        if self.name is None:
            types = self.converter.types or ()
            bare.pgconn.send_query_params(self.text, self.values, types, formats)
        else:
            bare.pgconn.send_query_prepared(self.name, self.values, formats)


def _call(bare: Connection[Any], sql: str, params: Params) -> _Call:
    text, names = _numbered(sql)
    values = [params[name] for name in names] if isinstance(params, Mapping) else params
    converter = Transformer(bare)
    sent = converter.dump_sequence(values, [PyFormat.AUTO] * len(values))
    # A name is made before the transaction begins, so that BEGIN can go with the statement itself.
    name = _named(bare, sql, converter.types or ()) if settings.PREPARE_STATEMENTS else None
    return _Call(converter, name, text, sent)


def _run(bare: Connection[Any], sql: str, params: Params) -> Rows:
    call = _call(bare, sql, params)
    if not bare.autocommit and bare.pgconn.transaction_status == IDLE:
        bare.pgconn.enter_pipeline_mode()
        bare.pgconn.send_query_params(b"BEGIN", None)
        call.send(bare)
        result = _begun(bare)
    else:
        call.send(bare)
        result = bare.wait(generators.execute(bare.pgconn))[-1]
    _check(bare, result)
    if not result.nfields:
        return []
    call.converter.set_pgresult(result)
    rows: Rows = call.converter.load_rows(0, result.ntuples, tuple)
    return rows


def _check(bare: Connection[Any], result: pq.abc.PGresult) -> None:
    if result.status != pq.ExecStatus.FATAL_ERROR:
        return
    fault = errors.error_from_result(result)
    if isinstance(fault, STALE):
        _names.pop(bare, None)
    raise fault


def _named(bare: Connection[Any], sql: str, types: tuple[int, ...]) -> bytes:
    """Return the name of a statement on this connection; its first use prepares it."""
    known = _names.setdefault(bare, {})
    if (name := known.get((sql, types))) is None:
        name = b"qinghe_%d" % next(_numbers)
        bare.pgconn.send_prepare(name, _numbered(sql)[0], types)
        _result(bare)
        known[sql, types] = name
    return name


def _result(bare: Connection[Any]) -> None:
    """Wait as psycopg does, so that an interrupt cancels the statement."""
    result: pq.abc.PGresult = bare.wait(generators.execute(bare.pgconn))[-1]
    if result.status == pq.ExecStatus.FATAL_ERROR:
        raise errors.error_from_result(result)


def _begun(bare: Connection[Any]) -> pq.abc.PGresult:
    """Wait for BEGIN and the first statement, which went together: one way instead of two."""
    try:
        bare.pgconn.pipeline_sync()
        begun, result = bare.wait(_answers(bare.pgconn, 2))
    finally:
        bare.pgconn.exit_pipeline_mode()
    _check(bare, begun)
    return result


def _answers(pgconn: pq.abc.PGconn, count: int) -> Generator[Any, Any, list[pq.abc.PGresult]]:
    yield from generators.send(pgconn)
    found = []
    for _ in range(count):
        found.append((yield from generators.fetch_many(pgconn))[-1])
    # The end of the pipeline.
    yield from generators.fetch_many(pgconn)
    return found


@cache
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """Return a text with the places PostgreSQL counts, and the names they had, if they had any."""
    names: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1] or str(len(names)), len(names) + 1)}"

    return PLACE.sub(numbered, sql).encode(), tuple(names)


def create(model: type[M], **columns: object) -> M:
    """
    Insert a row and return it; what is not named gets its default, the key among them.

    :raises TypeError: a column is not the model's
    """
    text, columns_known = _insertion(model)
    if unknown := columns.keys() - columns_known.keys():
        raise TypeError(f"{model._meta.label} has no column {', '.join(sorted(unknown))}")
    values = [
        columns[name] if name in columns else column.default()
        for name, column in columns_known.items()
    ]
    written = zip(columns_known.values(), values, strict=True)
    later(text, [column.write(value) for column, value in written])
    return model.from_db(DEFAULT_DB_ALIAS, columns_known.keys(), values)


def array(texts: Iterable[str]) -> str:
    """Return an array of texts as PostgreSQL reads it, where it knows that one must stand."""
    quoted = (each.replace("\\", "\\\\").replace('"', '\\"') for each in texts)
    return "{" + ",".join(f'"{each}"' for each in quoted) + "}"


@dataclass(frozen=True)
class _Column:
    """What a column holds when nothing is said, and how a value goes to the server."""

    default: Callable[[], object]
    write: Callable[[Any], object]


@cache
def _insertion(model: type[models.Model]) -> tuple[str, dict[str, _Column]]:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    text = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places})'  # noqa: S608
    return text, {field.attname: _Column(field.get_default, _writer(field)) for field in fields}


def _writer(field: models.Field[Any, Any]) -> Callable[[Any], object]:
    if isinstance(field, models.JSONField):
        return lambda value: Jsonb(value, msgspec.json.encode)
    if isinstance(field, ArrayField) and isinstance(field.base_field, TEXTS):
        return lambda value: None if value is None else array(value)
    if isinstance(field, TEXTS):
        # A choice is written as its value, not as a member of an enumeration.
        return lambda value: None if value is None else str(value)
    return lambda value: value
