"""Money of a claim that changed hands: from before the older creditor's, then the new one's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qinghe.claims.models import Claim
from qinghe.claims.services import add_evidence, offer_assignment
from qinghe.kernel.ids import new_id
from qinghe.ledger import queries as books
from qinghe.market.models import Capacity, Mandate
from qinghe.market.services import take_over
from qinghe.parties.models import Organisation
from qinghe.settlement import services
from qinghe.settlement.models import Payment
from qinghe.simulation.evidence import contract_pdf
from tests.factories import AT, Role, actor, claim, collector, mandate, organisation
from tests.settlement.test_payments import JOB, assert_books, fresh
from tests.settlement.test_payments import pay as paid

PAPER = contract_pdf("C-1", "assignment")


def pay(target: Claim, amount: int) -> Payment:
    """Let money come in at the cashier."""
    return paid(target, amount, reference=str(new_id()), source="cashier")


def passed(target: Claim, heir: Organisation) -> Claim:
    """Let a claim pass to another creditor, with both agreed."""
    paper = add_evidence(
        claim_id=target.pk, kind="assignment", filename="a.pdf", content=PAPER, actor=JOB, at=AT
    )
    title = offer_assignment(
        claim_id=target.pk,
        to_slug=heir.slug,
        evidence_id=paper.pk,
        actor=actor(Role.CREDITOR, fresh(target).creditor),
        at=AT,
    )
    return take_over(title_id=title.pk, actor=actor(Role.CREDITOR, heir), at=AT)


def balance(organisation: Organisation, part: str) -> int:
    return books.balance(path=f"creditor:{organisation.pk}:{part}", currency="CNY")


def stands(payment: Payment) -> bool:
    return Payment.objects.get(pk=payment.pk).state == "posted"


def reverse(payment: Payment) -> Payment:
    return services.reverse_payment(
        payment_id=payment.pk, reason="bounced", actor=JOB, at=AT + timedelta(days=1)
    )


@pytest.mark.django_db
def test_payments_after_go_to_the_new_creditor() -> None:
    target, heir = claim(principal=9_000), organisation()
    older = target.creditor
    pay(target, 1_000)
    before = balance(older, "collected")
    passed(target, heir)
    pay(target, 2_000)
    assert balance(older, "collected") == before == -1_000
    assert balance(heir, "collected") == -2_000
    assert (balance(older, "claimed"), balance(heir, "claimed")) == (0, -6_000)
    assert_books(target)


@pytest.mark.django_db
def test_a_mandate_ends_and_its_place_is_free() -> None:
    target, agency, heir = claim(principal=9_000), collector(), organisation()
    work = mandate(target, agency)
    passed(target, heir)
    work.refresh_from_db()
    assert (work.state, work.reason) == ("recalled", "assigned")
    assert fresh(target).state == "ready"
    assert Capacity.objects.get(collector=agency).live == 0
    pay(target, 1_000)
    assert books.balance(path=f"collector:{agency.pk}:payable", currency="CNY") == 0


@pytest.mark.django_db
def test_a_payment_from_before_can_still_be_reversed() -> None:
    target, heir, agency = claim(principal=9_000), organisation(), collector()
    older = target.creditor
    mandate(target, agency)
    first = pay(target, 1_000)
    passed(target, heir)
    second = pay(target, 2_000)
    reverse(first)
    # What bounced is owed again, and to the creditor of today.
    assert fresh(target).principal == 7_000
    assert (balance(older, "claimed"), balance(heir, "claimed")) == (0, -7_000)
    assert balance(heir, "collected") == -2_000
    reverse(second)
    assert fresh(target).principal == 9_000
    assert (balance(older, "claimed"), balance(heir, "claimed")) == (0, -9_000)
    assert balance(heir, "collected") == 0
    assert_books(target)
    assert Mandate.objects.filter(state="active").count() == 0


class TestBooks(TestCase):
    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(
            st.one_of(
                st.tuples(st.just("pay"), st.integers(1, 6_000)),
                st.tuples(st.just("pass"), st.integers(0, 2)),
                st.tuples(st.just("reverse"), st.integers(0, 9)),
            ),
            max_size=9,
        )
    )
    def test_the_books_balance_at_every_instant(self, steps: list[tuple[str, int]]) -> None:
        owners = [organisation() for _n in range(3)]
        target = claim(principal=9_000, interest=500, costs=100, creditor=owners[0])
        payments: list[Payment] = []
        for what, n in steps:
            now = fresh(target)
            if what == "pay":
                payments.append(pay(target, n))
            elif what == "pass" and now.owed and owners[n].pk != now.creditor_id:
                passed(target, owners[n])
            elif what == "reverse" and n < len(payments) and stands(payments[n]):
                reverse(payments[n])
            now = fresh(target)
            assert_books(target)
            claimed = {each.pk: -balance(each, "claimed") for each in owners}
            assert claimed == {each.pk: 0 for each in owners} | {now.creditor_id: now.owed}


@pytest.mark.django_db
def test_a_payment_told_by_both_creditors_is_booked_once() -> None:
    target, heir = claim(principal=9_000), organisation()
    first = paid(target, 1_000, reference="slip-7")
    passed(target, heir)
    assert paid(target, 1_000, reference="slip-7") == first
    assert fresh(target).principal == 8_000
