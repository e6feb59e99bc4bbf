"""Where a simulation lives: in a database of its own, or in this one while it is empty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.core.management import call_command
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from config.passing import own_database
from qinghe.journal.models import Entry
from qinghe.journal.services import record
from qinghe.kernel import clock
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import Organisation
from qinghe.simulation.crowd.run import CrowdReport, simulate_crowd
from qinghe.simulation.run import Report, simulate
from qinghe.simulation.world import FOUNDER

SUBJECT: Final = "simulation"
BEGUN: Final = "simulation.begun"
FINISHED: Final = "simulation.finished"
# Tables that refuse to be emptied at a stroke.
GUARDED: Final = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname = 'never_emptied' AND c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname
"""


class MarketNotEmpty(DomainError):
    code = "simulation.market-not-empty"
    text = _("This database holds a market already. A simulation fills only an empty one.")


def in_own_database(**options: Any) -> Report:
    """Simulate in a database that is made for it and dropped afterwards."""
    with own_database():
        return simulate(**options)


def crowd_in_own_database(**options: Any) -> CrowdReport:
    """Let a crowd of collectors live in a database that is made for it and dropped afterwards."""
    with own_database(), _not_waiting():
        return simulate_crowd(**options)


@contextmanager
def _not_waiting() -> Iterator[None]:
    """Let commits not wait for the disk: what a crash would lose here is made anew or dropped."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET synchronous_commit")


def in_this_database(**options: Any) -> Report:
    """
    Fill this database; what an interrupted filling left behind is cleared first.

    :raises MarketNotEmpty: there is a market already
    """
    if not is_empty():
        raise MarketNotEmpty
    if _was_interrupted():
        _clear()
    forget_jobs()
    _mark(BEGUN)
    # A crash loses the latest commits, and with them FINISHED: it is then begun anew.
    with _not_waiting():
        report = simulate(**options)
        _mark(FINISHED)
    return report


def is_empty() -> bool:
    """Tell whether nobody ever used this database, but for a filling that was interrupted."""
    return not Organisation.objects.exists() or _was_interrupted()


def _was_interrupted() -> bool:
    kinds = set(Entry.objects.filter(subject=SUBJECT).values_list("kind", flat=True))
    return kinds == {BEGUN}


def forget_jobs() -> None:
    """Take every waiting job off the queue; what they were to work on is gone."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def _clear() -> None:
    """Empty a database that holds nothing but an interrupted filling, the guarded tables too."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(GUARDED)
        tables = [sql.Identifier(name) for (name,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER never_emptied").format(table))
        call_command("flush", interactive=False, verbosity=0)
        for table in tables:
            cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER never_emptied").format(table))


def _mark(kind: str) -> None:
    at = clock.now()
    record(kind=kind, subject=SUBJECT, actor=FOUNDER, at=at)
