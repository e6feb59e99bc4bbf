"""Balances and the transfers behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, Sum

from qinghe.ledger.models import Account, Pending, Transfer
from qinghe.ledger.terms import PendingState


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


@dataclass(frozen=True)
class PendingRow:
    id: UUID
    debit: str
    credit: str
    amount: int
    currency: str
    kind: str
    subject: str
    at: datetime
    expires_at: datetime
    state: str
    posted: int


@dataclass(frozen=True)
class BalanceRow:
    path: str
    currency: str
    balance: int


def balance(*, path: str, currency: str) -> int:
    """Return debits minus credits of one account, in minor units; 0 when it was never used."""
    found = Account.objects.filter(path=path, currency=currency)
    return found.values_list("balance", flat=True).first() or 0


def available(*, path: str, currency: str) -> int:
    """
    Return what may still be taken from an account: what it holds without what is set aside.

    :raises ValueError: the account may take both signs, so nothing bounds it
    """
    account = Account.objects.filter(path=path, currency=currency).first()
    if account is None:
        return 0
    if account.side == Account.Side.MIXED:
        raise ValueError(path)
    if account.side == Account.Side.DEBIT:
        return account.balance - account.pending_credit
    return -account.balance - account.pending_debit


def pendings(*, subject: str = "") -> list[PendingRow]:
    """Return what was ever set aside for a subject, or all that is now; oldest first."""
    of = Q(subject=subject) if subject else Q(state=PendingState.PENDING)
    found = Pending.objects.filter(of).order_by("at", "id")
    rows = found.values_list(
        "id", "debit__path", "credit__path", "amount", "currency", "kind", "subject", "at",
        "expires_at", "state", "posted",
    )  # fmt: skip
    return [PendingRow(*row) for row in rows]


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


def balances_on(*, paths: Sequence[str], currency: str, day: date) -> dict[str, int]:
    """Return what several accounts held when a day of the market ended; one never used is 0."""
    return _held(ON, paths, {"currency": currency, "day": day})


def balances_at(*, paths: Sequence[str], currency: str, at: datetime) -> dict[str, int]:
    """Return what several accounts held at an instant, with what was booked for that very one."""
    return _held(AT, paths, {"currency": currency, "at": at})


def _held(query: str, paths: Sequence[str], facts: Mapping[str, Any]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"paths": list(paths), **facts})
        found = {str(path): int(held) for path, held in cursor.fetchall()}
    return dict.fromkeys(paths, 0) | found


def books_on(*, path: str, day: date, under: bool = False) -> list[BalanceRow]:
    """Return an account, or all below it too, in every currency, as it stood at a day's end."""
    with connection.cursor() as cursor:
        cursor.execute(UNDER if under else ALONE, {"path": path, "day": day})
        return [BalanceRow(*row) for row in cursor.fetchall()]


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


# The latest day has no row of its own: there the balance counts.
ENDED = """
CASE WHEN a.moved_on <= {day} THEN a.balance ELSE coalesce((
    SELECT d.balance FROM ledger_dayend d WHERE d.account_id = a.id AND d.day <= {day}
    ORDER BY d.day DESC LIMIT 1
), 0) END
"""
ON = f"""
SELECT a.path, {ENDED.format(day="%(day)s")} FROM ledger_account a
WHERE a.path = ANY (%(paths)s) AND a.currency = %(currency)s
"""  # noqa: S608  constants of this module
# The day before, and of the day itself what came until then.
AT = f"""
SELECT a.path, ({ENDED.format(day="(w.day - 1)")} + coalesce((
    SELECT sum(t.amount) FROM ledger_transfer t
    WHERE t.debit_id = a.id AND t.at >= w.begins AND t.at <= %(at)s
), 0) - coalesce((
    SELECT sum(t.amount) FROM ledger_transfer t
    WHERE t.credit_id = a.id AND t.at >= w.begins AND t.at <= %(at)s
), 0))::bigint
FROM ledger_account a, LATERAL (
    SELECT day, qinghe_ledger_begins(day) AS begins FROM qinghe_ledger_day(%(at)s) AS day
) AS w
WHERE a.path = ANY (%(paths)s) AND a.currency = %(currency)s
"""  # noqa: S608
NAMED = f"SELECT a.path, a.currency, {ENDED.format(day='%(day)s')} FROM ledger_account a"  # noqa: S608
ALONE = f"{NAMED} WHERE a.path = %(path)s ORDER BY a.currency"
UNDER = f"""
{NAMED} WHERE a.path = %(path)s OR starts_with(a.path, %(path)s || ':')
ORDER BY a.path, a.currency
"""

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
