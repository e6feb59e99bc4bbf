"""What the law does not give cannot be paid, and the debtor reads the contract as it was told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qinghe.claims.models import Claim
from qinghe.claims.queries.payable import payable
from qinghe.claims.services import PaymentGiven, TermsGiven, deliver_payments, deliver_terms
from qinghe.kernel.actor import Role
from qinghe.market.models import Mandate
from qinghe.settlement.models import CashierOrder
from qinghe.settlement.refusals import AboveLawful, BadAmount
from qinghe.settlement.services import create_cashier_order
from tests import factories
from tests.portal.conftest import NOON, World
from tests.portal.test_pay import go

# 1,500.00 on paper, 1,350.00 handed over.
# Two checks at one instant would stand beside each other.
LATER = NOON + timedelta(minutes=1)
TERMS = TermsGiven(
    principal=150_000,
    handed_over=135_000,
    disbursed_on=date(2025, 3, 18),
    matures_on=date(2026, 3, 18),
    rate_pct=Decimal(10),
    overdue_rate_pct=Decimal(12),
)


def tell(world: World, terms: TermsGiven = TERMS, **fields: object) -> Claim:
    """Let the creditor tell what was agreed of a claim that is still being checked."""
    Mandate.objects.all().delete()
    told = {"due_on": date(2026, 3, 18), "interest_to": NOON.date(), **fields}
    Claim.objects.filter(pk=world.claim.pk).update(state="submitted", **told)
    clerk = factories.actor(Role.CREDITOR, world.creditor)
    deliver_terms(claim_id=world.claim.pk, terms=terms, actor=clerk, at=NOON)
    return Claim.objects.select_related("creditor").get(pk=world.claim.pk)


def page(inside: Client, world: World, way: str = "") -> str:
    return inside.get(f"/d/claims/{world.claim.pk}/{way}").content.decode()


# -- how much may be paid ------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["", "pay/"])
def test_the_lawful_most_stands_where_the_person_decides(
    inside: Client, world: World, way: str
) -> None:
    tell(world)
    text = page(inside, world, way)
    assert 'data-test="lawful"' in text
    assert 'at most <span class="nw">1,410.00\u00a0yuan' in text
    assert 'The other <span class="nw">150.00\u00a0yuan</span> nobody may collect' in text


def test_all_of_it_is_what_the_law_gives(inside: Client, world: World) -> None:
    tell(world)
    go(inside, world, part_of="all")
    assert CashierOrder.objects.get().amount == 141_000


def test_a_part_above_the_lawful_most_is_refused_in_words(inside: Client, world: World) -> None:
    tell(world)
    data = {"request_key": uuid4().hex, "part_of": "part", "amount": "1410.01"}
    answer = inside.post(f"/d/claims/{world.claim.pk}/pay/", data)
    assert answer.status_code == 200
    assert "more than contract and law give" in answer.content.decode()
    assert not CashierOrder.objects.exists()


def test_no_door_lets_more_than_the_lawful_most_be_paid(world: World) -> None:
    claim = tell(world)
    debtor = factories.debtor_of(claim)
    with pytest.raises(AboveLawful) as refused:
        create_cashier_order(claim_id=claim.pk, amount=141_001, actor=debtor, at=NOON)
    assert "1410.00 CNY" in refused.value.user_message
    with pytest.raises(BadAmount):
        create_cashier_order(claim_id=claim.pk, amount=156_001, actor=debtor, at=NOON)
    create_cashier_order(claim_id=claim.pk, amount=141_000, actor=debtor, at=NOON)


def test_where_nothing_is_lawful_nothing_is_offered(inside: Client, world: World) -> None:
    tell(world)
    clerk = factories.actor(Role.CREDITOR, world.creditor)
    paid = PaymentGiven(date(2026, 3, 18), 200_000, "all")
    deliver_payments(claim_id=world.claim.pk, payments=[paid], actor=clerk, at=NOON)
    assert 'data-test="pay"' not in page(inside, world)
    assert 'data-test="to-cashier"' not in page(inside, world, "pay/")


def test_without_terms_the_claim_alone_limits(inside: Client, world: World) -> None:
    assert 'data-test="lawful"' not in page(inside, world)
    limit = payable(Claim.objects.get(pk=world.claim.pk), NOON)
    assert limit.most == limit.claimed == 157_085


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(handed=st.integers(1, 150_000), interest=st.integers(0, 80_000), costs=st.integers(0, 5_000))
def test_the_most_is_never_above_what_is_claimed_and_its_lawful_parts(
    world: World, handed: int, interest: int, costs: int
) -> None:
    terms = replace(TERMS, handed_over=handed)
    claim = tell(world, terms, interest=interest, costs=costs, claimed=150_000 + interest + costs)
    limit = payable(claim, NOON)
    assert 0 <= limit.most <= limit.claimed
    assert limit.most <= handed + interest + 4


# -- what was agreed -----------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["", "lines/"])
def test_the_contract_stands_on_the_page_in_figures(inside: Client, world: World, way: str) -> None:
    tell(world)
    text = page(inside, world, way)
    for said in ("1,350.00\u00a0yuan", "10% a year", "12% a year", "Less was handed over"):
        assert said in text, said


@pytest.mark.parametrize("way", ["", "lines/"])
def test_what_the_creditor_says_was_paid_before_stands_on_the_page(
    inside: Client, world: World, way: str
) -> None:
    tell(world)
    clerk = factories.actor(Role.CREDITOR, world.creditor)
    paid = PaymentGiven(date(2026, 3, 18), 5_000, "june")
    assert "you have paid nothing before" in page(inside, world, way)
    deliver_payments(claim_id=world.claim.pk, payments=[paid], actor=clerk, at=LATER)
    text = page(inside, world, way)
    assert "18\u00a0March 2026" in text.partition('data-test="paid-before"')[2]
    assert "50.00\u00a0yuan" in text.partition('data-test="paid-before"')[2]
    assert "counted as: Interest 50.00\u00a0yuan" in text


def test_a_rate_courts_doubt_is_told_and_no_sentence_calls_the_sum_right(
    inside: Client, world: World
) -> None:
    bank = replace(TERMS, handed_over=None, rate_pct=Decimal(36), overdue_rate_pct=Decimal(36))
    world.creditor.lender_kind = "bank"
    world.creditor.save(update_fields=["lender_kind"])
    tell(world, bank, overdue_rate_pct=Decimal(36))
    text = page(inside, world)
    assert "no more than 24% a year" in text
    assert "(36% a year)" in text
    looked = page(inside, world, "lines/")
    assert 'data-test="doubt"' in looked
    assert "is not more than contract and law give" not in looked
    assert "is lawful" not in looked
