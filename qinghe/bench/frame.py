"""
The frame of every benchmark: one result shape, memory and machine facts, a database of its own.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import quantiles
from typing import Final

import psutil
from django.db import connection

from config import postgres

KEYS: Final = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conrelid = ANY (%s::regclass[])
"""
# Those of primary keys and unique constraints stay.
INDEXES: Final = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE NOT indisunique AND indrelid = ANY (%s::regclass[])
"""


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


def filled(name: str, *, day: date, **sizes: int) -> None:
    """Run one of the SQL files beside this module, for a market of these sizes on a day."""
    text = Path(__file__).with_name(name).read_text("utf-8").replace("{day}", day.isoformat())
    for word, size in {"persons": sizes.get("claims", 0) // 10 * 9, **sizes}.items():
        text = text.replace(f"{{{word}}}", str(size))
    with connection.cursor() as cursor:
        for statement in text.split(";\n"):
            if statement.strip():
                cursor.execute(statement)


@contextmanager
def bare(*tables: str) -> Iterator[None]:
    """
    Take foreign keys and indexes off tables while they are filled, and put them back.

    The keys come back unchecked for rows that are there, and as strict as ever for new ones.
    """
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [list(tables)])
        keys = cursor.fetchall()
        cursor.execute(INDEXES, [list(tables)])
        indexes = cursor.fetchall()
        for table, name, _definition in keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in keys:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition} NOT VALID')


def percentiles(milliseconds: Sequence[float]) -> tuple[float, float]:
    """Return the 50th and 99th percentile of at least two measurements."""
    cuts = quantiles(milliseconds, n=100)
    return cuts[49], cuts[98]


def peak_mb() -> float:
    """Return the highest resident memory of this process so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / 1024 / 1024


def processor_seconds() -> float:
    """
    Return the processor time of this process and, when the server runs here, of its side of our
    connection; a busy machine stretches the clock and leaves this alone.
    """
    own = time.process_time()
    if not postgres.status().embedded:
        return own
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone() or (os.getpid(),)
    used = psutil.Process(pid).cpu_times()
    return own + float(used.user + used.system)


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
