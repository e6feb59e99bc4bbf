"""Which process is meant: its number and the moment it began, so that a reused number is not it."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import psutil

from config.var import explained

STEP_SECONDS: Final = 0.05


@dataclass(frozen=True)
class Identity:
    """One process; `began` is in seconds since the epoch, as the kernel tells it."""

    pid: int
    began: float

    def alive(self) -> bool:
        """
        Say whether this very process still runs.
        """
        process = self.process()
        return process is not None and process.status() != psutil.STATUS_ZOMBIE

    def process(self) -> psutil.Process | None:
        """
        Return a handle on the process, unless it has ended or its number is another's now.
        """
        try:
            process = psutil.Process(self.pid)
            return process if abs(process.create_time() - self.began) < 1 else None
        except psutil.NoSuchProcess:
            return None


def own_identity() -> Identity:
    """
    Return the identity of the process that asks.
    """
    return Identity(os.getpid(), psutil.Process().create_time())


def write_identity(path: Path, identity: Identity) -> None:
    """
    Keep an identity in a file, so that another command finds the process.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with explained(path):
        partial.write_text(json.dumps(asdict(identity)))
        partial.replace(path)


def read_identity(path: Path) -> Identity | None:
    """
    Return the identity that a file keeps; nothing when there is no such file, or no sense in it.
    """
    try:
        kept = json.loads(path.read_text())
        return Identity(int(kept["pid"]), float(kept["began"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def wait_until(done: Callable[[], bool], *, seconds: float) -> bool:
    """
    Wait until something holds; say whether it did within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(STEP_SECONDS)
    return True
