"""What creditors owed before the rule waits for them afterwards; what was kept stays kept."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection

from qinghe.claims.models import Claim
from qinghe.ledger import queries as books
from qinghe.ledger.services import post_many
from qinghe.ledger.terms import Posting
from qinghe.parties.models import Organisation
from qinghe.settlement import accounts, services
from qinghe.settlement.models import Payment, Split
from tests.factories import AT, claim, collector, mandate
from tests.settlement.test_covering import kept
from tests.settlement.test_payments import JOB, assert_books, pay

pytestmark = pytest.mark.django_db
MIGRATION = import_module("qinghe.settlement.migrations.0005_cover_what_was_due")


def as_before(payment: Payment, agency: Organisation) -> None:
    """Let the commission of 2,500 lie where it lay before: payable, whoever pays."""
    target, waiting = payment.claim, accounts.uncovered(payment.creditor_id)
    assert target
    shares = {
        accounts.payable(agency.pk): 1_900,
        accounts.reserve(agency.pk): 475,
        accounts.fees(target.pk): 125,
    }
    move(f"payment:{payment.pk}", {(waiting, path): share for path, share in shares.items()})
    Split.objects.filter(payment=payment).update(uncovered=0)


def move(subject: str, moves: dict[tuple[str, str], int]) -> None:
    post_many(
        postings=[
            Posting(debit, credit, amount, "CNY", "payment.commission", subject, AT)
            for (debit, credit), amount in moves.items()
        ]
    )


def migrate(target: Claim) -> None:
    due = held(accounts.commission_due(target.creditor_id))
    with connection.cursor() as cursor:
        MIGRATION.cover(cursor, str(target.creditor_id), "CNY", due)


def held(path: str) -> int:
    return books.balance(path=path, currency="CNY")


@pytest.mark.parametrize("netted", [0, 1_000, 2_500])
def test_what_was_kept_covers_and_the_rest_waits(netted: int) -> None:
    agency, target = collector(), claim(principal=200_000)
    mandate(target, agency)
    payment = pay(target, 10_000)
    as_before(payment, agency)
    due, mine = accounts.commission_due(target.creditor_id), accounts.collected(target.creditor_id)
    other = claim(creditor=target.creditor)
    pay(other, 5_000, "here", source="cashier")
    if netted:
        move(f"netting:{target.creditor_id}", {(mine, due): netted})
    migrate(target)
    assert Split.objects.get(payment=payment).uncovered == 2_500 - netted
    assert held(accounts.payable(agency.pk)) == -min(netted, 1_900)
    assert held(mine) == -(5_000 - netted)
    assert kept() == []
    services.reverse_payment(payment_id=payment.pk, reason="x", actor=JOB, at=AT)
    # What was kept for it is the creditor's again.
    assert held(mine) == -5_000
    assert held(due) == 0
    assert kept() == []
    assert_books(target)
