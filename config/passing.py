"""A database of its own for every benchmark, on the same server, so that no market is touched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import OperationalError, connection


@contextmanager
def own_database() -> Iterator[None]:
    """Create an empty, migrated database, point Django at it inside the block, drop it after."""
    market = str(connection.settings_dict["NAME"])
    name = f"qinghe_passing_{os.getpid()}"
    _drop(name)
    _server(f"CREATE DATABASE {name}")
    _point_to(name)
    try:
        call_command("migrate", verbosity=0, interactive=False)
        yield
    finally:
        _point_to(market)
        _drop(name)


def _drop(name: str) -> None:
    """
    Drop a database, whoever still looks at it.

    Without force first: PostgreSQL sends its own vacuum away, which we may not.
    """
    try:
        _server(f"DROP DATABASE IF EXISTS {name}")
    except OperationalError:
        _server(f"DROP DATABASE IF EXISTS {name} (FORCE)")


def _point_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _server(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
