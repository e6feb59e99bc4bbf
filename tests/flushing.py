"""
Empty the database between tests that commit: only tables that hold rows are touched.

Django truncates every table there is, which costs a second with two hundred of them; most tests
fill a dozen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.core.management.commands import flush
from django.db import connection

# What migrating fills is as it was: no test changes it.
KEPT: Final = ("django_migrations", "django_content_type", "auth_permission")
# A replica checks no trigger: what may never be deleted goes as well, in whatever order.
EMPTY: Final = f"""
DO $$
DECLARE
    one text;
    filled boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    -- Whoever left a transaction open is told; nobody waits for it without end.
    SET LOCAL lock_timeout = '60s';
    FOR one IN
        SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> ALL ('{{{",".join(KEPT)}}}')
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO filled;
        IF filled THEN
            EXECUTE format('DELETE FROM %s', one);
        END IF;
    END LOOP;
END $$
"""
_truncate: Final[Callable[..., None]] = flush.Command.handle


def empty(command: flush.Command, **options: object) -> None:
    """Delete every row of every table but those that migrating fills."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() == (True,):
            cursor.execute(EMPTY)
            return
    _truncate(command, **options)
