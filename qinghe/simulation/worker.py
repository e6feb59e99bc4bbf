"""A worker for virtual time: takes queued jobs in order and runs them in this process."""

from __future__ import annotations

import json

from django.db import connection
from procrastinate.contrib.django import app

TAKE = """
    DELETE FROM procrastinate_jobs WHERE id = (
        SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at IS NULL
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING task_name, args
"""


def run_waiting_jobs() -> int:
    """Run every job on the queue, also those that running jobs add; return how many ran."""
    ran = 0
    while (job := _take()) is not None:
        name, args = job
        app.tasks[name](**args)
        ran += 1
    return ran


def _take() -> tuple[str, dict[str, object]] | None:
    with connection.cursor() as cursor:
        cursor.execute(TAKE)
        row = cursor.fetchone()
    if row is None:
        return None
    name, args = row
    return name, json.loads(args) if isinstance(args, str) else args
