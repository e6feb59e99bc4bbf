from __future__ import annotations

from datetime import timedelta

import pytest

from qinghe.claims.days import local
from qinghe.kernel.actor import Actor, Role
from qinghe.ledger import queries as books
from qinghe.parties.models import Organisation, SettlementAccount
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services import declare_account
from qinghe.settlement import accounts, refusals, services
from qinghe.settlement.models import Payout, Split
from qinghe.settlement.payout_refusals import PayoutLeft, ReturnBySamePerson
from qinghe.settlement.payout_terms import NotNow
from qinghe.settlement.queries.unpaid import unpaid
from qinghe.settlement.terms import RESERVE_DAYS
from tests import factories
from tests.factories import AT, actor, claim, collector, mandate
from tests.settlement.banked import account
from tests.settlement.test_payments import assert_books, pay
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Actor:
    return actor(Role.OPERATOR)


@pytest.fixture
def second() -> Actor:
    return actor(Role.OPERATOR)


@pytest.fixture
def agency() -> Organisation:
    return collector()


def prepare(boss: Actor, days: int = 0) -> dict[str, Payout]:
    payouts = services.prepare_payouts(actor=boss, at=AT + timedelta(days=days))
    return {str(payout.organisation_id): payout for payout in payouts}


def test_what_was_paid_here_goes_to_creditor_and_collector(
    boss: Actor, second: Actor, agency: Organisation
) -> None:
    target = claim(principal=100_000)
    mandate(target, agency)
    pay(target, 100_000, source="cashier")
    payouts = prepare(boss)
    assert payouts[str(target.creditor_id)].amount == 75_000
    assert payouts[str(agency.pk)].amount == 19_000
    for payout in payouts.values():
        services.approve_payout(payout_id=payout.pk, actor=second, at=AT)
        services.pay_payout(payout_id=payout.pk, actor=boss, at=AT)
    # Reserve and fee stay.
    assert books.balance(path=accounts.BANK, currency="CNY") == 4_750 + 1_250
    assert_books(target)


def test_nothing_is_prepared_twice(boss: Actor) -> None:
    pay(claim(), 500, source="cashier")
    assert len(prepare(boss)) == 1
    assert prepare(boss) == {}


def test_one_person_cannot_prepare_and_approve(boss: Actor) -> None:
    pay(claim(), 500, source="cashier")
    (payout,) = prepare(boss).values()
    with pytest.raises(refusals.SamePerson):
        services.approve_payout(payout_id=payout.pk, actor=boss, at=AT)


def test_only_an_approved_payout_is_paid_and_only_once(boss: Actor, second: Actor) -> None:
    pay(claim(), 500, source="cashier")
    (payout,) = prepare(boss).values()
    with pytest.raises(refusals.PayoutMoved):
        services.pay_payout(payout_id=payout.pk, actor=boss, at=AT)
    services.approve_payout(payout_id=payout.pk, actor=second, at=AT)
    services.pay_payout(payout_id=payout.pk, actor=boss, at=AT)
    with pytest.raises(refusals.PayoutMoved):
        services.pay_payout(payout_id=payout.pk, actor=boss, at=AT)


def test_a_returned_payout_can_be_prepared_again(boss: Actor, second: Actor) -> None:
    target = claim()
    pay(target, 500, source="cashier")
    (payout,) = prepare(boss).values()
    services.approve_payout(payout_id=payout.pk, actor=second, at=AT)
    services.pay_payout(payout_id=payout.pk, actor=boss, at=AT)
    told = {"payout_id": payout.pk, "actor": second, "at": AT}
    with pytest.raises(PayoutLeft):
        services.return_payout(reason="account closed", **told)
    services.ask_return(reason="account closed", **told)
    with pytest.raises(ReturnBySamePerson):
        services.agree_return(**told)
    assert prepare(boss) == {}
    services.agree_return(payout_id=payout.pk, actor=boss, at=AT)
    (again,) = prepare(boss).values()
    assert again.amount == 500
    assert_books(target)


def test_commission_on_reported_payments_is_kept_from_what_is_held(
    boss: Actor, agency: Organisation
) -> None:
    target = claim(principal=200_000)
    mandate(target, agency)
    pay(target, 40_000)
    pay(target, 40_000, "r2", source="cashier")
    payouts = prepare(boss)
    # 40,000 came here; commission of both payments is the creditor's to bear.
    assert payouts[str(target.creditor_id)].amount == 20_000
    due = accounts.commission_due(target.creditor_id)
    assert books.balance(path=due, currency="CNY") == 0
    assert_books(target)


def test_money_the_platform_does_not_hold_is_not_paid_out(
    boss: Actor, agency: Organisation
) -> None:
    target = claim(principal=100_000)
    mandate(target, agency)
    pay(target, 40_000)
    assert prepare(boss) == {}


def test_the_reserve_is_released_after_its_wait(boss: Actor, agency: Organisation) -> None:
    target = claim(principal=200_000)
    mandate(target, agency)
    pay(target, 100_000, source="cashier")
    assert prepare(boss)[str(agency.pk)].amount == 19_000
    assert str(agency.pk) not in prepare(boss, RESERVE_DAYS - 1)
    assert prepare(boss, RESERVE_DAYS)[str(agency.pk)].amount == 4_750
    assert prepare(boss, RESERVE_DAYS + 1) == {}
    assert_books(target)


def test_a_forfeited_reserve_goes_back_to_the_creditor(boss: Actor, agency: Organisation) -> None:
    target = claim(principal=200_000)
    order = mandate(target, agency)
    payment = pay(target, 100_000, source="cashier")
    assert services.forfeit_reserves(mandate_id=order.pk, actor=boss, at=AT) == 1
    assert services.forfeit_reserves(mandate_id=order.pk, actor=boss, at=AT) == 0
    assert prepare(boss, RESERVE_DAYS)[str(target.creditor_id)].amount == 75_000 + 4_750
    assert Split.objects.get(payment=payment).reserve_settled_at == AT
    assert_books(target)


def test_only_operators_touch_payouts(boss: Actor) -> None:
    pay(claim(), 500, source="cashier")
    (payout,) = prepare(boss).values()
    for role in (Role.CREDITOR, Role.COLLECTOR, Role.COMPLIANCE, Role.REGULATOR, Role.DEBTOR):
        stranger = actor(role)
        with pytest.raises(NotPermitted):
            services.prepare_payouts(actor=stranger, at=AT)
        with pytest.raises(NotPermitted):
            services.approve_payout(payout_id=payout.pk, actor=stranger, at=AT)
        with pytest.raises(NotPermitted):
            services.pay_payout(payout_id=payout.pk, actor=stranger, at=AT)


def changed(owner: Organisation, **first: object) -> None:
    """Let a party have an account, then another one since the moment of the tests."""
    mine = factories.actor(Role.CREDITOR, owner)
    told = {"holder": owner.name, "bank": "Test Bank", "actor": mine, "at": AT}
    account = declare_account(org_id=owner.pk, number="0000000000000001", **told)
    SettlementAccount.objects.filter(pk=account.pk).update(**first)
    declare_account(org_id=owner.pk, number="0000000000000002", **told)
    # What the transfer would prove, for the wait alone to decide.
    Organisation.objects.filter(pk=owner.pk).update(level=owner.level)


def test_nothing_is_paid_to_an_account_that_was_just_changed(boss: Actor, second: Actor) -> None:
    target, other = claim(), claim()
    for each in (target, other):
        pay(each, 500, source="cashier")
    changed(target.creditor, proven_at=AT)
    changed(other.creditor)
    assert set(prepare(boss)) == {str(other.creditor_id)}
    payout = prepare(boss, days=3)[str(target.creditor_id)]
    before = AT + timedelta(hours=72) - timedelta(seconds=1)
    with pytest.raises(refusals.AccountChanged) as refusal:
        services.approve_payout(payout_id=payout.pk, actor=second, at=before)
    assert refusal.value.facts["until"] == f"{local(AT + timedelta(hours=72)):%Y-%m-%d %H:%M}"
    services.approve_payout(payout_id=payout.pk, actor=second, at=AT + timedelta(hours=72))
    with pytest.raises(refusals.AccountChanged):
        services.pay_payout(payout_id=payout.pk, actor=boss, at=before)
    services.pay_payout(payout_id=payout.pk, actor=boss, at=AT + timedelta(hours=72))


def test_what_is_due_and_cannot_be_paid_is_told_with_the_reason(boss: Actor) -> None:
    fits, waits, bare = claim(), claim(), claim()
    for each in (fits, waits, bare):
        pay(each, 500, source="cashier")
    account(fits.creditor)
    changed(waits.creditor, proven_at=AT)
    found = {row.slug: (row.why, row.until) for row in unpaid(actor=boss, at=AT)}
    assert found == {
        waits.creditor.slug: (NotNow.CHANGED, AT + timedelta(hours=72)),
        bare.creditor.slug: (NotNow.NO_ACCOUNT, None),
    }
    for row in unpaid(actor=boss, at=AT):
        assert (row.amount, row.currency) == (500, "CNY")
    text = signed_in(Role.OPERATOR).get("/payouts/").text
    assert text.count('data-test="unpaid"') == 2
    with pytest.raises(NotPermitted):
        unpaid(actor=factories.actor(Role.COLLECTOR), at=AT)
