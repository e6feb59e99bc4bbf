from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from config import cluster, postgres, unprivileged
from config.errors import CannotStart
from config.processes import wait_until

pytestmark = pytest.mark.usefixtures("cluster_folder")

STARTERS = 4


def ask(sql: str) -> object:
    with psycopg.connect(postgres.database_url()) as connection:
        row = connection.execute(sql).fetchone()  # type: ignore[call-overload]
    return row[0] if row else None


def server_pid() -> int:
    server = cluster.postmaster(cluster.here())
    assert server is not None
    return server.pid


def test_it_starts_once_and_says_so() -> None:
    postgres.stop()

    assert postgres.start()
    assert not postgres.start()
    assert postgres.status().running


def test_processes_that_start_it_at_once_share_one_server() -> None:
    postgres.stop()
    code = (
        "from config import postgres; began = postgres.start();"
        "print(int(began), postgres.status().pid)"
    )
    starters = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(STARTERS)
    ]
    answers = [starter.communicate()[0].split() for starter in starters]

    assert sorted(began for began, _pid in answers) == ["0", "0", "0", "1"]
    assert len({pid for _began, pid in answers}) == 1


def test_it_comes_back_with_its_rows_after_a_kill() -> None:
    postgres.start()
    with psycopg.connect(postgres.database_url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 17 AS number")
    os.kill(server_pid(), signal.SIGKILL)
    assert wait_until(lambda: not postgres.status().running, seconds=10)

    assert postgres.start()
    assert ask("SELECT number FROM kept") == 17


def test_a_pid_file_with_the_number_of_a_stranger_does_not_stop_it() -> None:
    postgres.start()
    here = cluster.here()
    lines = (here.data / "postmaster.pid").read_text().splitlines()
    postgres.stop()
    lines[0] = str(os.getpid())
    (here.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    (here.socket / f"{cluster.SOCKET_NAME}.lock").write_text("\n".join(lines) + "\n")

    assert not postgres.status().running
    assert postgres.start()


def test_stopping_twice_is_no_fault() -> None:
    postgres.start()

    assert postgres.stop()
    assert not postgres.stop()


def test_it_listens_on_a_private_socket_and_asks_for_a_password() -> None:
    postgres.start()
    here = cluster.here()

    assert ask("SHOW listen_addresses") == ""
    assert stat.S_IMODE(here.socket.stat().st_mode) == 0o700
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://qinghe:wrong@/qinghe?host={here.socket}")


def test_the_product_is_not_a_superuser() -> None:
    postgres.start()

    assert ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_its_log_holds_no_statement_and_no_value() -> None:
    postgres.start()

    with (
        psycopg.connect(postgres.database_url()) as connection,
        pytest.raises(psycopg.errors.InvalidTextRepresentation),
    ):
        connection.execute("SELECT 'Zhang-San-private'::integer")

    logs = "".join(path.read_text() for path in cluster.here().logs.glob("*.log"))
    assert "ready to accept connections" in logs
    assert "SELECT" not in logs
    assert "Zhang-San" not in logs


def test_a_data_folder_of_another_release_is_refused() -> None:
    # The folder may be new: tests run in any order.
    postgres.start()
    postgres.stop()
    version = cluster.here().data / "PG_VERSION"
    was = version.read_text()
    version.write_text("14\n")
    try:
        with pytest.raises(CannotStart, match=r"PostgreSQL 14.*pg_dump"):
            postgres.start()
    finally:
        version.write_text(was)


def test_a_setting_it_cannot_read_is_told_in_its_own_words(cluster_folder: Path) -> None:
    postgres.stop()
    own = cluster_folder / "postgresql.conf"
    own.write_text("shared_buffers = 'nonsense'\n")
    try:
        with pytest.raises(CannotStart, match="PostgreSQL failed"):
            postgres.start()
    finally:
        own.unlink()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server to a lesser account")
def test_root_hands_the_server_to_a_lesser_account() -> None:
    postgres.start()

    assert psutil.Process(server_pid()).uids().real != 0
    assert cluster.here().data.stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root opens the way for a lesser account")
def test_closed_parents_are_opened_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = unprivileged.account_for(tmp_path / "absent")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    unprivileged.open_way(closed / "postgres", account)

    assert closed.stat().st_mode & stat.S_IXOTH
    assert f"made {closed} passable" in capsys.readouterr().err


def test_the_socket_moves_to_a_short_folder_when_the_data_lies_deep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QINGHE_VAR", "/" + "deep/" * 30)

    place = cluster.socket_folder() / cluster.SOCKET_NAME

    assert len(os.fsencode(place)) <= cluster.SOCKET_BYTES


def test_settings_are_computed_without_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "DATABASE_URL", "postgresql://ann:p%40ss@db.example:6432/market?sslmode=require"
    )

    settings = postgres.database_settings()

    assert settings["HOST"] == "db.example"
    assert settings["PORT"] == "6432"
    assert settings["PASSWORD"] == "p@ss"
    assert settings["OPTIONS"] == {"sslmode": "require"}


def test_an_address_that_cannot_be_read_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql:what?")

    with pytest.raises(CannotStart, match="cannot be read"):
        postgres.database_settings()


def test_a_database_that_is_away_is_a_sentence_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:hush@/market?host=/nowhere")

    with pytest.raises(CannotStart, match="does not answer") as fault:
        postgres.ensure_running()
    assert "hush" not in str(fault.value)
    assert not postgres.status().running


def test_a_database_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    postgres.start()
    monkeypatch.setenv("DATABASE_URL", postgres.database_url())
    monkeypatch.setattr(postgres, "OLDEST", 99)

    with pytest.raises(CannotStart, match="99 or newer"):
        postgres.ensure_running()
