"""Start many threads at once against the real PostgreSQL, and let it referee."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

T = TypeVar("T")
R = TypeVar("R")


def race(runners: Sequence[T], run: Callable[[T], R]) -> list[R]:
    """Run one thread per runner, all released at the same moment; return answers in order."""
    start = Barrier(len(runners))

    def one(runner: T) -> R:
        try:
            start.wait()
            return run(runner)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(runners)) as pool:
        return list(pool.map(one, runners))
