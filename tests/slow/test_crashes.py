"""Processes die at random moments of a busy day; nothing is lost, doubled or left unnamed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import psutil
import pytest

ROUNDS = int(os.environ.get("QINGHE_CRASH_ROUNDS", "20"))
ROOT = Path(__file__).parents[2]
QINGHE = Path(sys.executable).with_name("qinghe")


def until(what: str, done: Callable[[], object], seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, f"waited too long for: {what}"
        time.sleep(0.05)


class Place:
    """One installation in a folder of its own, at two in the afternoon."""

    def __init__(self) -> None:
        # Not tmp_path: pytest closes its folders to other users, and PostgreSQL may run as one.
        self.folder = Path(tempfile.mkdtemp(prefix="qinghe-crash-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.web = f"http://127.0.0.1:{self.port}/"
        local = datetime.now(ZoneInfo("Asia/Shanghai"))
        shift = int((local.replace(hour=14, minute=0) - local).total_seconds())
        self.environment = {
            **{k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
            "QINGHE_VAR": str(self.folder),
            "PORT": str(self.port),
            "QINGHE_TEST_SHIFT": str(shift),
            "PYTHONPATH": f"{ROOT / 'tests' / 'slow' / 'daytime'}:{ROOT}",
        }
        self.log = (self.folder / "supervisor.log").open("w")
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
        return subprocess.run(
            [str(QINGHE), *command], env=self.environment, cwd=ROOT, text=True,
            capture_output=True, check=False, timeout=300,
        )  # fmt: skip

    def end(self) -> None:
        self.supervisor.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.supervisor.wait(60)
        self.ask("stop")
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def place() -> Iterator[Place]:
    one = Place()
    try:
        until("the first start", one.ready)
        yield one
    finally:
        one.end()


@pytest.mark.slow
def test_a_day_with_killed_processes_leaves_everything_in_order(place: Place) -> None:
    random, stop = Random(20), place.folder / "stop-driver"
    driver = place.start(sys.executable, "-m", "tests.slow.driver", str(stop), place.web, "1")
    killed: dict[str, int] = {"web": 0, "worker": 0, "database": 0}
    for number in range(ROUNDS):
        with suppress(subprocess.TimeoutExpired):
            driver.wait(random.uniform(0.3, 2.5))
        assert driver.poll() is None, Path(place.log.name).read_text()[-4000:]
        kind = tuple(killed)[number % len(killed)]
        until(f"a {kind} to kill", lambda kind=kind: place.victims()[kind], 120)
        for victim in place.victims()[kind]:
            with suppress(psutil.NoSuchProcess):
                victim.send_signal(signal.SIGKILL)
                killed[kind] += 1
    until("the last recovery", place.ready)
    stop.touch()
    assert driver.wait(180) == 0, Path(place.log.name).read_text()[-4000:]
    report = json.loads(place.ask("verify", "--json").stdout)
    assert report["ok"], [check for check in report["checks"] if not check["ok"]]
    assert all(killed.values()), killed
