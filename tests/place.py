"""A whole installation in a folder of its own, for tests that need the real thing running."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil

ROOT = Path(__file__).parents[1]
QINGHE = Path(sys.executable).with_name("qinghe")
# One site for every Python process of an installation: it moves their clock.
DAYTIME = ROOT / "tests" / "slow" / "daytime"


def until(what: str, done: Callable[[], object], seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"waited too long for: {what}"
        time.sleep(0.05)


class Place:
    """One installation in a folder of its own, at two in the afternoon of some day."""

    def __init__(self, **environment: str) -> None:
        # Not tmp_path: pytest closes its folders to other users, and PostgreSQL may run as one.
        self.folder = Path(tempfile.mkdtemp(prefix="qinghe-place-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.web = f"http://127.0.0.1:{self.port}/"
        self.environment = {
            **{k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
            **environment,
            "QINGHE_VAR": str(self.folder),
            "PORT": str(self.port),
            "PYTHONPATH": f"{DAYTIME}:{ROOT}",
        }
        self.days = 0
        self.pass_days(0)
        self.log = (self.folder / "supervisor.log").open("w")
        self.run()

    def pass_days(self, days: int) -> None:
        """Let processes that start from now on live so many days later, at two in the afternoon."""
        self.days += days
        local = datetime.now(ZoneInfo("Asia/Shanghai"))
        there = local.replace(hour=14, minute=0) + timedelta(days=self.days)
        self.shift = there - local
        self.environment["QINGHE_TEST_SHIFT"] = str(int(self.shift.total_seconds()))

    def run(self) -> None:
        """Start the installation; `ready` tells when it answers."""
        self.supervisor = self.start(str(QINGHE), "run")

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command, env=self.environment, cwd=ROOT, text=True, stdout=self.log, stderr=self.log
        )

    def ready(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.web}readyz", timeout=5) as answer:
            return bool(answer.status == 200)
        return False

    def victims(self) -> dict[str, list[psutil.Process]]:
        found: dict[str, list[psutil.Process]] = {"web": [], "worker": [], "database": []}
        for process in psutil.Process(self.supervisor.pid).children(recursive=True):
            with suppress(psutil.Error):
                line = " ".join(process.cmdline())
                if "granian" in line:
                    found["web"].append(process)
                elif "procrastinate" in line:
                    found["worker"].append(process)
        with suppress(OSError, psutil.Error, ValueError):
            text = (self.folder / "postgres" / "postmaster.pid").read_text()
            found["database"].append(psutil.Process(int(text.splitlines()[0])))
        return found

    def ask(self, *command: str) -> subprocess.CompletedProcess[str]:
        return self._answer(str(QINGHE), *command)

    def python(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run Python as a process of this installation: its folder, its database, its clock."""
        return self._answer(sys.executable, *command)

    def _answer(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=self.environment, cwd=ROOT, text=True,
            capture_output=True, check=False, timeout=300,
        )  # fmt: skip

    def stop(self) -> None:
        """Stop what runs; the folder stays."""
        self.supervisor.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.supervisor.wait(60)
        self.ask("stop")

    def end(self) -> None:
        self.stop()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
