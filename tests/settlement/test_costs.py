"""Costs that somebody advanced go back first to whoever did, and nobody earns on them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor, Role
from qinghe.ledger import queries as books
from qinghe.parties.models import Organisation
from qinghe.reporting.contraventions import found
from qinghe.settlement import accounts, services
from qinghe.settlement import cost_refusals as no
from qinghe.settlement.models import CostAdvance, CostRefund, Payment, Split
from qinghe.settlement.queries.costs import costs_of_claim
from tests import factories
from tests.factories import AT, actor, claim, collector, mandate
from tests.settlement.test_covering import CHECKS, prepare, receive
from tests.settlement.test_payments import assert_books, pay
from tests.settlement.test_reversal import reverse

pytestmark = pytest.mark.django_db
PAID_ON = date(2026, 11, 1)
PROMISES = (*CHECKS, "payments-divided-to-the-cent", "costs-go-back-once")


def placed(agency: Organisation, costs: int = 10_000) -> Claim:
    target = claim(principal=100_000, costs=costs)
    mandate(target, agency)
    return target


def tell(target: Claim, by: Actor, amount: int = 10_000, **fields: Any) -> CostAdvance:
    given = {"kind": "court", "paid_on": PAID_ON, "receipt": "R-1", "at": AT, **fields}
    return services.tell_advance(claim_id=target.pk, amount=amount, actor=by, **given)


def advanced(target: Claim, by: Actor, amount: int = 10_000, **fields: Any) -> CostAdvance:
    advance = tell(target, by, amount, **fields)
    own = by.org_id == target.creditor_id
    second = actor(Role.OPERATOR) if own else actor(Role.CREDITOR, target.creditor)
    return services.agree_advance(advance_id=advance.pk, actor=second, at=AT)


def held(path: str) -> int:
    return -books.balance(path=path, currency="CNY")


def split_of(payment: Payment) -> Split:
    return Split.objects.get(payment=payment)


def kept() -> list[str]:
    return [case for name in PROMISES for case in found(name, at=AT)]


def test_a_collector_gets_its_costs_back_before_anybody_earns() -> None:
    agency = collector()
    target = placed(agency)
    advance = advanced(target, actor(Role.COLLECTOR, agency))
    payment = pay(target, 30_000, source="cashier")
    split = split_of(payment)
    # 100.00 of costs go back; 25 % of the other 200.00 is commission.
    assert (split.costs_back, split.costs_own) == (10_000, 0)
    assert split.commission + split.reserve + split.platform_fee == 5_000
    assert split.creditor_share == 15_000
    assert held(accounts.payable(agency.pk)) == 10_000 + split.commission
    assert CostRefund.objects.get().advance == advance
    assert_books(target)
    assert kept() == []


def test_a_creditor_gets_its_own_costs_without_commission() -> None:
    agency = collector()
    target = placed(agency)
    advanced(target, actor(Role.CREDITOR, target.creditor))
    split = split_of(pay(target, 30_000, source="cashier"))
    assert (split.costs_back, split.costs_own, split.creditor_share) == (0, 10_000, 25_000)
    assert held(accounts.collected(target.creditor_id)) == 25_000
    assert kept() == []


def test_the_oldest_advance_is_made_whole_first_and_over_several_payments() -> None:
    agency = collector()
    target = placed(agency)
    one = advanced(target, actor(Role.COLLECTOR, agency), 6_000, paid_on=PAID_ON)
    other = advanced(
        target, actor(Role.CREDITOR, target.creditor), 4_000, paid_on=date(2026, 10, 1)
    )
    pay(target, 5_000, "a", source="cashier")
    assert set(CostRefund.objects.values_list("advance", "amount")) == {
        (other.pk, 4_000), (one.pk, 1_000),
    }  # fmt: skip
    pay(target, 5_000, "b", source="cashier")
    rows = costs_of_claim(claim_id=target.pk, actor=actor(Role.OPERATOR)).rows
    assert {row.id: row.back for row in rows} == {one.pk: 6_000, other.pk: 4_000}
    # Nothing is left in costs, and nothing goes back any more.
    assert split_of(pay(target, 5_000, "c", source="cashier")).costs_back == 0
    assert kept() == []


def test_of_money_the_creditor_received_the_costs_wait_and_are_covered_first() -> None:
    agency = collector()
    target = placed(agency)
    advanced(target, actor(Role.COLLECTOR, agency))
    payment = pay(target, 30_000)
    split = split_of(payment)
    assert split.uncovered == 15_000
    assert held(accounts.payable(agency.pk)) == 0
    receive(target.creditor, 10_500)
    assert held(accounts.payable(agency.pk)) == 10_500
    assert split_of(payment).uncovered == 4_500
    receive(target.creditor, 4_500, "b2")
    assert held(accounts.payable(agency.pk)) == 10_000 + split.commission
    assert split_of(payment).uncovered == 0
    assert kept() == []
    assert_books(target)


def test_the_platform_gets_its_costs_as_own_money() -> None:
    target = placed(collector())
    house = factories.organisation("operator")
    told = tell(target, actor(Role.OPERATOR, house))
    creditor = actor(Role.CREDITOR, target.creditor)
    services.agree_advance(advance_id=told.pk, actor=creditor, at=AT)
    pay(target, 10_000, source="cashier")
    assert held(accounts.OWN) == 10_000
    assert kept() == []


def test_a_payment_that_is_undone_leaves_the_advance_open_again() -> None:
    agency = collector()
    target = placed(agency)
    advanced(target, actor(Role.COLLECTOR, agency))
    first = pay(target, 10_000, "a", source="cashier")
    second = pay(target, 20_000, "b", source="cashier", at=AT + timedelta(minutes=1))
    reverse(first)
    # What came later pays the costs now, and gives them back.
    assert split_of(second).costs_back == 10_000
    assert CostRefund.objects.get().payment == second
    assert_books(target)
    assert kept() == []


def test_without_a_mandate_costs_still_go_back() -> None:
    agency = collector()
    target = placed(agency)
    advanced(target, actor(Role.COLLECTOR, agency))
    services.prepare_payouts(actor=actor(Role.OPERATOR), at=AT)
    later = AT + timedelta(days=400)
    split = split_of(pay(target, 10_000, source="cashier", at=later))
    assert (split.collector, split.costs_back, split.creditor_share) == (None, 10_000, 0)
    assert prepare(400) == {str(agency.pk): 10_000}


def test_an_advance_counts_only_once_the_other_side_has_agreed() -> None:
    agency = collector()
    target = placed(agency)
    told = tell(target, actor(Role.COLLECTOR, agency))
    assert split_of(pay(target, 1_000, source="cashier")).costs_back == 0
    stranger = actor(Role.CREDITOR, factories.organisation())
    own = actor(Role.COLLECTOR, agency)
    for who in (stranger, own, actor(Role.OPERATOR)):
        with pytest.raises(no.NoSuchAdvance):
            services.agree_advance(advance_id=told.pk, actor=who, at=AT)
    creditor = actor(Role.CREDITOR, target.creditor)
    # 10.00 of the costs were paid meanwhile: so much cannot be given back any more.
    with pytest.raises(no.AdvanceTooMuch) as refusal:
        services.agree_advance(advance_id=told.pk, actor=creditor, at=AT)
    assert refusal.value.facts["open"] == "90.00"
    with pytest.raises(no.RefusalNeedsWords):
        services.refuse_advance(advance_id=told.pk, why=" ", actor=creditor, at=AT)
    services.refuse_advance(advance_id=told.pk, why="Not our case.", actor=creditor, at=AT)
    with pytest.raises(no.AdvanceDecided):
        services.agree_advance(advance_id=told.pk, actor=creditor, at=AT)


def test_an_advance_makes_no_debt_larger_and_is_told_once() -> None:
    agency = collector()
    target = placed(agency)
    own = actor(Role.COLLECTOR, agency)
    with pytest.raises(no.AdvanceTooMuch):
        tell(target, own, 10_001)
    with pytest.raises(no.AdvanceIncomplete):
        tell(target, own, 1, paid_on=date(2026, 12, 1))
    with pytest.raises(no.AdvanceIncomplete):
        tell(target, own, 0)
    with pytest.raises(no.NoCosts):
        tell(target, actor(Role.COLLECTOR, collector()))
    advanced(target, own, 6_000)
    with pytest.raises(no.AdvanceTwice):
        tell(target, own, 4_000)
    with pytest.raises(no.AdvanceTooMuch):
        tell(target, own, 4_001, receipt="R-2")
    with pytest.raises(no.NoCosts):
        costs_of_claim(claim_id=target.pk, actor=actor(Role.COLLECTOR, collector()))


def test_the_table_refuses_one_person_and_a_split_that_does_not_add_up() -> None:
    agency = collector()
    target = placed(agency)
    advance = tell(target, actor(Role.COLLECTOR, agency))
    alone = {"state": "agreed", "agreed_by": advance.told_by, "agreed_at": AT}
    with pytest.raises(IntegrityError), transaction.atomic():
        CostAdvance.objects.filter(pk=advance.pk).update(**alone)
    pay(target, 1_000, source="cashier")
    for change in ({"costs_back": 1}, {"fee_tax": 99_999}, {"costs_own": 99_999}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Split.objects.update(**change)
