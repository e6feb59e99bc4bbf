"""
The frame of every benchmark: one result shape, memory and machine facts, a database of its own.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import quantiles

from django.db import connection


@dataclass(frozen=True)
class Result:
    """
    What `qinghe bench NAME --json` prints; a figure that does not apply is null.

    `ratio` is ours / limit for rates, measured in the same run.
    """

    name: str
    ours: float
    unit: str
    seconds: float
    limit: float | None = None
    ratio: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    peak_mb: float | None = None
    gap: float | None = None
    sizes: dict[str, int] = field(default_factory=dict)
    # Where one benchmark measures several things: each with its own figures.
    parts: dict[str, dict[str, float]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    machine: dict[str, object] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """Return the result as plain JSON values."""
        return asdict(self)


def filled(name: str, *, claims: int, day: date) -> None:
    """Run one of the SQL files beside this module, for a market of so many claims on a day."""
    text = Path(__file__).with_name(name).read_text("utf-8")
    text = text.replace("{claims}", str(claims)).replace("{persons}", str(claims // 10 * 9))
    with connection.cursor() as cursor:
        for statement in text.replace("{day}", day.isoformat()).split(";\n"):
            if statement.strip():
                cursor.execute(statement)


def percentiles(milliseconds: Sequence[float]) -> tuple[float, float]:
    """Return the 50th and 99th percentile of at least two measurements."""
    cuts = quantiles(milliseconds, n=100)
    return cuts[49], cuts[98]


def peak_mb() -> float:
    """Return the highest resident memory of this process so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / 1024 / 1024


def versions() -> dict[str, str]:
    """Return the versions that decide a figure."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone() or ("?",)
    return {**runtime(), "django": version("django"), "postgresql": server}


def runtime() -> dict[str, str]:
    """Return the versions that decide a figure where no database is asked."""
    return {"qinghe": version("qinghe"), "python": platform.python_version()}


def machine() -> dict[str, object]:
    """Return the facts of the machine a figure was measured on."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
    }
