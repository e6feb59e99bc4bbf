"""
An empty, migrated database: made once per set of migrations, copied wherever one is needed.

Running all migrations takes a minute, copying their outcome a second. The template is named by a
digest of the migrations and of what they import, so that a stale one is never copied.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connection

Server = psycopg.Connection[tuple[Any, ...]]

PREFIX: Final = "qinghe_template_"
MAKING: Final = "qinghe_making"
# Who needs a template while somebody makes it waits for it, and none is dropped under a copy.
ALONE: Final = 7_305_112


def copy_template(name: str) -> None:
    """Create a database, empty and with every migration applied."""
    with _alone() as run:
        run.execute(f"CREATE DATABASE {name} TEMPLATE {_there(run)}".encode())


def template() -> str:
    """Return the name of the template of these migrations; it is made if it is not there."""
    with _alone() as run:
        return _there(run)


@contextmanager
def _alone() -> Iterator[Server]:
    """Hold the lock under which templates are made, copied and dropped."""
    with server() as run:
        run.execute("SELECT pg_advisory_lock(%s)", [ALONE])
        yield run


def _there(run: Server) -> str:
    name = f"{PREFIX}{_digest()}"
    known = run.execute("SELECT FROM pg_database WHERE datname = %s", [name])
    if known.fetchone() is None:
        _make(run, name)
    return name


def server(database: str = "postgres") -> Server:
    """Return a connection to the server, outside every transaction and every market."""
    params = {**connection.get_connection_params(), "dbname": database}
    params.pop("cursor_factory", None)
    params.pop("context", None)
    return psycopg.connect(**params, autocommit=True)


def _make(run: Server, name: str) -> None:
    """Make it under another name first, so that a crash leaves no half of one."""
    stale = run.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
    for old in [*(row[0] for row in stale), MAKING]:
        run.execute(f"DROP DATABASE IF EXISTS {old} (FORCE)".encode())
    run.execute(f"CREATE DATABASE {MAKING}".encode())
    market = str(connection.settings_dict["NAME"])
    point_to(MAKING)
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        point_to(market)
    run.execute(f"ALTER DATABASE {MAKING} RENAME TO {name}".encode())


def point_to(name: str) -> None:
    """Let Django look at another database of the same server."""
    connection.close()
    connection.settings_dict["NAME"] = name


def _digest() -> str:
    """Return a digest of all migrations and of the modules of this project that they import."""
    told = hashlib.sha256()
    for path in sorted(set(_files())):
        told.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    return told.hexdigest()[:16]


def _files() -> Iterator[Path]:
    for app in apps.get_app_configs():
        for path in sorted((Path(app.path) / "migrations").glob("*.py")):
            yield path
            yield from _imported(path)


def _imported(path: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [each.name for each in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            spec = find_spec(name) if name.startswith("qinghe.") else None
            if spec is not None and spec.origin is not None:
                yield Path(spec.origin)
