"""
Post, reverse, set aside. Balances move in the database, with the transfer that explains them.

What is set aside can be taken by nobody else, though the balances do not show it yet. Constraints
and triggers keep its sums on the accounts, settle each once, and book what is posted. Locks are
taken in one order: what is set aside, then accounts by their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from qinghe.kernel import prepared
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import new_id
from qinghe.ledger.closing import closing_told
from qinghe.ledger.models import Account, Pending, Transfer
from qinghe.ledger.terms import PendingState, Posting, side_of

Key = tuple[str, str]
# So many amounts set aside are let go in one transaction.
STEP = 500

OPEN = """
INSERT INTO ledger_account (id, path, currency, side, balance)
SELECT * , 0 FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[])
ON CONFLICT (path, currency) DO NOTHING
"""
FIND = """
SELECT a.path, a.currency, a.id FROM ledger_account a
JOIN unnest(%s::text[], %s::text[]) AS wanted(path, currency) USING (path, currency)
"""
# One order of locks for everybody, whatever the order of the postings: no deadlock.
LOCK = FIND + " ORDER BY a.id FOR NO KEY UPDATE OF a"
# The usual case, without arrays; nothing is booked if an account is not there yet.
INSERT_ONE = """
INSERT INTO ledger_transfer
    (id, debit_id, credit_id, amount, currency, kind, subject, at, reverses_id, meant_at)
SELECT %s::uuid, d.id, c.id, %s::bigint, d.currency, %s::text, %s::text,
    greatest(w.at, closed.until), %s::uuid, CASE WHEN w.at < closed.until THEN w.at END
FROM (
    SELECT %s::timestamptz AS at, %s::text AS currency, %s::text AS debit, %s::text AS credit
) AS w
JOIN ledger_account d ON d.path = w.debit AND d.currency = w.currency
JOIN ledger_account c ON c.path = w.credit AND c.currency = w.currency
CROSS JOIN (SELECT max(until) AS until FROM ledger_period) AS closed
RETURNING 1
"""
# One statement, because the trigger that moves balances locks every account in that same order;
# of nothing if one account is not there yet. By the limit, which is their number, the plan is made
# for few: so one is kept, instead of a new one for every call.
INSERT = """
WITH wanted AS (
    SELECT w.*, d.id AS debit_id, c.id AS credit_id, closed.until
    FROM (
        SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[], %s::text[],
            %s::text[], %s::text[], %s::timestamptz[], %s::uuid[])
            AS u (id, debit, credit, amount, currency, kind, subject, at, reverses_id)
        LIMIT %s
    ) AS w
    LEFT JOIN ledger_account d ON d.path = w.debit AND d.currency = w.currency
    LEFT JOIN ledger_account c ON c.path = w.credit AND c.currency = w.currency
    CROSS JOIN (SELECT max(until) AS until FROM ledger_period) AS closed
), booked AS (
    INSERT INTO ledger_transfer
        (id, debit_id, credit_id, amount, currency, kind, subject, at, reverses_id, meant_at)
    SELECT id, debit_id, credit_id, amount, currency, kind, subject, greatest(at, until),
        reverses_id, CASE WHEN at < until THEN at END FROM wanted
    WHERE NOT EXISTS (SELECT FROM wanted WHERE debit_id IS NULL OR credit_id IS NULL)
    RETURNING id
)
SELECT 1 FROM booked LIMIT 1
"""
# What the trigger that moves balances opens, with the transfer of the same id.
OPENING = """
CREATE TEMP TABLE IF NOT EXISTS ledger_opening (id uuid, path text, side text)
    ON COMMIT DELETE ROWS
"""
OPEN_FROM = sql.SQL("""
INSERT INTO pg_temp.ledger_opening (id, path, side) SELECT id, path, {side} FROM ({source}) AS w
""")
INSERT_FROM = sql.SQL("""
INSERT INTO ledger_transfer
    (id, debit_id, credit_id, amount, currency, kind, subject, at, meant_at)
SELECT w.id, w.id, {credit}, w.amount, w.currency, {kind}, w.subject,
    greatest({at}, closed.until), CASE WHEN {at} < closed.until THEN {at} END
FROM ({source}) AS w CROSS JOIN (SELECT max(until) AS until FROM ledger_period) AS closed
""")


class AlreadyReversed(DomainError):
    code = "ledger.already-reversed"
    text = _("This booking was reversed before.")


class NoSuchPending(DomainError):
    code = "ledger.no-such-pending"
    text = _("Nothing was set aside under this reference.")
    status = 404


class PendingSettled(DomainError):
    code = "ledger.pending-settled"
    text = _("What was set aside was posted or released before.")


class PendingTimedOut(DomainError):
    code = "ledger.pending-timed-out"
    text = _("What was set aside was kept until {until}. Set it aside anew.")


class PendingExceeded(DomainError):
    code = "ledger.pending-exceeded"
    text = _("At most {amount} can be posted: that much was set aside, in minor units.")


def open_account(*, path: str, currency: str, side: str | None = None) -> Account:
    """Return the account of a path, opened on first use; the side follows from the path."""
    _open({(path, currency)}, {path: side} if side else {})
    return Account.objects.get(path=path, currency=currency)


def post(
    *,
    debit_path: str,
    credit_path: str,
    amount: int,
    currency: str,
    kind: str,
    subject: str,
    at: datetime,
    sides: Mapping[str, str] | None = None,
) -> Transfer:
    """Move an amount in minor units from the credited to the debited account."""
    posting = Posting(debit_path, credit_path, amount, currency, kind, subject, at)
    (transfer_id,) = post_many(postings=[posting], sides=sides)
    return Transfer.objects.get(pk=transfer_id)


def post_many(*, postings: Sequence[Posting], sides: Mapping[str, str] | None = None) -> list[UUID]:
    """
    Move many amounts at once: one statement, however many postings, if their accounts are there.

    All or none is booked; every account is locked first, in one order. Return the transfers' ids.
    What belongs to a closed month is booked at the first open moment, and keeps when it was meant.

    :raises MonthClosed: its month was closed this very moment
    """
    if not postings:
        return []
    transfer_ids = [new_id() for _posting in postings]
    with closing_told():
        if _booked(postings, transfer_ids):
            return transfer_ids
        with transaction.atomic():
            lock_accounts(keys=_keys(postings), sides=sides)
            _booked(postings, transfer_ids)
    return transfer_ids


def post_from(
    *,
    source: sql.Composable,
    params: Mapping[str, Any],
    credit: Key,
    side: str,
    kind: str,
    at: datetime,
) -> int:
    """
    Book rows of the database without reading them; return how many.

    `source` is a query with `id`, `path`, `currency`, `amount` and `subject`: each opens a debit
    account of its own under that id, and posts its first transfer under the same id. A path that
    has an account already refuses all. The account is written once, with that balance.

    :raises MonthClosed: its month was closed this very moment
    """
    with transaction.atomic(), connection.cursor() as cursor:
        credit_id = lock_accounts(keys=[credit])[credit]
        cursor.execute(OPENING)
        cursor.execute("DELETE FROM pg_temp.ledger_opening")
        cursor.execute(OPEN_FROM.format(source=source, side=side), params)
        told = {"credit": sql.Literal(credit_id), "kind": sql.Literal(kind), "at": sql.Literal(at)}
        with closing_told():
            cursor.execute(INSERT_FROM.format(source=source, **told), params)
        return int(cursor.rowcount)


def lock_accounts(
    *, keys: Iterable[Key], sides: Mapping[str, str] | None = None
) -> dict[Key, UUID]:
    """
    Open and lock accounts, given as (path, currency); return their ids.

    A service that posts more than once locks all it will touch before the first posting.
    """
    wanted = sorted(set(keys))
    _open(wanted, sides or {})
    with connection.cursor() as cursor:
        cursor.execute(LOCK, _unzip(wanted))
        return {(path, currency): account for path, currency, account in cursor.fetchall()}


def reverse(*, transfer_id: UUID, at: datetime) -> Transfer:
    """
    Undo one transfer by its mirror image; the original stays.

    :raises AlreadyReversed: it was undone before
    """
    (mirror,) = reverse_many(transfer_ids=[transfer_id], at=at)
    return Transfer.objects.get(pk=mirror)


def reverse_many(*, transfer_ids: Sequence[UUID], at: datetime) -> list[UUID]:
    """
    Undo several transfers together, so that only their common effect must fit the balances.

    :raises AlreadyReversed: one of them was undone before
    """
    with transaction.atomic():
        # A transfer cannot be locked by writers (it never changes); its accounts can.
        found = Transfer.objects.select_related("debit", "credit").in_bulk(transfer_ids)
        mirrors = [_mirror(found[each], at) for each in transfer_ids]
        lock_accounts(keys=_keys(mirrors))
        if Transfer.objects.filter(reverses__in=transfer_ids).exists():
            raise AlreadyReversed
        return post_many(postings=mirrors)


def set_aside(
    *, posting: Posting, expires_at: datetime, sides: Mapping[str, str] | None = None
) -> Pending:
    """
    Set an amount aside on both accounts until a moment; no balance moves yet.

    As with a posting, an account that cannot bear it refuses (`IntegrityError`).
    """
    (pending,) = set_aside_many(postings=[posting], expires_at=expires_at, sides=sides)
    return pending


def set_aside_many(
    *, postings: Sequence[Posting], expires_at: datetime, sides: Mapping[str, str] | None = None
) -> list[Pending]:
    """
    Set many amounts aside at once, all or none; return them in the order of the postings.

    As with postings, an account that cannot bear them refuses (`IntegrityError`).
    """
    with transaction.atomic():
        ids = lock_accounts(keys=_keys(postings), sides=sides)
        return Pending.objects.bulk_create(
            Pending(
                debit_id=ids[each.debit, each.currency],
                credit_id=ids[each.credit, each.currency],
                amount=each.amount,
                currency=each.currency,
                kind=each.kind,
                subject=each.subject,
                at=each.at,
                expires_at=expires_at,
            )
            for each in postings
        )


def post_pending(*, pending_id: UUID, at: datetime, amount: int | None = None) -> UUID:
    """
    Book what was set aside, or a part of it, which lets the rest go; return the transfer's id.

    :raises NoSuchPending: unknown
    :raises PendingSettled: posted or let go before
    :raises PendingTimedOut: its time is over
    :raises PendingExceeded: more than was set aside, or nothing
    :raises MonthClosed: its month was closed this very moment
    """
    with closing_told(), transaction.atomic():
        pending = _lock(pending_id)
        if at >= pending.expires_at:
            raise PendingTimedOut(until=pending.expires_at.isoformat(timespec="minutes"))
        posted = pending.amount if amount is None else amount
        if not 0 < posted <= pending.amount:
            raise PendingExceeded(amount=pending.amount)
        _settle(pending, PendingState.POSTED, at, posted)
    # The trigger that settles books it under the same id.
    return pending_id


def void_pending(*, pending_id: UUID, at: datetime) -> None:
    """
    Let go of what was set aside.

    :raises NoSuchPending: unknown
    :raises PendingSettled: posted or let go before
    """
    with transaction.atomic():
        _settle(_lock(pending_id), PendingState.VOIDED, at)


def void_timed_out(*, at: datetime) -> int:
    """Let go of everything whose time is over; return how many."""
    count = 0
    while step := _void_step(at):
        count += step
    return count


def _mirror(transfer: Transfer, at: datetime) -> Posting:
    return Posting(
        debit=transfer.credit.path,
        credit=transfer.debit.path,
        amount=transfer.amount,
        currency=transfer.currency,
        kind=f"{transfer.kind}.reversed",
        subject=transfer.subject,
        at=at,
        reverses=transfer.pk,
    )


def _open(keys: Iterable[Key], sides: Mapping[str, str | None]) -> None:
    wanted = list(keys)
    with connection.cursor() as cursor:
        # Most accounts exist: look first, so that the usual posting writes no account row.
        cursor.execute(FIND, _unzip(wanted))
        known = {(path, currency) for path, currency, _id in cursor.fetchall()}
        missing = [key for key in wanted if key not in known]
        if missing:
            paths, currencies = _unzip(missing)
            ids = [new_id() for _key in missing]
            side = [sides.get(path) or side_of(path) for path in paths]
            cursor.execute(OPEN, [ids, paths, currencies, side])


def _unzip(keys: Sequence[Key]) -> list[list[str]]:
    return [[path for path, _currency in keys], [currency for _path, currency in keys]]


def _keys(postings: Iterable[Posting]) -> set[Key]:
    return {(path, p.currency) for p in postings for path in (p.debit, p.credit)}


def _booked(postings: Sequence[Posting], transfer_ids: Sequence[UUID]) -> bool:
    """Insert transfers; tell whether they were, and not none for want of an account."""
    if len(postings) == 1:
        (p,), (each,) = postings, transfer_ids
        told = (each, p.amount, p.kind, p.subject, p.reverses, p.at, p.currency, p.debit, p.credit)
        return bool(prepared.execute(INSERT_ONE, told))
    rows = (
        (each, p.debit, p.credit, p.amount, p.currency, p.kind, p.subject, p.at, p.reverses)
        for each, p in zip(transfer_ids, postings, strict=True)
    )
    columns = [list(column) for column in zip(*rows, strict=True)]
    return bool(prepared.execute(INSERT, [*columns, len(postings)]))


def _void_step(at: datetime) -> int:
    due = Pending.objects.filter(state=PendingState.PENDING, expires_at__lte=at).order_by("pk")
    with transaction.atomic():
        # What is being settled at this moment is left to whoever does it.
        chosen = due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:STEP]
        found = Pending.objects.filter(pk__in=list(chosen))
        return found.update(state=PendingState.TIMED_OUT, settled_at=at)


def _lock(pending_id: UUID) -> Pending:
    pending = Pending.objects.filter(pk=pending_id).select_for_update().first()
    if pending is None:
        raise NoSuchPending
    if pending.state != PendingState.PENDING:
        raise PendingSettled
    return pending


def _settle(pending: Pending, state: PendingState, at: datetime, posted: int = 0) -> None:
    pending.state, pending.settled_at, pending.posted = state, at, posted
    pending.save(update_fields=["state", "settled_at", "posted"])
