"""A database of its own for every benchmark, on the same server, so that no market is touched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from django.conf import settings
from django.db import connection

from config.template import copy_template, point_to, server


@contextmanager
def own_database() -> Iterator[None]:
    """
    Create an empty, migrated database, point Django at it inside the block, drop it after.

    Sealed files go to a passing folder too: in the vault of the house nothing here names any file,
    and the daily sweep would take them all for forgotten ones.
    """
    market = str(connection.settings_dict["NAME"])
    name = f"qinghe_passing_{os.getpid()}"
    _drop(name)
    copy_template(name)
    point_to(name)
    try:
        with _own_vault():
            yield
    finally:
        point_to(market)
        _drop(name)


@contextmanager
def _own_vault() -> Iterator[None]:
    vault = settings.VAULT_FILES
    with TemporaryDirectory(prefix="qinghe-passing-") as folder:
        settings.VAULT_FILES = Path(folder)
        try:
            yield
        finally:
            settings.VAULT_FILES = vault


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
