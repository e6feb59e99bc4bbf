"""Put a job on the queue inside the current transaction: no commit, no job."""

from __future__ import annotations

from typing import Final

from procrastinate.contrib.django import app
from psycopg.types.json import Jsonb

from qinghe.kernel import prepared

# What the library sends itself, but prepared: permissions queue by the thousand.
DEFER: Final = """
    SELECT procrastinate_defer_jobs_v1(ARRAY[
        ROW(%(queue)s, %(task)s, %(priority)s, %(lock)s, %(queueing_lock)s, %(args)s, NULL)
        ::procrastinate_job_to_defer_v1])
"""


def enqueue(task: str, *, lock: str | None = None, **kwargs: int | str) -> None:
    """
    Queue a task by name. Jobs that share a lock run one at a time, in order.

    Services name tasks as text, so that no service imports a job.
    """
    job = app.configure_task(task, lock=lock, allow_unknown=True).make_new_job(**kwargs)
    facts = {"queue": job.queue, "task": job.task_name, "priority": job.priority, "lock": job.lock}
    args = Jsonb(job.task_kwargs)
    prepared.execute(DEFER, {**facts, "queueing_lock": job.queueing_lock, "args": args})
