"""
`qinghe bench import`: a file of a country's size, from the upload to bookings in the ledger.

Two limits are measured in the same run. One is the bare COPY of the file, twenty-five columns of
text, into a plain table. The other is the bare COPY of the very rows that the import writes into
the same tables, with their indexes, keys and triggers (`samerows`): a claim becomes eighteen of
them. Every phase is told as a multiple of both; `ratio` is that of the second. Processor time is
told beside the clock: on a busy machine the limits are not measured at the same moment.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from django.test.utils import override_settings
from psycopg import sql

from config.passing import own_database
from qinghe.bench import samerows
from qinghe.bench.frame import Result, machine, peak_mb, processor_seconds, versions
from qinghe.bench.samerows import Kept
from qinghe.bench.synthetic import COLUMNS, MAPPING, write_claims
from qinghe.claims.models import Batch
from qinghe.claims.services import accept_batch, intake, receive_batch
from qinghe.kernel.actor import system
from qinghe.kernel.laps import measured
from qinghe.parties.filestore import seal_stream
from qinghe.parties.levels import TOP
from qinghe.parties.models import Organisation

AT: Final = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
DAY: Final = date(2026, 11, 20)
ACTOR: Final = system("bench")
# The laps of the check that read and judge; what is left of it seals and stages.
JUDGING: Final = ("survey", "wait for rows", "compare")
MERGING: Final = ("chunk", "persons", "contact points", "claims", "lines", "ledger", "doubts")
BLOCK: Final = 4 * 1024 * 1024
# COPY of the same bytes varies; its best of these is the limit.
BARE_ROUNDS: Final = 2


@dataclass(frozen=True)
class Run:
    """What one import took, in seconds; laps by name, the most memory in MB, processor time."""

    checking: float
    merging: float
    laps: dict[str, float]
    peak_mb: float
    checking_cpu: float
    merging_cpu: float

    @property
    def whole(self) -> float:
        """Return the seconds from the upload to the last booking."""
        return self.checking + self.merging

    def phases(self) -> dict[str, float]:
        """Return the seconds of each phase."""
        judging = sum(self.laps.get(name, 0) for name in JUDGING)
        return {
            "read_and_validated": judging,
            "sealed_and_staged": self.checking - judging,
            "merged": self.merging,
            "whole": self.whole,
        }

    def stages(self) -> dict[str, float]:
        """Return the laps; foreign keys are checked when a chunk commits."""
        left = self.merging - sum(self.laps.get(name, 0) for name in MERGING)
        laps = {**self.laps, "keys and commits": left}
        return {name: round(seconds, 3) for name, seconds in sorted(laps.items())}


def importing(*, rows: int, progress: Callable[[str], None] = lambda _line: None) -> Result:
    """Import so many invented claims with full validation, and compare with two bare COPYs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claims.csv"
        with own_database():
            progress(f"writing a file of {rows:,} claims")
            write_claims(path, rows=rows, seed=1, as_of=DAY)
            progress("bare COPY of the file")
            plain = min(_bare(path) for _round in range(BARE_ROUNDS))
            progress("importing")
            run = _run(path, rows)
            kept = samerows.keep(Path(folder))
        with own_database():
            progress("bare COPY of the same rows into the same tables")
            begun = processor_seconds()
            tables = samerows.fill(kept)
            cpu = _processor(run, processor_seconds() - begun)
        result = _result(rows, run, plain, tables, kept, path.stat().st_size)
        return replace(result, parts={**result.parts, "processor": cpu})


def _run(path: Path, rows: int) -> Run:
    with override_settings(DEMO=True, VAULT_FILES=path.parent), measured() as laps:
        begun, cpu = time.perf_counter(), processor_seconds()
        batch = _checked(path)
        checked, checked_cpu = time.perf_counter(), processor_seconds()
        batch = _taken(batch)
        ended, ended_cpu = time.perf_counter(), processor_seconds()
    assert (batch.state, batch.accepted, batch.read) == ("accepted", rows, rows), batch.state
    return Run(
        checking=checked - begun,
        merging=ended - checked,
        laps=dict(laps),
        peak_mb=peak_mb(),
        checking_cpu=checked_cpu - cpu,
        merging_cpu=ended_cpu - checked_cpu,
    )


def _processor(run: Run, same_tables: float) -> dict[str, float]:
    whole = run.checking_cpu + run.merging_cpu
    return {
        "checked": round(run.checking_cpu, 2),
        "merged": round(run.merging_cpu, 2),
        "whole": round(whole, 2),
        "same_tables": round(same_tables, 2),
        "times_same_tables": round(whole / same_tables, 2),
    }


def _result(
    rows: int, run: Run, plain: float, tables: dict[str, float], kept: list[Kept], size: int
) -> Result:
    same = sum(tables.values())
    phases = {
        name: {
            "seconds": round(seconds, 3),
            "times_file_copy": round(seconds / plain, 2),
            "times_same_tables": round(seconds / same, 2),
        }
        for name, seconds in run.phases().items()
    }
    return Result(
        name="import",
        ours=round(rows / run.whole, 1),
        limit=round(rows / same, 1),
        ratio=round(same / run.whole, 4),
        unit="rows/s",
        seconds=round(run.whole, 3),
        peak_mb=round(run.peak_mb, 1),
        sizes={
            "rows": rows, "columns": len(COLUMNS), "bytes": size,
            "rows_written": sum(each.rows for each in kept),
        },
        parts={
            "file_copy": {"seconds": round(plain, 3)},
            "same_tables": {"seconds": round(same, 3)},
            **phases,
            "stages": run.stages(),
            "tables": {name: round(seconds, 3) for name, seconds in tables.items()},
        },
        versions=versions(),
        machine=machine(),
    )  # fmt: skip


def _checked(path: Path) -> Batch:
    creditor = Organisation.objects.create(
        slug="bench", name="bench", kind="institution", state="active", lender_kind="bank",
        level=TOP, created_at=AT,
    )  # fmt: skip
    with path.open("rb") as file:
        sha256 = seal_stream(file)
    batch = receive_batch(
        creditor_id=creditor.pk, filename=path.name, sha256=sha256, mapping=MAPPING, as_of=DAY,
        actor=ACTOR, at=AT,
    )  # fmt: skip
    intake(batch_id=batch.pk, clock=lambda: AT)
    return Batch.objects.get(pk=batch.pk)


def _taken(batch: Batch) -> Batch:
    accept_batch(batch_id=batch.pk, partial=False, actor=ACTOR, at=AT)
    intake(batch_id=batch.pk, clock=lambda: AT)
    return Batch.objects.get(pk=batch.pk)


def _bare(path: Path) -> float:
    columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(c)) for c in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare_claims")
        cursor.execute(sql.SQL("CREATE TABLE bare_claims ({})").format(columns))
    begun = time.perf_counter()
    statement = "COPY bare_claims FROM STDIN (FORMAT csv, HEADER)"
    with (
        path.open("rb") as file,
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(statement) as out,
    ):
        while block := file.read(BLOCK):
            out.write(block)
    seconds = time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare_claims")
    return seconds
