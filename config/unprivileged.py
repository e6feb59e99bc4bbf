"""PostgreSQL refuses to run as root: pick a lesser account, and open the way to its folders."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from config.errors import CannotStart

PREFERRED: Final = "postgres"
OWN: Final = "qinghe-db"
LAST_RESORT: Final = "nobody"


def account_for(folder: Path) -> pwd.struct_passwd | None:
    """
    Return the account to run PostgreSQL as; nothing means this process's own.

    A data folder stays with the account that owns it already.

    :raises CannotStart: root has no lesser account to use, or the folder belongs to someone else
    """
    owner = folder.stat().st_uid if folder.exists() else None
    if os.geteuid() != 0:
        if owner not in {None, os.geteuid()}:
            raise CannotStart(
                f"{folder} belongs to {_name(owner)}, not to {_name(os.geteuid())}. "
                f"Run qinghe as its owner, or choose another folder with QINGHE_VAR=/path."
            )
        return None
    if owner:
        return _entry(owner)
    return _existing(PREFERRED) or _existing(OWN) or _created() or _fallback()


def as_account(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """
    Return what `subprocess.run` needs to start a program as an account, in a neutral place.
    """
    environment = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
    options: dict[str, Any] = {"cwd": "/", "env": environment}
    if account is not None:
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return options


def give(path: Path, account: pwd.struct_passwd | None) -> None:
    """
    Make a path, and what is under it, the account's.
    """
    if account is None:
        return
    for each in [path, *path.rglob("*")]:
        os.chown(each, account.pw_uid, account.pw_gid, follow_symlinks=False)


def open_way(path: Path, account: pwd.struct_passwd | None) -> None:
    """
    Let an account walk to a path: add o+x to the parents that lack it, and say so.

    :raises CannotStart: a parent cannot be changed
    """
    if account is None:
        return
    for parent in reversed(path.resolve().parents):
        mode = parent.stat().st_mode
        if mode & stat.S_IXOTH or parent.stat().st_uid == account.pw_uid:
            continue
        try:
            parent.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
        except OSError as refusal:
            raise CannotStart(
                f"PostgreSQL runs as {account.pw_name} here and cannot pass {parent}. "
                f"Allow it (chmod o+x), or choose another folder with QINGHE_VAR=/path."
            ) from refusal
        print(
            f"qinghe: made {parent} passable for {account.pw_name} (chmod o+x), "
            f"because PostgreSQL must not run as root",
            file=sys.stderr,
        )


def _existing(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _created() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd", path=f"{os.defpath}:/usr/sbin:/sbin")
    if useradd is None:
        return None
    command = [useradd, "--system", "--no-create-home", "--shell", "/bin/false", OWN]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        return None
    print(f"qinghe: created the account {OWN}, which runs PostgreSQL", file=sys.stderr)
    return _existing(OWN)


def _fallback() -> pwd.struct_passwd:
    account = _existing(LAST_RESORT)
    if account is None:
        raise CannotStart(
            "PostgreSQL must not run as root, and this machine has no lesser account. "
            "Create one (useradd --system qinghe-db), run qinghe as an ordinary user, "
            "or set DATABASE_URL to a PostgreSQL that runs elsewhere."
        )
    return account


def _entry(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise CannotStart(
            f"The database folder belongs to user number {uid}, which has no account here. "
            f"Create the account, or chown the folder to one that exists."
        ) from None


def _name(uid: int | None) -> str:
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return f"user number {uid}"
