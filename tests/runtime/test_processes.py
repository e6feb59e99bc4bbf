from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil

from config import children
from config.processes import (
    Identity,
    own_identity,
    read_identity,
    wait_until,
    write_identity,
)


def test_a_process_is_known_by_its_number_and_its_start(tmp_path: Path) -> None:
    write_identity(tmp_path / "pid", own_identity())

    known = read_identity(tmp_path / "pid")

    assert known is not None
    assert known.pid == os.getpid()
    assert known.alive()


def test_a_reused_number_is_not_the_process_that_had_it() -> None:
    former = replace(own_identity(), began=own_identity().began - 3600)

    assert not former.alive()


def test_a_stranger_with_the_number_of_a_dead_child_is_left_alone() -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as stranger:
        began = psutil.Process(stranger.pid).create_time()
        children.end_leftovers([Identity(stranger.pid, began - 3600)], seconds=1)
        alive = stranger.poll() is None
        stranger.kill()

    assert alive


def test_what_a_killed_parent_left_behind_is_ended() -> None:
    code = (
        "import subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as parent:
        assert parent.stdout is not None
        orphan = int(parent.stdout.readline())
        leader = Identity(parent.pid, psutil.Process(parent.pid).create_time())
        parent.kill()
        parent.wait()
        assert psutil.pid_exists(orphan)

        children.end_leftovers([leader], seconds=2)

    def gone() -> bool:
        try:
            return psutil.Process(orphan).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    assert wait_until(gone, seconds=5)


def test_nonsense_in_a_pid_file_is_nobody(tmp_path: Path) -> None:
    for text in ("", "17", "{}", '{"pid": "x", "began": 1}'):
        (tmp_path / "pid").write_text(text)
        assert read_identity(tmp_path / "pid") is None
