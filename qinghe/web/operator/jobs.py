"""Jobs and health: every clock with its last run, what waits, what failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import render
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, page

LATEST_FAILED = 20


@dataclass(frozen=True)
class TaskRow:
    """One kind of job: how many wait, run, failed; when one last ended well."""

    name: str
    waiting: int
    running: int
    failed: int
    last_at: datetime | None


def _tasks() -> list[TaskRow]:
    counts: dict[str, dict[str, int]] = {}
    found = ProcrastinateJob.objects.values_list("task_name", "status").annotate(n=Count("id"))
    for name, status, n in found.order_by("task_name"):
        counts.setdefault(name, {})[status] = n
    ended = ProcrastinateEvent.objects.filter(type="succeeded").values_list("job__task_name")
    last = dict(ended.annotate(at=Max("at")).order_by("job__task_name"))
    return [
        TaskRow(name, n.get("todo", 0), n.get("doing", 0), n.get("failed", 0), last.get(name))
        for name, n in counts.items()
    ]


@page(Permission.MANAGE_ACCOUNTS)
def job_list(request: StaffRequest) -> HttpResponse:
    """Show what the worker did, does and still has to do."""
    failed = ProcrastinateJob.objects.filter(status="failed").order_by("-id")
    context = {
        "tasks": _tasks(),
        "failed": list(failed.values("id", "task_name", "attempts")[:LATEST_FAILED]),
    }
    return render(request, "web/operator/jobs.html", context)
