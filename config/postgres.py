"""The database: the embedded PostgreSQL of the data folder, or the one that DATABASE_URL names."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from config import cluster, keys, var
from config.errors import CannotStart
from config.locks import file_lock

NAME: Final = "qinghe"
OLDEST: Final = 15
LOCK_SECONDS: Final = 900
CONNECT_SECONDS: Final = 10
PREPARED: Final = "qinghe.prepared"
CONNECTION_WORDS: Final = {
    "dbname": "NAME",
    "user": "USER",
    "password": "PASSWORD",
    "host": "HOST",
    "port": "PORT",
}


@dataclass(frozen=True)
class Status:
    """What the database is and whether it answers; `place` never holds a password."""

    embedded: bool
    running: bool
    place: str
    pid: int | None


def database_url() -> str:
    """
    Return the address of the database: `DATABASE_URL`, or the embedded one's, running or not.
    """
    given = os.environ.get("DATABASE_URL")
    return given or _embedded_url()


def database_settings() -> dict[str, Any]:
    """
    Return Django's settings of the default database. Computes only; starts nothing.

    :raises CannotStart: DATABASE_URL cannot be read
    """
    try:
        words: dict[str, Any] = conninfo_to_dict(database_url())
    except psycopg.ProgrammingError as fault:
        raise CannotStart(
            "DATABASE_URL cannot be read. Write postgresql://user:password@host:5432/name."
        ) from fault
    settings = {name: str(words.pop(word, "")) for word, name in CONNECTION_WORDS.items()}
    return {"ENGINE": "django.db.backends.postgresql", **settings, "OPTIONS": words}


def ensure_running() -> str:
    """
    Return the address of a database that answers, starting the embedded one when needed.

    :raises CannotStart: it cannot be reached or started, or is too old
    """
    if "DATABASE_URL" in os.environ:
        _require_answer(database_url())
    else:
        start()
    return database_url()


def start() -> bool:
    """
    Start the embedded PostgreSQL; say whether it had to be. Safe from many processes at once.

    :raises CannotStart: it cannot be started
    """
    if _prepared().exists() and cluster.is_ready(cluster.here()):
        return False
    with _locked():
        begun = cluster.start(cluster.here())
        if not _prepared().exists():
            _prepare()
    return begun


def stop() -> bool:
    """
    Stop the embedded PostgreSQL; say whether it ran.

    :raises CannotStart: it would not stop
    """
    if not (var.root() / "postgres").exists():
        return False
    with _locked():
        return cluster.stop(cluster.here())


def status() -> Status:
    """
    Tell which database is meant and whether it runs. Starts nothing.
    """
    if "DATABASE_URL" in os.environ:
        words = conninfo_to_dict(database_url())
        place = f"{words.get('host', 'localhost')}/{words.get('dbname', '')}"
        return Status(False, _answers(database_url()), place, None)
    place = str(var.root() / "postgres")
    if not Path(place).exists():
        return Status(True, False, place, None)
    server = cluster.postmaster(cluster.here())
    return Status(True, cluster.is_ready(cluster.here()), place, server.pid if server else None)


def _locked() -> Any:
    return file_lock(var.folder("run") / "postgres.lock", wait_seconds=LOCK_SECONDS)


def _prepared() -> Path:
    return var.root() / "postgres" / PREPARED


def _embedded_url(user: str = NAME, name: str = NAME) -> str:
    admin = user == cluster.ADMIN
    password = keys.database_admin_password() if admin else keys.database_password()
    place = quote(str(cluster.socket_folder()), safe="")
    return f"postgresql://{user}:{quote(password, safe='')}@/{name}?host={place}"


def _prepare() -> None:
    try:
        with psycopg.connect(_embedded_url(cluster.ADMIN, "postgres"), autocommit=True) as admin:
            _make_role(admin)
            _make_database(admin)
    except psycopg.OperationalError as fault:
        raise CannotStart(
            f"The embedded PostgreSQL refuses its set-up: {_first_line(fault)}. When the files of "
            f"{var.root() / 'keys'} were lost, restore them from a backup."
        ) from fault
    _prepared().touch()


def _make_role(admin: psycopg.Connection) -> None:
    role, password = sql.Identifier(NAME), sql.Literal(keys.database_password())
    exists = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone()
    # Not a superuser, for that would walk through row-level security. CREATEDB is for the tests.
    verb = sql.SQL("ALTER" if exists else "CREATE")
    admin.execute(
        sql.SQL("{} ROLE {} LOGIN NOSUPERUSER CREATEDB PASSWORD {}").format(verb, role, password)
    )


def _make_database(admin: psycopg.Connection) -> None:
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
        return
    name = sql.Identifier(NAME)
    admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))


def _require_answer(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
            version = connection.info.server_version // 10000
    except psycopg.Error as fault:
        raise CannotStart(
            f"The database of DATABASE_URL does not answer: {_first_line(fault)}. "
            f"Start it, correct the address, or unset DATABASE_URL for the embedded one."
        ) from fault
    if version < OLDEST:
        raise CannotStart(
            f"The database of DATABASE_URL is PostgreSQL {version}; {OLDEST} or newer is needed. "
            f"Upgrade it, or unset DATABASE_URL for the embedded one."
        )


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS):
            return True
    except psycopg.Error:
        return False


def _first_line(fault: Exception) -> str:
    return (str(fault).strip().splitlines() or ["no reason given"])[0].rstrip(".")
