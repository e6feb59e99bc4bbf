"""A statement that one person took in brings nobody money which that person lets go alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from qinghe.kernel.actor import Actor, Role
from qinghe.parties.roles import NotPermitted
from qinghe.settlement import refusals, services
from qinghe.settlement.bank import refusals as bank
from qinghe.settlement.models import Payout, Statement
from qinghe.settlement.queries.uncompared import uncompared
from tests.factories import AT, actor, claim, collector, mandate
from tests.races import race
from tests.settlement.bank_files import Said, csv
from tests.settlement.banked import ONE, OTHER, account
from tests.settlement.test_suspense import named, take
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Until then a payment may still come back, and pays no commission out.
FREE = 40 * DAY


def came(principal: int = 500_000) -> list[Payout]:
    """Let money come by a statement that ONE took in; OTHER prepares its payouts."""
    agency = collector()
    target = claim(principal=principal, state="placed")
    mandate(target, agency, starts_at=AT - 30 * DAY)
    for organisation in (target.creditor, agency):
        account(organisation)
    take(csv([named(target, principal)]), by=ONE)
    services.prepare_payouts(actor=OTHER, at=AT + FREE)
    return list(Payout.objects.order_by("pk"))


def test_whoever_took_it_in_approves_neither_the_creditors_payout_nor_the_collectors() -> None:
    payouts = came()
    assert len(payouts) == 2
    third = actor(Role.OPERATOR)
    for payout in payouts:
        with pytest.raises(refusals.NotApart):
            services.approve_payout(payout_id=payout.pk, actor=ONE, at=AT + FREE)
        services.approve_payout(payout_id=payout.pk, actor=third, at=AT + FREE)


def test_once_a_colleague_compared_it_with_the_bank_two_have_seen_the_money() -> None:
    payouts = came()
    statement = Statement.objects.get()
    with pytest.raises(bank.StatementBySamePerson):
        services.compare_statement(statement_id=statement.pk, actor=ONE, at=AT + HOUR)
    services.compare_statement(statement_id=statement.pk, actor=OTHER, at=AT + HOUR)
    with pytest.raises(bank.StatementCompared):
        services.compare_statement(statement_id=statement.pk, actor=OTHER, at=AT + HOUR)
    for payout in payouts:
        services.approve_payout(payout_id=payout.pk, actor=ONE, at=AT + FREE)


def test_what_waits_is_listed_with_what_came() -> None:
    assert uncompared(actor=ONE) == []
    take(csv([Said(-900, "charges", "B0")]), by=ONE)
    assert uncompared(actor=ONE) == []
    take(csv([Said(1_000, "rent", "B1"), Said(-200, "charges", "B2")]), by=ONE)
    (row,) = uncompared(actor=OTHER)
    assert (row.came, row.went, row.imported_by) == (1_000, 200, ONE.label)
    assert (row.entries, [each.amount for each in row.largest]) == (2, [1_000])
    with pytest.raises(NotPermitted):
        uncompared(actor=actor(Role.COLLECTOR, collector()))
    page = signed_in(Role.OPERATOR).get("/suspense/").text
    assert 'data-test="statement-compare"' in page
    assert "2 entries" in page
    assert 'data-test="came"' in page


def test_the_page_takes_it() -> None:
    take(csv([Said(1_000, "rent", "B1")]), by=ONE)
    statement = Statement.objects.get()
    client = signed_in(Role.OPERATOR)
    assert client.post(f"/bank-statements/{statement.pk}/").status_code == 302
    statement.refresh_from_db()
    assert statement.compared_by
    assert 'data-test="statement-compare"' not in client.get("/suspense/").text


def test_the_database_takes_two_persons_or_none() -> None:
    take(csv([Said(1_000, "rent", "B1")]), by=ONE)
    for wrong in ({"compared_by": ONE.label, "compared_at": AT}, {"compared_at": AT}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Statement.objects.update(**wrong)


@pytest.mark.django_db(transaction=True)
def test_two_who_compare_at_once_are_one() -> None:
    take(csv([Said(1_000, "rent", "B1")]), by=ONE)
    statement = Statement.objects.get()

    def compare(who: Actor) -> str:
        try:
            services.compare_statement(statement_id=statement.pk, actor=who, at=AT + HOUR)
        except bank.StatementCompared:
            return "compared"
        return "done"

    answers = race([actor(Role.OPERATOR) for _ in range(2)], compare)
    assert sorted(answers) == ["compared", "done"]
