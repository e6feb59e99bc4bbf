"""Accounts that begin with the balance of their first transfer, and only so."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg import sql

from qinghe.kernel.ids import new_id
from qinghe.ledger import queries, services
from qinghe.ledger.models import Account, Transfer

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
CLAIMED = ("creditor:a:claimed", "CNY")
Row = tuple[UUID, str, int]


def rows(*amounts: int) -> list[Row]:
    return [(new_id(), f"claim:{n}:principal", amount) for n, amount in enumerate(amounts)]


def opened(*wanted: Row, currency: str = "CNY") -> int:
    source = sql.SQL("""
        SELECT id, path, {} AS currency, amount, 'claim:x' AS subject
        FROM unnest(%(ids)s::uuid[], %(paths)s::text[], %(amounts)s::bigint[])
            AS w (id, path, amount)
    """).format(sql.Literal(currency))
    ids, paths, amounts = (list(column) for column in zip(*wanted, strict=True))
    return services.post_from(
        source=source,
        params={"ids": ids, "paths": paths, "amounts": amounts},
        credit=CLAIMED,
        side="debit",
        kind="claim.claimed",
        at=AT,
    )


def balance(path: str) -> int:
    return queries.balance(path=path, currency="CNY")


def test_every_account_has_the_balance_its_transfer_explains() -> None:
    assert opened(*rows(500, 7)) == 2
    assert (balance("claim:0:principal"), balance("claim:1:principal")) == (500, 7)
    assert balance(CLAIMED[0]) == -507
    assert queries.trial_balance() == {"CNY": 0}
    assert set(Transfer.objects.values_list("id", "debit_id")) == {
        (each, each) for each in Transfer.objects.values_list("id", flat=True)
    }


def test_each_is_written_once() -> None:
    opened(*rows(500, 7))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ledger_account WHERE path LIKE 'claim:%' AND xmax <> 0"
        )
        assert cursor.fetchone() == (0,)


def test_later_postings_of_the_transaction_move_what_was_opened() -> None:
    opened(*rows(500))
    services.post(
        debit_path="platform:cash:bank",
        credit_path="claim:0:principal",
        amount=200,
        currency="CNY",
        kind="payment",
        subject="payment:1",
        at=AT,
    )
    opened((new_id(), "claim:9:costs", 30))
    assert (balance("claim:0:principal"), balance("claim:9:costs")) == (300, 30)
    assert queries.trial_balance() == {"CNY": 0}


def test_a_path_that_has_an_account_refuses_all() -> None:
    opened(*rows(500))
    with pytest.raises(IntegrityError, match="ledger_account_path_once"), transaction.atomic():
        opened((new_id(), "claim:5:principal", 1), *rows(9))
    assert balance(CLAIMED[0]) == -500
    assert not Account.objects.filter(path="claim:5:principal").exists()


def test_another_currency_is_refused() -> None:
    with pytest.raises(IntegrityError, match="one currency"), transaction.atomic():
        opened(*rows(500), currency="USD")
    assert not Transfer.objects.exists()


def test_an_amount_that_is_none_is_refused() -> None:
    with pytest.raises(IntegrityError, match="ledger_"), transaction.atomic():
        opened(*rows(500, -5))
    assert not Transfer.objects.exists()


def test_no_account_begins_with_a_balance_of_its_own() -> None:
    with pytest.raises(IntegrityError, match="starts at zero"), transaction.atomic():
        Account.objects.create(path="platform:cash:bank", currency="CNY", side="debit", balance=1)


def test_a_named_account_is_opened_by_its_own_transfer_alone() -> None:
    opened(*rows(500))
    stranger = new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pg_temp.ledger_opening VALUES (%s, 'claim:7:costs', 'debit')", [stranger]
        )
    credit = Account.objects.get(path=CLAIMED[0])
    with pytest.raises(IntegrityError, match="accounts that exist"), transaction.atomic():
        Transfer.objects.create(
            debit_id=stranger, credit=credit, amount=5, currency="CNY", kind="x", subject="x", at=AT
        )
    assert not Account.objects.filter(pk=stranger).exists()
