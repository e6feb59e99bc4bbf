"""
Close a month: keep what stood on every account that moved, and seal it under one root.

The lock is one per calendar month and in the database: who posts into a month shares it, who closes
the month has it alone. Posting into the month that runs never waits for the close of the last one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import new_id
from qinghe.ledger.models import Period

# What the database calls its refusal to write into a closed month.
OPEN_MONTHS: Final = "ledger_open_months"

KEEP: Final = """
INSERT INTO ledger_closingbalance (id, period_id, account_id, debits, credits, balance)
SELECT gen_random_uuid(), %(period)s, moved.id, moved.debits, moved.credits,
    coalesce(before.balance, 0) + moved.debits - moved.credits
FROM (
    SELECT id, sum(debit) AS debits, sum(credit) AS credits FROM (
        SELECT debit_id AS id, amount AS debit, 0 AS credit FROM ledger_transfer
            WHERE at >= %(since)s::timestamptz AND at < %(until)s
        UNION ALL SELECT credit_id, 0, amount FROM ledger_transfer
            WHERE at >= %(since)s::timestamptz AND at < %(until)s
    ) AS entries GROUP BY id
) AS moved
LEFT JOIN LATERAL (
    SELECT b.balance FROM ledger_closingbalance b JOIN ledger_period p ON p.id = b.period_id
    WHERE b.account_id = moved.id ORDER BY p.until DESC LIMIT 1
) AS before ON true
"""
# The rows KEEP writes lie in the way of its own look for earlier ones: where it read the table from
# end to end (empty, when the first month closed), each account would be read once for every other.
LOOK_UP: Final = "SET LOCAL enable_seqscan = off"
AS_USUAL: Final = "SET LOCAL enable_seqscan TO DEFAULT"
SEAL: Final = """
SELECT transfers, root FROM qinghe_ledger_root(
    %(previous)s, %(period)s, %(since)s::timestamptz, %(until)s)
"""
LOCK: Final = "SELECT qinghe_ledger_close_lock(%s::timestamptz, %s::timestamptz)"
EVER: Final = "-infinity"


class MonthClosed(DomainError):
    code = "ledger.month-closed"
    text = _("The month was closed while this was booked. Do it once more.")


class MonthNotNext(DomainError):
    code = "ledger.month-not-next"
    text = _("Months are closed one after the other; the next one is {month}.")


class MonthNotOver(DomainError):
    code = "ledger.month-not-over"
    text = _("This month is not over.")


@contextmanager
def closing_told() -> Iterator[None]:
    """
    Turn the database's refusal to write into a closed month into words.

    :raises MonthClosed: it refused for that reason
    """
    try:
        yield
    except IntegrityError as error:
        told = getattr(error.__cause__, "diag", None)
        if told is not None and told.constraint_name == OPEN_MONTHS:
            raise MonthClosed from error
        raise


def close_period(*, month: date, until: datetime, at: datetime) -> Period:
    """
    Close a month that ends at an instant; what was booked before the first closed one goes with it.

    Inside the caller's transaction: whoever posts into this month meanwhile waits, and is then
    booked in the next one.

    :raises MonthNotOver: it ends later than now
    :raises MonthNotNext: it is closed, or an earlier one is not
    """
    if at < until:
        raise MonthNotOver
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK, [_since(_last()), until])
        last = _last()
        _check_next(month, last)
        made = new_id()
        facts = {"period": made, "since": _since(last), "until": until}
        previous = last.root if last else ""
        cursor.execute(LOOK_UP)
        cursor.execute(KEEP, facts)
        cursor.execute(AS_USUAL)
        cursor.execute(SEAL, {**facts, "previous": previous})
        transfers, root = cursor.fetchone()
        return Period.objects.create(
            pk=made,
            month=month,
            until=until,
            transfers=transfers,
            previous=previous,
            root=root,
            closed_at=at,
        )


def after(month: date) -> date:
    """Return the first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _last() -> Period | None:
    return Period.objects.order_by("-until").first()


def _since(last: Period | None) -> datetime | str:
    return last.until if last else EVER


def _check_next(month: date, last: Period | None) -> None:
    if last is not None and month != after(last.month):
        raise MonthNotNext(month=f"{after(last.month):%Y-%m}")
