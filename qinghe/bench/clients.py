"""Many clients at once, each a process of its own: threads would wait for each other in Python."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any, Final

import psutil
from django.db import connection

from config import postgres

# Longer than any measurement lasts: who is not heard of by then has died.
PATIENCE: Final = 600


@dataclass
class Spent:
    """Milliseconds of each act of one client; its processor seconds, here and in the server."""

    milliseconds: list[float] = field(default_factory=list)
    own: float = 0.0
    server: float = 0.0


def at_once(
    items: Sequence[Sequence[Any]], act: Callable[[Any], object], *, seconds: int, warm_up: int
) -> list[Spent]:
    """
    Let one process per list act on its items for so many seconds, all beginning together.

    :raises RuntimeError: a client failed, or its items did not last
    """

    def measured(mine: Sequence[Any], start: Any) -> Spent:
        left = iter(mine)
        for _ in range(warm_up):
            act(next(left))
        start.wait()
        return _measured(left, act, seconds)

    return together(items, measured)


def together(items: Sequence[Any], work: Callable[[Any, Any], Any]) -> list[Any]:
    """
    Run `work(item, barrier)` in a process for each item; return what each returned.

    :raises RuntimeError: one of them failed
    """
    connection.close()
    context = get_context("fork")
    start, answers = context.Barrier(len(items)), context.Queue()

    def client(item: Any) -> None:
        try:
            answers.put((work(item, start), ""))
        except BaseException as fault:  # noqa: BLE001  told to the parent, which raises it
            start.abort()
            answers.put((None, repr(fault)))
        finally:
            connection.close()

    runners = [context.Process(target=client, args=(item,)) for item in items]
    for runner in runners:
        runner.start()
    found = [answers.get(timeout=PATIENCE) for _ in runners]
    for runner in runners:
        runner.join()
    faults = [fault for _result, fault in found if fault]
    if faults:
        raise RuntimeError(faults[0])
    return [result for result, _fault in found]


def _measured(left: Any, act: Callable[[Any], object], seconds: int) -> Spent:
    spent, server = Spent(), _server()
    before, theirs = time.process_time(), server()
    end = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        item = next(left, None)
        if item is None:
            raise RuntimeError("the items did not last; make more, or measure shorter")
        act(item)
        spent.milliseconds.append((time.perf_counter() - begun) * 1000)
    spent.own, spent.server = time.process_time() - before, server() - theirs
    return spent


def _server() -> Callable[[], float]:
    """Return how to ask for the processor seconds of the other side of our connection."""
    if not postgres.status().embedded:
        return lambda: 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ((pid,),) = cursor.fetchall()
    process = psutil.Process(pid)

    def used() -> float:
        times = process.cpu_times()
        return float(times.user + times.system)

    return used
