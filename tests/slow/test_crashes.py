"""Processes die at random moments of a busy day; nothing is lost, doubled or left unnamed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import psutil
import pytest

from tests.place import Place, until

ROUNDS = int(os.environ.get("QINGHE_CRASH_ROUNDS", "20"))


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
