"""A database of its own for every benchmark, on the same server, so that no market is touched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection

from config.template import copy_template, point_to, server


@contextmanager
def own_database() -> Iterator[None]:
    """Create an empty, migrated database, point Django at it inside the block, drop it after."""
    market = str(connection.settings_dict["NAME"])
    name = f"qinghe_passing_{os.getpid()}"
    _drop(name)
    copy_template(name)
    point_to(name)
    try:
        yield
    finally:
        point_to(market)
        _drop(name)


def _drop(name: str) -> None:
    """
    Drop a database, whoever still looks at it.

    Without force first: PostgreSQL sends its own vacuum away, which we may not.
    """
    with server() as run:
        try:
            run.execute(f"DROP DATABASE IF EXISTS {name}".encode())
        except psycopg.OperationalError:
            run.execute(f"DROP DATABASE IF EXISTS {name} (FORCE)".encode())
