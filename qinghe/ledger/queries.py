"""Balances and the transfers behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, Sum

from qinghe.ledger.models import Account, Transfer


@dataclass(frozen=True)
class TransferRow:
    id: UUID
    debit: str
    credit: str
    amount: int
    currency: str
    kind: str
    subject: str
    at: datetime
    reverses: UUID | None


def balance(*, path: str, currency: str) -> int:
    """Return debits minus credits of one account, in minor units; 0 when it was never used."""
    found = Account.objects.filter(path=path, currency=currency)
    return found.values_list("balance", flat=True).first() or 0


def balance_under(*, prefix: str, currency: str) -> int:
    """Return the common balance of an account and all accounts below it (its shards)."""
    below = Q(path=prefix) | Q(path__startswith=f"{prefix}:")
    found = Account.objects.filter(below, currency=currency)
    return found.aggregate(total=Sum("balance"))["total"] or 0


def owed_under(*, patterns: Sequence[str], currency: str) -> int:
    """Return what is owed on all accounts whose paths match SQL patterns such as `a:%:b`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(-sum(balance), 0) FROM ledger_account"
            " WHERE currency = %s AND path LIKE ANY (%s)",
            [currency, list(patterns)],
        )
        return int(cursor.fetchone()[0])


def balances(*, paths: Sequence[str], currency: str) -> dict[str, int]:
    """Return the balances of several accounts; one never used is 0."""
    found = Account.objects.filter(path__in=paths, currency=currency)
    return dict.fromkeys(paths, 0) | dict(found.values_list("path", "balance"))


def transfers(*, subject: str) -> list[TransferRow]:
    """Return every transfer about a subject such as `payment:0193...`, oldest first."""
    found = Transfer.objects.filter(subject=subject).order_by("at", "id")
    rows = found.values_list(
        "id",
        "debit__path",
        "credit__path",
        "amount",
        "currency",
        "kind",
        "subject",
        "at",
        "reverses",
    )
    return [TransferRow(*row) for row in rows]


def standing(*, subject: str) -> list[Transfer]:
    """Return the transfers about a subject that still stand (not reversed), newest first."""
    mirrors = Transfer.objects.filter(subject=subject, reverses__isnull=False)
    undone = mirrors.values_list("reverses", flat=True)
    found = Transfer.objects.filter(subject=subject, reverses__isnull=True)
    return list(
        found.exclude(pk__in=list(undone))
        .select_related("debit", "credit")
        .order_by(F("at").desc(), F("id").desc())
    )


def trial_balance() -> dict[str, int]:
    """Return the sum of all balances per currency; anything but 0 is an error."""
    sums = Account.objects.values_list("currency").annotate(Sum("balance")).order_by("currency")
    return {currency: int(total) for currency, total in sums}


def sums_of(*, prefixes: Sequence[str], ending: str = "") -> dict[str, int]:
    """Return the balance per currency of all accounts under prefixes, by last part if given."""
    under = Q()
    for prefix in prefixes:
        under |= Q(path=prefix) | Q(path__startswith=f"{prefix}:")
    found = Account.objects.filter(under)
    if ending:
        found = found.filter(path__endswith=f":{ending}")
    sums = found.values_list("currency").annotate(Sum("balance")).order_by("currency")
    return {currency: int(total) for currency, total in sums}


def wrong_balances(*, limit: int = 20) -> list[str]:
    """Return paths of accounts whose balance is not the sum of their transfers; should be none."""
    with connection.cursor() as cursor:
        cursor.execute(WRONG, [limit])
        return [path for (path,) in cursor.fetchall()]


# One sum and no join of all with all: whatever the planner has heard of the sizes, one pass.
WRONG = """
SELECT a.path FROM (
    SELECT id FROM (
        SELECT debit_id AS id, amount FROM ledger_transfer
        UNION ALL SELECT credit_id, -amount FROM ledger_transfer
        UNION ALL SELECT id, -balance FROM ledger_account
    ) AS entries GROUP BY id HAVING sum(amount) <> 0
) AS wrong JOIN ledger_account a USING (id) ORDER BY a.path LIMIT %s
"""
