"""
Remove sealed files that no row names: what was refused after it was kept, or came with a lost row.

The hash of such a file stands nowhere, so nobody could ever open it again.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qinghe.claims.services.removing import hash_columns
from qinghe.journal.services import record
from qinghe.kernel.actor import system
from qinghe.kernel.errors import DomainError
from qinghe.parties.filestore import disk_now, old_files, remove_file, remove_unfinished

SWEEPER: Final = system("claims.sweep-files")
# A creditor may tell the columns of a table a day after sending it; a slow row comes earlier.
UNTOUCHED: Final = timedelta(days=1)
# Files that are asked about together, and the most that go on one day.
TOGETHER: Final = 1_000
AT_MOST: Final = 5_000
# So many may be forgotten in any vault; beyond it, most of the files must be known.
FEW: Final = 100


class NotOurVault(DomainError):
    """
    Most of the files are named by no row: a database that was restored half, or another's vault.

    Raised with `files` and `unnamed`.
    """

    code = "claims.not-our-vault"
    text = _(
        "Nothing was removed: {unnamed} of {files} sealed files are named by no row of this "
        "database. Check that the database belongs to this data folder and is restored whole."
    )


def remove_unnamed(*, at: datetime) -> int:
    """
    Remove files older than a day that nothing names, some at a time; return how many.

    :raises NotOurVault: nothing names most of them; none is removed
    """
    # A practice house may live years ahead of its disk.
    since = min(at, disk_now()) - UNTOUCHED
    remove_unfinished(begun_before=since)
    gone = sum(remove_file(name, unused_since=since) for name in _unnamed(since)[:AT_MOST])
    if gone:
        with transaction.atomic():
            record(
                kind="claims.files-swept", subject="vault:files", actor=SWEEPER, at=at, count=gone
            )
    return gone


def _unnamed(since: datetime) -> list[str]:
    files, seen, lost = old_files(unused_since=since), 0, list[str]()
    while some := list(islice(files, TOGETHER)):
        seen += len(some)
        lost += sorted(set(some) - _named(some))
    if len(lost) > max(FEW, seen // 2):
        raise NotOurVault(files=seen, unnamed=len(lost))
    return lost


def _named(hashes: Collection[str]) -> set[str]:
    """Return those of some hashes that a row of any table of the house names."""
    found: set[str] = set()
    for model, column in hash_columns():
        rows = model._default_manager.filter(**{f"{column}__in": hashes})
        found.update(rows.order_by().values_list(column, flat=True).distinct())
    return found
