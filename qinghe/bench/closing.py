"""
`qinghe bench close`: a month of 100,000 payments closes, and its statements are made.

The payments are written set by set through the ledger's own triggers; what is measured is the
product's: two persons close the month, every organisation gets its statement as PDF, CSV and
workbook, and `qinghe verify` proves the books. The limit is one plain sum over the same transfers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection

from config.passing import own_database
from qinghe.bench.clients import together
from qinghe.bench.frame import Result, filled, machine, peak_mb, versions
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.ids import new_id
from qinghe.reporting.verification import verify
from qinghe.settlement.services import ask_close, close_month, list_statements, make_statements

MONTH: Final = date(2026, 11, 1)
AT: Final = datetime(2026, 12, 3, 4, tzinfo=UTC)
# The same rows, added up once: no close can be quicker.
BARE: Final = """
SELECT count(*) FROM (
    SELECT id, sum(amount) FROM (
        SELECT debit_id AS id, amount FROM ledger_transfer
        UNION ALL SELECT credit_id, -amount FROM ledger_transfer
    ) AS entries GROUP BY id
) AS sums
"""


def closing(
    *,
    payments: int,
    organisations: int,
    workers: int,
    progress: Callable[[str], None] = lambda _line: None,
) -> Result:
    """
    Close a month of so many payments, for so many creditors and as many agencies.

    :raises RuntimeError: the books are not proven afterwards
    """
    begun, parts = time.perf_counter(), dict[str, float]()

    def timed(name: str, act: Callable[[], Any]) -> Any:
        progress(name)
        start = time.perf_counter()
        answer = act()
        parts[name] = round(time.perf_counter() - start, 2)
        return answer

    with own_database(), TemporaryDirectory(prefix="qinghe-bench-") as folder:
        settings.VAULT_FILES = Path(folder)
        timed("filled", lambda: _fill(payments, organisations))
        timed("limit", _bare)
        close_id = timed("closed", _close)
        made = timed("listed", lambda: list_statements(close_id=close_id, **_job()))
        children = timed("stated", lambda: together([close_id] * workers, _state))
        proof = timed("verified", lambda: verify(at=AT))
        if not proof.ok:
            raise RuntimeError([check for check in proof if not check.ok])
        sizes = {"payments": payments, "statements": made, "workers": workers}
        sizes["bytes"] = _kept(Path(folder))
        return _result(parts, sizes, children, time.perf_counter() - begun)


def _result(
    parts: dict[str, float],
    sizes: dict[str, int],
    children: list[tuple[int, float]],
    spent: float,
) -> Result:
    worker = max(peak for _made, peak in children)
    made = {f"worker {number}": float(each) for number, (each, _) in enumerate(children, start=1)}
    return Result(
        name="close",
        ours=round(parts["closed"] + parts["listed"] + parts["stated"], 1),
        unit="s to close the month and make its statements",
        seconds=round(spent, 1),
        limit=parts["limit"],
        ratio=round(parts["limit"] / parts["closed"], 4),
        peak_mb=worker,
        sizes=sizes,
        parts={"seconds": parts, "made": made, "memory": {"own": round(peak_mb(), 1)}},
        versions=versions(),
        machine=machine(),
    )


def _kept(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


def _fill(payments: int, organisations: int) -> None:
    filled("close.sql", day=MONTH, payments=payments, organisations=organisations)


def _bare() -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE)


def _close() -> UUID:
    one, other = (Actor(Role.OPERATOR, user_id=new_id()) for _person in range(2))
    asked = ask_close(month=MONTH, explanation="", actor=one, at=AT)
    return close_month(close_id=asked.pk, actor=other, at=AT).pk


def _state(close_id: UUID, _start: Any) -> tuple[int, float]:
    """Make statements in a process of its own; return how many, and its highest memory in MB."""
    return make_statements(close_id=close_id, **_job()), round(peak_mb(), 1)


def _job() -> dict[str, Any]:
    return {"actor": system("settlement.statements"), "at": AT}
