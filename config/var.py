"""The data folder: everything this installation keeps beside its code."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from config.errors import CannotStart

MINIMUM_FREE_BYTES: Final = 256 * 1024 * 1024

PRIVATE: Final = 0o700
SHARED: Final = 0o755


def root() -> Path:
    """
    Return the data folder as an absolute path: `QINGHE_VAR`, or `./var`.
    """
    return Path(os.environ.get("QINGHE_VAR") or "var").absolute()


def folder(name: str, *, mode: int = SHARED) -> Path:
    """
    Return a folder below the data folder, made with a mode when it is missing.

    :raises CannotStart: the folder cannot be made here
    """
    path = root() / name
    with explained(path):
        root().mkdir(mode=SHARED, parents=True, exist_ok=True)
        path.mkdir(mode=mode, parents=True, exist_ok=True)
    return path


def require_space() -> None:
    """
    Check that the data folder can be written and has room to begin with.

    :raises CannotStart: it cannot, or has not
    """
    probe = folder("run") / f".probe-{os.getpid()}"
    with explained(probe):
        probe.write_bytes(b"")
        probe.unlink()
        free = shutil.disk_usage(root()).free
    if free < MINIMUM_FREE_BYTES:
        raise CannotStart(_full(root(), free // 1024**2))


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """
    Turn the file system's refusals into a sentence that says what to do.

    :raises CannotStart: no room, no permission, or not a folder
    """
    try:
        yield
    except OSError as refusal:
        raise CannotStart(_sentence(path, refusal)) from refusal


def _sentence(path: Path, refusal: OSError) -> str:
    if refusal.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _full(path, 0)
    if refusal.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return (
            f"{path} cannot be written by this user. Give the user the data folder "
            f"(chown), or choose another one with QINGHE_VAR=/path."
        )
    return (
        f"{path} cannot be used: {refusal.strerror}. Choose another folder with QINGHE_VAR=/path."
    )


def _full(path: Path, free_mb: int) -> str:
    needed_mb = MINIMUM_FREE_BYTES // 1024**2
    return (
        f"The disk of {path} is full: {free_mb} MB free, {needed_mb} MB needed. "
        f"Free some space, or choose a folder on another disk with QINGHE_VAR=/path."
    )
