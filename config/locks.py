"""One process at a time, by a lock that the kernel drops when its holder dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.errors import CannotStart
from config.var import explained


@contextmanager
def file_lock(path: Path, *, wait_seconds: float) -> Iterator[None]:
    """
    Hold a file's lock for the length of a block.

    :raises CannotStart: another process still held it after `wait_seconds`
    """
    with explained(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(handle, path, time.monotonic() + wait_seconds)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, path: Path, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"Another qinghe command has held {path} for too long. "
                    f"Wait for it to end, or stop it with: qinghe stop"
                ) from None
            time.sleep(0.05)
        else:
            return
