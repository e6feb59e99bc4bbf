"""
The strict limit of an import: the very rows it wrote, by bare COPY into the same tables.

The tables are those of another empty database, with every index, foreign key, check and trigger.
Each is filled by one COPY in a transaction of its own, parents first. Nothing is read, judged,
sealed or looked up: what is left is what PostgreSQL asks for keeping these rows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db import connection, transaction
from psycopg import sql

# In the order of their foreign keys. A transfer moves the balances; an account starts at zero.
TABLES: Final = (
    "parties_organisation", "claims_batch", "parties_person", "parties_vaultitem",
    "parties_contactpoint", "claims_debtorreference", "claims_claim", "claims_line",
    "claims_identitydoubt", "claims_duplicate", "claims_hold", "ledger_account",
    "ledger_transfer", "journal_entry",
)  # fmt: skip
COLUMNS: Final = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'
ORDER BY ordinal_position
"""
# What only transfers write, as an account begins.
AT_ZERO: Final = {("ledger_account", "balance"): "0", ("ledger_account", "moved_on"): "NULL"}
BLOCK: Final = 1024 * 1024


@dataclass(frozen=True)
class Kept:
    """The rows of one table in a file, as COPY writes them."""

    table: str
    columns: list[str]
    rows: int
    path: Path


def keep(folder: Path) -> list[Kept]:
    """Write what lies in the tables of an import into files."""
    return [_keep(table, folder / f"{table}.copy") for table in TABLES]


def fill(kept: list[Kept]) -> dict[str, float]:
    """Fill the same tables of an empty database; return the seconds of each, its commit too."""
    seconds = {}
    for each in kept:
        begun = time.perf_counter()
        with transaction.atomic():
            _fill(each)
        seconds[each.table] = time.perf_counter() - begun
    return seconds


def _keep(table: str, path: Path) -> Kept:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [table])
        names = [str(name) for (name,) in cursor.fetchall()]
        chosen = [
            sql.SQL(AT_ZERO.get((table, name), "{}")).format(sql.Identifier(name)) for name in names
        ]
        query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(
            sql.SQL(", ").join(chosen), sql.Identifier(table)
        )
        with path.open("wb") as out, cursor.copy(query) as rows:
            for block in rows:
                out.write(block)
        return Kept(table, names, cursor.rowcount, path)


def _fill(each: Kept) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(each.table), sql.SQL(", ").join(map(sql.Identifier, each.columns))
    )
    with (
        each.path.open("rb") as file,
        connection.cursor() as cursor,
        cursor.copy(statement) as out,
    ):
        while block := file.read(BLOCK):
            out.write(block)
