"""
`qinghe bench ledger`: postings per second, spread over many accounts and on one hot account.

Ours is one posting through the service, in a transaction of its own: two paths in, one transfer and
two balances out, with its constraints, its days and its locks. The limit is what nobody can do
with less, under pgbench with as many clients in the same run: one INSERT and two UPDATEs by known
ids in a transaction, of tables with the same columns, indexes and checks, without any trigger or
foreign key, under the same durability. Afterwards the books must balance.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Final

from django.db import connection

from config.passing import own_database
from qinghe.bench.clients import at_once
from qinghe.bench.frame import Result, filled, machine, peak_mb, versions
from qinghe.bench.measured import figures
from qinghe.bench.pgbench import replay, version
from qinghe.ledger import queries
from qinghe.ledger.services import post_many
from qinghe.ledger.terms import Posting

CLIENTS: Final = (1, 4, 16, 64)
# The number of clients the one figure of the result speaks of.
USUAL: Final = 16
DAY: Final = date(2026, 11, 23)
AT: Final = datetime(2026, 11, 23, 4, tzinfo=UTC)
WARM_UP: Final = 50
# Prime, so that numbers in a row are accounts far apart.
STRIDE: Final = 7_919
OTHER: Final = 104_729
# More than anybody posts in one measurement.
ENDLESS: Final = 10**9
FIRST: Final = 100_000_000_000
BARE: Final = (
    f"\\set d {FIRST} + random(0, :accounts - 1)",
    f"\\set c {FIRST} + random(0, :credits - 1)",
    "BEGIN;",
    "INSERT INTO bare_transfer (id, debit_id, credit_id, amount, currency, kind, subject, at)"
    " VALUES (gen_random_uuid(), ('01900001-0000-7000-8000-' || :d)::uuid,"
    " ('01900002-0000-7000-8000-' || :c)::uuid, 1, 'CNY', 'bench', 'bench:1',"
    " '2026-11-23T04:00:00Z');",
    "UPDATE bare_account SET balance = balance + 1"
    " WHERE id = ('01900001-0000-7000-8000-' || :d)::uuid;",
    "UPDATE bare_account SET balance = balance - 1"
    " WHERE id = ('01900002-0000-7000-8000-' || :c)::uuid;",
    "COMMIT;",
)


def ledger(
    *,
    accounts: int,
    seconds: int,
    clients: tuple[int, ...] = CLIENTS,
    progress: Callable[[str], None] = lambda _line: None,
) -> Result:
    """
    Post with so many clients each, spread and hot, beside bare SQL.

    :raises RuntimeError: the books do not balance afterwards
    """
    begun = time.perf_counter()
    with own_database():
        progress(f"opening {2 * accounts:,} accounts")
        filled("ledger.sql", day=DAY, accounts=accounts)
        parts = {}
        for count in clients:
            for name, credits in (("spread", accounts), ("hot", 1)):
                progress(f"{count} clients, {name}")
                parts[f"{count} clients, {name}"] = _leg(accounts, credits, count, seconds)
        sizes = {"accounts": 2 * accounts, "seconds": seconds, "transfers": _proven()}
        usual = USUAL if USUAL in clients else clients[-1]
        return _result(parts, f"{usual} clients, spread", sizes, time.perf_counter() - begun)


def _result(
    parts: dict[str, dict[str, float]], usual: str, sizes: dict[str, int], spent: float
) -> Result:
    chosen = parts[usual]
    return Result(
        name="ledger",
        ours=chosen["ours"],
        limit=chosen["limit"],
        ratio=chosen["ratio"],
        unit=f"postings/s, {usual}",
        seconds=round(spent, 1),
        p50_ms=chosen["p50_ms"],
        p99_ms=chosen["p99_ms"],
        peak_mb=round(peak_mb(), 1),
        sizes=sizes,
        parts=parts,
        versions={**versions(), **version()},
        machine=machine(),
    )


def _leg(accounts: int, credits: int, clients: int, seconds: int) -> dict[str, float]:
    """Measure the service, then bare SQL, on so many accounts to credit."""

    def act(number: int) -> None:
        post_many(postings=[_posting(number, accounts, credits)])

    items = [range(ENDLESS * each, ENDLESS * (each + 1)) for each in range(clients)]
    spent = at_once(items, act, seconds=seconds, warm_up=WARM_UP)
    given = {"accounts": accounts, "credits": credits}
    return figures(spent, replay(BARE, clients=clients, seconds=seconds, **given), seconds)


def _posting(number: int, accounts: int, credits: int) -> Posting:
    debit, credit = number * STRIDE % accounts, number * OTHER % credits
    return Posting(
        f"claim:{debit}:costs", f"creditor:{credit}:claimed", 1, "CNY", "bench", "bench:1", AT
    )


def _proven() -> int:
    """
    Return how many transfers were booked, if every balance is their sum.

    :raises RuntimeError: one is not
    """
    wrong = [*_uneven(), *queries.wrong_balances()]
    if wrong:
        raise RuntimeError(f"the books do not balance: {wrong}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_transfer")
        ((count,),) = cursor.fetchall()
    return int(count)


def _uneven() -> Iterator[str]:
    return (currency for currency, total in queries.trial_balance().items() if total)
