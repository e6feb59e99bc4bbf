"""Put a job on the queue inside the current transaction: no commit, no job."""

from __future__ import annotations

from procrastinate.contrib.django import app


def enqueue(task: str, *, lock: str | None = None, **kwargs: int | str) -> None:
    """
    Queue a task by name. Jobs that share a lock run one at a time, in order.

    Services name tasks as text, so that no service imports a job.
    """
    app.configure_task(task, lock=lock, allow_unknown=True).defer(**kwargs)
