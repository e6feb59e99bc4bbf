"""One child process of the supervisor: started, watched, started again, ended with all it began."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import Thread
from typing import Final

import psutil

from config import var
from config.processes import Identity, wait_until

STEADY_SECONDS: Final = 60
LONGEST_PAUSE_SECONDS: Final = 30
LOG_BYTES: Final = 10 * 1024 * 1024
LOG_FILES: Final = 5


class Child:
    """A program that the supervisor keeps alive. Its words go to a log file of bounded size."""

    def __init__(self, name: str, command: list[str], *, echo: bool = False) -> None:
        self.name = name
        self.command = command
        self.log = var.folder("log") / f"{name}.log"
        self._echo = echo
        self._process: subprocess.Popen[str] | None = None
        self._began = 0.0
        self._failures = 0
        self._next_start = 0.0
        self._writer = _log_writer(self.log)

    def start(self) -> None:
        """
        Start the program in a process group of its own, where the terminal's Ctrl-C is not heard.
        """
        self._process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._began = time.monotonic()
        Thread(target=self._copy, args=[self._process], daemon=True).start()

    def identity(self) -> Identity | None:
        """
        Return which process it is now, if it runs.
        """
        if not self.alive() or self._process is None:
            return None
        with suppress(psutil.NoSuchProcess):
            return Identity(self._process.pid, psutil.Process(self._process.pid).create_time())
        return None

    def alive(self) -> bool:
        """
        Say whether the program runs.
        """
        return self._process is not None and self._process.poll() is None

    def revive(self) -> bool:
        """
        Start the program again when it died; wait longer after each failure. Say if it did.
        """
        if self.alive():
            return False
        now = time.monotonic()
        if self._next_start <= self._began:
            self._plan_next_start(now)
        if now < self._next_start:
            return False
        self.start()
        return True

    def ask_to_end(self) -> None:
        """
        Ask the program to finish what it does and end. Does not wait.
        """
        if self._process is not None and self.alive():
            self._process.terminate()

    def kill(self) -> None:
        """
        End the program and everything it started, at once.
        """
        if self._process is not None:
            kill_group(self._process.pid)

    def end(self, *, seconds: float) -> None:
        """
        Wait for the program to end as it was asked; after `seconds` end all it started.
        """
        if self._process is None:
            return
        if self.alive():
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        kill_group(self._process.pid)
        self._process.wait()

    def _plan_next_start(self, now: float) -> None:
        if self._process is not None:
            # What a killed parent leaves behind would keep the port.
            kill_group(self._process.pid)
        self._failures = 0 if now - self._began > STEADY_SECONDS else self._failures + 1
        self._next_start = now + min(2 ** max(0, self._failures - 1), LONGEST_PAUSE_SECONDS)

    def _copy(self, process: subprocess.Popen[str]) -> None:
        for line in process.stdout or ():
            self._writer.info(line.rstrip("\n"))
            if self._echo:
                print(f"{self.name}: {line}", end="", flush=True)


def kill_group(leader: int) -> None:
    """
    End every process of a group at once.
    """
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end_leftovers(leaders: list[Identity], *, seconds: float) -> None:
    """
    End what a killed supervisor left running: each leader, or the rest of its group.
    """
    for leader in leaders:
        process = leader.process()
        if process is not None:
            process.terminate()
    wait_until(lambda: not any(leader.alive() for leader in leaders), seconds=seconds)
    for leader in leaders:
        for orphan in _group(leader):
            with suppress(psutil.NoSuchProcess):
                orphan.kill()
    # A process that was killed still holds its port for a moment.
    wait_until(lambda: not any(any(_group(leader)) for leader in leaders), seconds=seconds)


def _group(leader: Identity) -> Iterator[psutil.Process]:
    if psutil.pid_exists(leader.pid) and leader.process() is None:
        return  # The number belongs to a stranger now, so its old group is gone.
    own_program = Path(sys.executable).resolve()
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == leader.pid and Path(process.exe()) == own_program:
                yield process


def _log_writer(path: Path) -> logging.Logger:
    with var.explained(path):
        handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=LOG_FILES)
    handler.setFormatter(logging.Formatter("%(message)s"))
    # Outside the tree of loggers: a child's words are copied as they are.
    writer = logging.Logger(f"child.{path.stem}")
    writer.addHandler(handler)
    return writer
