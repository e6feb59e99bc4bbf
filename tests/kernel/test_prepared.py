"""Statements without a cursor behave as Django's own: in transactions, errors, watching."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from django.conf import LazySettings
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.db.transaction import TransactionManagementError
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from psycopg import Cursor
from psycopg.pq import TransactionStatus
from psycopg.types.json import Jsonb

from qinghe.contact.models import HousePack
from qinghe.contact.terms import HouseState
from qinghe.journal.models import Entry
from qinghe.kernel import prepared

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)
APPEND = """
    INSERT INTO journal_entry (at, kind, subject, actor, rules, pack, facts)
    VALUES (now(), %s, 'test', 'test', '{}', '', '{}')
"""
ECHO = "SELECT %(text)s::text, %(number)s::int, %(text)s::text, %(words)s::text[], %(id)s::uuid"
HELD = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE %s"


@pytest.mark.django_db
def test_values_come_back_as_python_knows_them() -> None:
    words = {"text": "清和", "number": 7, "words": ["a", "b"], "id": UUID(int=7)}
    assert prepared.execute(ECHO, words) == [("清和", 7, "清和", ["a", "b"], UUID(int=7))]
    moment, facts = datetime(2026, 3, 10, tzinfo=UTC), {"a": [1, None]}
    ((at, json),) = prepared.execute("SELECT %s::timestamptz, %s::jsonb", [moment, Jsonb(facts)])
    # JSON stays text, as it does for Django, which reads it by the field.
    assert (at, json) == (moment, '{"a": [1, null]}')


@pytest.mark.django_db
def test_the_same_text_with_other_types_of_values_is_another_statement() -> None:
    for value in ("a", None, 7, "b"):
        expected = None if value is None else str(value)
        assert prepared.execute("SELECT %s::text", [value]) == [(expected,)]


@pytest.mark.django_db
def test_a_statement_is_planned_once_and_where_no_names_are_held_never_kept(
    settings: LazySettings,
) -> None:
    names = "qinghe%"
    prepared.execute("SELECT 1 + %s::int", [1])
    ((before,),) = prepared.execute(HELD, [names])
    prepared.execute("SELECT 1 + %s::int", [2])
    assert prepared.execute(HELD, [names]) == [(before,)]
    settings.PREPARE_STATEMENTS = False
    assert prepared.execute("SELECT 2 + %s::int", [2]) == [(4,)]
    assert prepared.execute(HELD, [names]) == [(before,)]


def rolled_back() -> None:
    with transaction.atomic():
        prepared.execute("SELECT 1", [])
        transaction.set_rollback(True)


def back_to_a_savepoint() -> None:
    with transaction.atomic():
        with transaction.atomic():
            prepared.execute("SELECT 1", [])
            transaction.set_rollback(True)
        assert ask() == [(7,)]


def watched_and_rolled_back() -> None:
    with CaptureQueriesContext(connection):
        for _ in range(9):
            ask()
    rolled_back()


def bound_on_the_server_and_rolled_back() -> None:
    for _ in range(9):
        with Cursor(connection.connection) as cursor:
            cursor.execute("SELECT %s::int + 1", [1])
    rolled_back()


def tables_made_and_dropped() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE brief (id int)")
        cursor.execute("ALTER TABLE brief ADD COLUMN more int")
        cursor.execute("DROP TABLE brief")


def error() -> None:
    with pytest.raises(DatabaseError):
        prepared.execute("SELECT 1 / %s::int", [0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "disturb",
    [
        rolled_back,
        back_to_a_savepoint,
        watched_and_rolled_back,
        bound_on_the_server_and_rolled_back,
        tables_made_and_dropped,
        error,
        connection.close,
    ],
)
def test_nothing_that_happens_on_a_connection_takes_the_names_away(
    disturb: Callable[[], None],
) -> None:
    assert ask() == [(7,)]
    disturb()
    assert ask() == [(7,)]
    with transaction.atomic():
        assert ask() == [(7,)]


@pytest.mark.django_db(transaction=True)
def test_every_connection_has_names_of_its_own() -> None:
    ask()
    first = connection.connection
    connection.connection = None
    connection.connect()
    second = connection.connection
    assert ask() == [(7,)]
    # As a pool does: now the one, now the other.
    for bare in (first, second, first):
        connection.connection = bare
        rolled_back()
        assert ask() == [(7,)]
    second.close()


@pytest.mark.django_db(transaction=True)
def test_names_that_somebody_dropped_are_missed_once() -> None:
    ask()
    with connection.cursor() as cursor:
        cursor.execute("DISCARD ALL")
    with pytest.raises(ProgrammingError, match="does not exist"):
        ask()
    assert ask() == [(7,)]
    # It dropped the session's time zone and role, too.
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_table_that_changed_is_missed_once() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE brief AS SELECT 1 AS value")
        assert prepared.execute("SELECT value FROM brief", []) == [(1,)]
        cursor.execute("ALTER TABLE brief ALTER value TYPE text")
        with pytest.raises(NotSupportedError, match="cached plan"):
            prepared.execute("SELECT value FROM brief", [])
        assert prepared.execute("SELECT value FROM brief", []) == [("1",)]
        cursor.execute("DROP TABLE brief")


def ask() -> list[tuple[object, ...]]:
    return prepared.execute("SELECT %s::int", [7])


@pytest.mark.django_db(transaction=True)
def test_a_transaction_begins_with_its_first_statement_and_rolls_back_with_it() -> None:
    with pytest.raises(ZeroDivisionError):
        _append_and_fail()
    with transaction.atomic():
        prepared.execute(APPEND, ["kept"])
    # And without a transaction each stands for itself.
    prepared.execute(APPEND, ["alone"])
    connection.close()
    assert set(Entry.objects.values_list("kind", flat=True)) == {"kept", "alone"}


@pytest.mark.django_db(transaction=True)
def test_an_error_is_one_of_django_and_breaks_the_transaction() -> None:
    with transaction.atomic():
        with pytest.raises(IntegrityError, match="null value"), transaction.atomic():
            prepared.execute(APPEND, [None])
        prepared.execute(APPEND, ["after a savepoint"])
    with pytest.raises(TransactionManagementError):
        _go_on_in_a_broken_transaction()
    with pytest.raises(DatabaseError, match="syntax"):
        prepared.execute("SELECT FROM WHERE", [])
    assert prepared.execute("SELECT 1", []) == [(1,)]
    assert list(Entry.objects.values_list("kind", flat=True)) == ["after a savepoint"]


@pytest.mark.django_db
def test_whoever_watches_sees_every_statement() -> None:
    with CaptureQueriesContext(connection) as seen:
        assert prepared.execute("SELECT %s::int", [7]) == [(7,)]
    assert len(seen) == 1
    found = []

    def note(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        assert prepared.execute("SELECT %s::int", [7]) == [(7,)]
    assert found == ["SELECT %s::int"]


@transaction.atomic
def _append_and_fail() -> None:
    prepared.execute(APPEND, ["gone"])
    raise ZeroDivisionError


@transaction.atomic
def _go_on_in_a_broken_transaction() -> None:
    transaction.set_rollback(True)
    prepared.execute(APPEND, ["never"])


@pytest.mark.django_db
def test_an_array_of_texts_is_read_as_it_was_written() -> None:
    words = ["", "NULL", "a,b", '"', "\\", "{}", " ", "清和", '\\"']
    assert prepared.execute("SELECT %s::text[]", [prepared.array(words)]) == [(words,)]
    assert prepared.execute("SELECT %s::text[]", [prepared.array([])]) == [([],)]


@pytest.mark.django_db
def test_a_row_is_made_with_its_defaults_and_is_what_the_table_holds() -> None:
    facts = {"number": 7, "title": 'a "b" \\', "content": {"清": [1, None]}, "author": UUID(int=7)}
    made = prepared.create(HousePack, **facts, drafted_at=NOON)
    found = HousePack.objects.get()
    assert made == found
    assert model_to_dict(made) == model_to_dict(found)
    assert (made.state, made._state.adding) == (HouseState.DRAFT, False)
    with pytest.raises(TypeError, match="no column titel"):
        prepared.create(HousePack, titel="")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("names", [True, False])
def test_a_first_statement_that_fails_fails_the_transaction_it_began(
    settings: LazySettings, names: bool
) -> None:
    settings.PREPARE_STATEMENTS = names
    for _ in range(2):
        with pytest.raises(DataError, match="zero"), transaction.atomic():
            prepared.execute("SELECT 1 / %s::int", [0])
        with pytest.raises(DatabaseError), transaction.atomic():
            prepared.execute("SELECT FROM WHERE", [])
        with transaction.atomic():
            assert ask() == [(7,)]
            assert connection.connection.pgconn.transaction_status == TransactionStatus.INTRANS


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_lost_says_so_and_comes_back() -> None:
    ask()
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(%s, 9999)", [connection.connection.info.backend_pid]
        )
    with pytest.raises(OperationalError), transaction.atomic():
        ask()
    connection.close_if_unusable_or_obsolete()
    assert ask() == [(7,)]


def test_what_is_gathered_goes_in_its_order_when_the_block_ends(db: None) -> None:
    prepared.execute("CREATE TEMP TABLE gathered (n int PRIMARY KEY)", [])
    with prepared.gathered():
        prepared.later("INSERT INTO gathered VALUES (%s)", [1])
        prepared.later("UPDATE gathered SET n = n + %s", [6])
        assert prepared.execute("SELECT count(*) FROM gathered", []) == [(0,)]
    assert prepared.execute("SELECT n FROM gathered", []) == [(7,)]
    prepared.later("DELETE FROM gathered WHERE n = %s", [7])
    assert prepared.execute("SELECT count(*) FROM gathered", []) == [(0,)]


def test_an_error_among_the_gathered_is_raised_and_undoes_them(db: None) -> None:
    prepared.execute("CREATE TEMP TABLE once_only (n int PRIMARY KEY)", [])

    @transaction.atomic
    def twice() -> None:
        with prepared.gathered():
            for n in (1, 2, 1, 3):
                prepared.later("INSERT INTO once_only VALUES (%s)", [n])

    with pytest.raises(IntegrityError):
        twice()
    assert prepared.execute("SELECT count(*) FROM once_only", []) == [(0,)]


def test_what_a_block_that_fails_had_gathered_is_never_sent(db: None) -> None:
    prepared.execute("CREATE TEMP TABLE unsent (n int)", [])

    def broken() -> None:
        with prepared.gathered():
            prepared.later("INSERT INTO unsent VALUES (%s)", [1])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert prepared.execute("SELECT count(*) FROM unsent", []) == [(0,)]


def test_a_watcher_sees_what_was_gathered(db: None) -> None:
    prepared.execute("CREATE TEMP TABLE seen (n int)", [])
    with CaptureQueriesContext(connection) as found, prepared.gathered():
        prepared.later("INSERT INTO seen VALUES (%s)", [1])
        prepared.later("INSERT INTO seen VALUES (%s)", [2])
    assert len(found) == 2
    assert prepared.execute("SELECT sum(n) FROM seen", []) == [(3,)]
