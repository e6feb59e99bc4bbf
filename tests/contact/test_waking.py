"""A job wakes the worker at once; where many are queued together one wakes it, and none is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier, Event, Thread
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from config.supervisor import POLL_SECONDS, Options, _worker_command
from qinghe.kernel.queue import enqueue

pytestmark = pytest.mark.django_db(transaction=True)
TASK = "test.nothing"
SECONDS = 20


@pytest.fixture(autouse=True)
def _no_jobs_left() -> Iterator[None]:
    """The library's tables are not emptied between tests."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s", [TASK])


def test_a_job_that_comes_alone_wakes_the_worker() -> None:
    with listening() as ear:
        for _ in range(3):
            enqueue(TASK)
        assert len(heard(ear)) == 3


def test_while_one_transaction_is_about_to_wake_the_worker_the_others_do_not_wait_for_it() -> None:
    with listening() as ear, queued_but_not_committed(jobs=2):
        for _ in range(3):
            enqueue(TASK)
        assert ProcrastinateJob.objects.filter(task_name=TASK).count() == 3
        assert heard(ear) == []
    with listening() as ear:
        enqueue(TASK)
        assert len(heard(ear)) == 1


def test_the_one_that_wakes_does_it_for_each_of_its_own_jobs() -> None:
    with listening() as ear:
        with queued_but_not_committed(jobs=2):
            enqueue(TASK)
        assert len(heard(ear)) == 2


def test_jobs_that_woke_nobody_are_done_within_moments() -> None:
    done: list[int] = []

    @app.task(name=TASK, queue=TASK, pass_context=True)
    def nothing(context: Any) -> None:
        done.append(context.job.id)

    def ask() -> None:
        with queued_but_not_committed(jobs=1):
            at_once(8, lambda: enqueue(TASK))
            begun = time.monotonic()
            wait_until(lambda: len(done) == 8)
            # Five seconds is what the library waits by itself.
            assert time.monotonic() - begun < 5
        wait_until(lambda: len(done) == 9)

    try:
        async_to_sync(beside_a_worker)(ask)
    finally:
        app.tasks.pop(TASK)


def test_the_worker_looks_every_second() -> None:
    command = _worker_command(Options("127.0.0.1", 1, 1, 1, 4, echo=False))
    place = command.index("--fetch-job-polling-interval")
    assert command[place + 1] == str(POLL_SECONDS) == "1"


@contextmanager
def listening() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as ear:
        ear.execute("LISTEN procrastinate_any_queue_v1")
        yield ear


def heard(ear: psycopg.Connection[Any]) -> list[str]:
    """Return what was said until now: a word of ours comes after it, in order."""
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY procrastinate_any_queue_v1, 'end'")
    said: list[str] = []
    for each in ear.notifies(timeout=SECONDS):
        if each.payload == "end":
            return said
        said.append(each.payload)
    raise AssertionError(said)


@contextmanager
def queued_but_not_committed(*, jobs: int) -> Iterator[None]:
    """Hold a transaction of somebody else open that has queued jobs."""
    queued, over = Event(), Event()

    @transaction.atomic
    def hold() -> None:
        for _ in range(jobs):
            enqueue(TASK)
        queued.set()
        over.wait(SECONDS)

    holder = Thread(target=closing, args=[hold])
    holder.start()
    try:
        assert queued.wait(SECONDS)
        yield
    finally:
        over.set()
        holder.join()


def closing(act: Callable[[], None]) -> None:
    """Do something in another thread, whose connection ends with it."""
    try:
        act()
    finally:
        connection.close()


def at_once(number: int, act: Callable[[], None]) -> None:
    start = Barrier(number, timeout=SECONDS)

    def run() -> None:
        start.wait()
        act()

    threads = [Thread(target=closing, args=[run]) for _ in range(number)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def wait_until(satisfied: Callable[[], bool]) -> None:
    latest = time.monotonic() + SECONDS
    while not satisfied():
        assert time.monotonic() < latest
        Event().wait(0.01)


async def beside_a_worker(act: Callable[[], None]) -> None:
    """Run a worker as `qinghe run` does; once it has looked and found nothing, do something."""
    connector: Any = app.connector
    with app.replace_connector(connector.get_worker_connector()):
        async with app.open_async():
            how: Any = {
                "fetch_job_polling_interval": POLL_SECONDS,
                "install_signal_handlers": False,
            }
            looked, fetch = asyncio.Event(), app.job_manager.fetch_job

            async def noted(*words: Any, **named: Any) -> Any:
                job = await fetch(*words, **named)
                looked.set()
                return job

            with patch.object(app.job_manager, "fetch_job", noted):
                worker = asyncio.create_task(app.run_worker_async(queues=[TASK], **how))
                try:
                    await asyncio.wait_for(looked.wait(), SECONDS)
                    await asyncio.to_thread(closing, act)
                finally:
                    worker.cancel()
                    await asyncio.gather(worker, return_exceptions=True)
