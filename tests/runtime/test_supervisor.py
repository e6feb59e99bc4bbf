"""`qinghe run` as a person sees it: a real process, real signals, real kills."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from config.processes import wait_until

pytestmark = pytest.mark.enable_socket

READY_SECONDS = 60
QINGHE = [sys.executable, "-c", "from qinghe.cli.main import app; app()"]


class Installation:
    """One data folder and the commands that a person runs in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.environment = {
            **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
            "QINGHE_VAR": str(folder),
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "tests.runtime.bare_settings",
        }

    def run(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*QINGHE, "run", "--web-processes", "1"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*QINGHE, *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def status(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.command("status", "--json").stdout)
        return answer

    def answers(self) -> bool:
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            web.request("GET", "/readyz")
            return web.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            web.close()


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    folder = Path(tempfile.mkdtemp(prefix="qinghe-test-"))
    here = Installation(folder)
    yield here
    here.command("stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def running(installation: Installation) -> Iterator[subprocess.Popen[str]]:
    with installation.run() as server:
        wait_until(
            lambda: installation.answers() or server.poll() is not None, seconds=READY_SECONDS
        )
        assert installation.answers(), server.communicate()[0]
        yield server
        installation.command("stop")


def everyone(installation: Installation) -> list[psutil.Process]:
    pids = [pid for name, pid in installation.status().items() if name.endswith("_pid") and pid]
    found = [psutil.Process(pid) for pid in pids]
    return found + [child for each in found for child in each.children(recursive=True)]


def gone(processes: list[psutil.Process]) -> bool:
    return not any(
        each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything_and_the_database_it_started(
    installation: Installation, running: subprocess.Popen[str], number: signal.Signals
) -> None:
    whole_house = everyone(installation)

    running.send_signal(number)
    said, _ = running.communicate(timeout=60)

    assert running.returncode == 0
    assert f"ready: http://127.0.0.1:{installation.port}/" in said
    assert wait_until(lambda: gone(whole_house), seconds=5)
    assert not installation.status()["database_running"]


def test_what_is_killed_comes_back(
    installation: Installation, running: subprocess.Popen[str]
) -> None:
    before = installation.status()
    for name in ("web_pid", "worker_pid", "database_pid"):
        os.kill(before[name], signal.SIGKILL)

    def back() -> bool:
        now = installation.status()
        return installation.answers() and all(
            now.get(name) not in {None, before[name]}
            for name in ("web_pid", "worker_pid", "database_pid")
        )

    assert wait_until(back, seconds=60)
    assert running.poll() is None


def test_after_a_killed_supervisor_the_next_start_takes_over(
    installation: Installation, running: subprocess.Popen[str]
) -> None:
    database = psutil.Process(installation.status()["database_pid"])
    kept = {running.pid, database.pid, *(each.pid for each in database.children())}
    left = [each for each in everyone(installation) if each.pid not in kept]
    running.kill()
    running.wait()

    with installation.run() as second:
        assert wait_until(lambda: gone(left), seconds=READY_SECONDS)
        assert wait_until(installation.answers, seconds=READY_SECONDS)
        second.terminate()
        assert second.wait(timeout=60) == 0
    installation.command("stop")


def test_a_second_run_in_the_folder_is_refused_with_the_address(
    installation: Installation, running: subprocess.Popen[str]
) -> None:
    second = installation.command("run")

    assert second.returncode == 2
    assert f"already serves this data folder at http://127.0.0.1:{installation.port}/" in (
        second.stderr
    )
    assert installation.answers()


def test_stop_from_elsewhere_ends_it(
    installation: Installation, running: subprocess.Popen[str]
) -> None:
    stopped = json.loads(installation.command("stop", "--json").stdout)

    assert stopped["stopped_server"]
    assert running.wait(timeout=60) == 0
    assert json.loads(installation.command("stop", "--json").stdout) == {
        "stopped_server": False,
        "stopped_database": False,
    }


def test_a_taken_port_is_told_before_anything_starts(installation: Installation) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        refused = installation.command("run")

    assert refused.returncode == 2
    assert f"Port {installation.port} is taken by process {os.getpid()}" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not installation.status()["database_running"]


def test_a_first_step_that_fails_leaves_nothing_running(installation: Installation) -> None:
    installation.environment["DJANGO_SETTINGS_MODULE"] = "tests.runtime.broken_settings"
    try:
        refused = installation.command("run")
    finally:
        installation.environment["DJANGO_SETTINGS_MODULE"] = "tests.runtime.bare_settings"

    assert refused.returncode == 2
    assert "qinghe.E001" in refused.stderr
    assert not installation.status()["database_running"]
