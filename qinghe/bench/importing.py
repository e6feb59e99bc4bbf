"""
`qinghe bench import`: a file of a country's size, from the upload to bookings in the ledger.

The limit is one bare COPY of the same file, twenty-five columns of text, into a plain table in the
same run. What a claim becomes is eight tables with keys, constraints and sealed personal data, so
two ratios are told: `ours / limit` for the whole, and `staged` for full validation and staging.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from django.test.utils import override_settings
from psycopg import sql

from config.passing import own_database
from qinghe.bench.frame import Result, machine, peak_mb, versions
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
MERGING: Final = ("chunk", "persons", "contact points", "claims", "lines", "ledger")
BLOCK: Final = 4 * 1024 * 1024
# COPY of the same bytes varies; its best of these is the limit.
BARE_ROUNDS: Final = 2


def importing(*, rows: int, progress: Callable[[str], None] = lambda _line: None) -> Result:
    """Import so many invented claims with full validation, and compare with the bare COPY."""
    with tempfile.TemporaryDirectory() as folder, own_database():
        path = Path(folder) / "claims.csv"
        progress(f"writing a file of {rows:,} claims")
        write_claims(path, rows=rows, seed=1, as_of=DAY)
        progress("bare limit")
        limit_seconds = min(_bare(path) for _round in range(BARE_ROUNDS))
        progress("importing")
        with override_settings(DEMO=True, VAULT_FILES=Path(folder)), measured() as laps:
            begun = time.perf_counter()
            batch = _checked(path)
            checked = time.perf_counter()
            batch = _taken(batch)
            ended = time.perf_counter()
        assert (batch.state, batch.accepted, batch.read) == ("accepted", rows, rows), batch.state
        return _result(rows, limit_seconds, checked - begun, ended - checked, dict(laps), path)


def _result(
    rows: int, limit: float, checking: float, merging: float, laps: dict[str, float], path: Path
) -> Result:
    whole = checking + merging
    # Foreign keys are checked when a chunk commits; at the end what was staged is deleted.
    laps = {**laps, "keys and commits": merging - sum(laps[name] for name in MERGING)}
    stages = {name: round(seconds, 3) for name, seconds in sorted(laps.items())}
    return Result(
        name="import",
        ours=round(rows / whole, 1),
        limit=round(rows / limit, 1),
        ratio=round(limit / whole, 4),
        unit="rows/s",
        seconds=round(whole, 3),
        peak_mb=round(peak_mb(), 1),
        sizes={"rows": rows, "columns": len(COLUMNS), "bytes": path.stat().st_size},
        parts={
            "bare_copy": {"seconds": round(limit, 3)},
            "validated_and_staged": {
                "seconds": round(checking, 3),
                "times_bare": round(checking / limit, 2),
            },
            "merged": {"seconds": round(merging, 3), "times_bare": round(merging / limit, 2)},
            "whole": {"seconds": round(whole, 3), "times_bare": round(whole / limit, 2)},
            "stages": stages,
        },
        versions=versions(),
        machine=machine(),
    )


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
