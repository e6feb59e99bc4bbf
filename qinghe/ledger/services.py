"""Post, and reverse. Balances move in the database, with the transfer that explains them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import new_id
from qinghe.ledger.models import Account, Transfer
from qinghe.ledger.terms import Posting, side_of

Key = tuple[str, str]

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
LOCK = FIND + " ORDER BY a.id FOR UPDATE OF a"
INSERT = """
INSERT INTO ledger_transfer
    (id, debit_id, credit_id, amount, currency, kind, subject, at, reverses_id)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[], %s::text[],
    %s::text[], %s::text[], %s::timestamptz[], %s::uuid[])
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
INSERT INTO ledger_transfer (id, debit_id, credit_id, amount, currency, kind, subject, at)
SELECT w.id, w.id, {credit}, w.amount, w.currency, {kind}, w.subject, {at} FROM ({source}) AS w
""")


class AlreadyReversed(DomainError):
    code = "ledger.already-reversed"
    text = _("This booking was reversed before.")


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
    Move many amounts at once: three statements, however many postings.

    All or none is booked; every account is locked first, in one order. Return the transfers' ids.
    """
    if not postings:
        return []
    keys = {(path, p.currency) for p in postings for path in (p.debit, p.credit)}
    with transaction.atomic():
        ids = lock_accounts(keys=keys, sides=sides)
        transfer_ids = [new_id() for _posting in postings]
        with connection.cursor() as cursor:
            cursor.execute(INSERT, _columns(postings, ids, transfer_ids))
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
    """
    with transaction.atomic(), connection.cursor() as cursor:
        credit_id = lock_accounts(keys=[credit])[credit]
        cursor.execute(OPENING)
        cursor.execute("DELETE FROM pg_temp.ledger_opening")
        cursor.execute(OPEN_FROM.format(source=source, side=side), params)
        told = {"credit": sql.Literal(credit_id), "kind": sql.Literal(kind), "at": sql.Literal(at)}
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
        lock_accounts(keys={(p, m.currency) for m in mirrors for p in (m.debit, m.credit)})
        if Transfer.objects.filter(reverses__in=transfer_ids).exists():
            raise AlreadyReversed
        return post_many(postings=mirrors)


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


def _columns(
    postings: Sequence[Posting], ids: Mapping[Key, UUID], transfer_ids: Sequence[UUID]
) -> list[list[object]]:
    rows = [
        (
            transfer_id,
            ids[p.debit, p.currency],
            ids[p.credit, p.currency],
            p.amount,
            p.currency,
            p.kind,
            p.subject,
            p.at,
            p.reverses,
        )
        for transfer_id, p in zip(transfer_ids, postings, strict=True)
    ]
    return [list(column) for column in zip(*rows, strict=True)]
