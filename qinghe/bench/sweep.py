"""
`qinghe bench sweep`: the night of a normal day over a whole market.

The limit is the same set of claim rows rewritten by one bare UPDATE in the same run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final

from django.db import connection, transaction

from config.passing import own_database
from qinghe.bench.frame import Result, filled, machine, peak_mb, versions
from qinghe.casework.services import judge_instalments, judge_promises
from qinghe.claims.services.sweep import end_challenges, lift_ended_holds, sweep_stages
from qinghe.contact.services import release_stuck
from qinghe.market.services import end_expired

DAY: Final = date(2026, 3, 10)
AT: Final = datetime(2026, 3, 9, 16, 5, tzinfo=UTC)
BARE: Final = """
UPDATE claims_claim SET stage = stage, stage_changes_on = stage_changes_on + 30,
    interest = interest + 1, interest_to = %s
WHERE stage_changes_on <= %s AND state = 'placed'
"""


def sweep(*, claims: int, progress: Callable[[str], None] = lambda _line: None) -> Result:
    """Make a market of so many open claims, live its night, and compare with the bare rewrite."""
    with own_database():
        progress(f"making a market of {claims:,} claims")
        filled("market.sql", claims=claims, day=DAY)
        progress("bare limit")
        rows, limit_seconds = _bare()
        progress("sweeping")
        begun = time.perf_counter()
        sizes = {"claims": claims, "due": rows, **_night()}
        seconds = time.perf_counter() - begun
        ours, limit = rows / seconds, rows / limit_seconds
        return Result(
            name="sweep",
            ours=round(ours, 1),
            limit=round(limit, 1),
            ratio=round(ours / limit, 4),
            unit="claims/s",
            seconds=round(seconds, 3),
            peak_mb=round(peak_mb(), 1),
            sizes=sizes,
            versions=versions(),
            machine=machine(),
        )


def _bare() -> tuple[int, float]:
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BARE, [DAY, DAY])
        rows = cursor.rowcount
        seconds = time.perf_counter() - begun
        transaction.set_rollback(True)
    return rows, seconds


def _night() -> dict[str, int]:
    swept = sweep_stages(day=DAY, at=AT)
    promises = judge_promises(day=DAY, at=AT)
    instalments = judge_instalments(day=DAY, at=AT)
    holds = lift_ended_holds(at=AT)
    end_challenges(at=AT)
    end_expired(at=AT)
    release_stuck(at=AT)
    return {
        "moved": swept.moved,
        "accrued": swept.accrued,
        "promises": sum(promises.values()),
        "instalments": sum(instalments.values()),
        "holds": holds,
    }
