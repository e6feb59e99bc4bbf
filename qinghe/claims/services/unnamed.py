"""
Remove sealed files that no row names: what was refused after it was kept, or came with a lost row.

The hash of such a file stands nowhere, so nobody could ever open it again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django.db import transaction

from qinghe.claims.services.removing import hash_columns
from qinghe.journal.services import record
from qinghe.kernel.actor import system
from qinghe.parties.filestore import disk_now, old_files, remove_file, remove_unfinished

SWEEPER: Final = system("claims.sweep-files")
# A creditor may tell the columns of a table a day after sending it; a slow row comes earlier.
UNTOUCHED: Final = timedelta(days=1)
# Files that are asked about together, and the most that go on one day.
TOGETHER: Final = 1_000
AT_MOST: Final = 5_000


def remove_unnamed(*, at: datetime) -> int:
    """Remove files older than a day that nothing names, some at a time; return how many."""
    # A practice house may live years ahead of its disk.
    since = min(at, disk_now()) - UNTOUCHED
    remove_unfinished(begun_before=since)
    gone = sum(remove_file(name, unused_since=since) for name in islice(_unnamed(since), AT_MOST))
    if gone:
        with transaction.atomic():
            record(
                kind="claims.files-swept", subject="vault:files", actor=SWEEPER, at=at, count=gone
            )
    return gone


def _unnamed(since: datetime) -> Iterator[str]:
    files = old_files(unused_since=since)
    while some := list(islice(files, TOGETHER)):
        yield from sorted(set(some) - _named(some))


def _named(hashes: Collection[str]) -> set[str]:
    """Return those of some hashes that a row of any table of the house names."""
    found: set[str] = set()
    for model, column in hash_columns():
        rows = model._default_manager.filter(**{f"{column}__in": hashes})
        found.update(rows.order_by().values_list(column, flat=True).distinct())
    return found
