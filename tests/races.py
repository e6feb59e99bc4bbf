"""Start many threads at once against the real PostgreSQL, and let it referee."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier, BrokenBarrierError
from typing import Final, TypeVar

from django.db import connection

T = TypeVar("T")
R = TypeVar("R")

# Nobody waits longer for the others: whoever fell out leaves no one standing.
PATIENCE: Final = 120


def race(runners: Sequence[T], run: Callable[[T], R], *gates: Barrier) -> list[R]:
    """
    Run one thread per runner, all released at the same moment; return answers in order.

    A runner that fails breaks the gates the others wait at, and its failure is the one raised.
    """
    start = Barrier(len(runners), timeout=PATIENCE)

    def one(runner: T) -> R:
        try:
            start.wait()
            return run(runner)
        except BaseException:
            for gate in (start, *gates):
                gate.abort()
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(len(runners)) as pool:
        running = [pool.submit(one, runner) for runner in runners]
        wait(running)
    failures = [failed for each in running if (failed := each.exception()) is not None]
    for failure in sorted(failures, key=lambda each: isinstance(each, BrokenBarrierError)):
        raise failure
    return [each.result() for each in running]
