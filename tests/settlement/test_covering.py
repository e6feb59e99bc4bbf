"""Commission on money that a creditor received itself is paid with that creditor's money only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Actor, Role
from qinghe.ledger import queries as books
from qinghe.ledger.services import post
from qinghe.parties.models import Organisation
from qinghe.parties.roles import NotPermitted
from qinghe.reporting.contraventions import found
from qinghe.settlement import accounts, refusals, services
from qinghe.settlement.models import Payment, Payout, Receipt, Split
from qinghe.settlement.queries.runs import purses
from qinghe.settlement.terms import RESERVE_DAYS
from tests.factories import AT, actor, claim, collector, mandate
from tests.settlement.test_payments import JOB, assert_books, pay
from tests.web.people import signed_in

CHECKS = (
    "commission-due-waits-for-its-creditor",
    "only-own-money-is-lent",
    "cash-covers-what-is-held",
    "splits-show-what-is-uncovered",
)


def placed(agency: Organisation, principal: int = 200_000) -> Claim:
    target = claim(principal=principal)
    mandate(target, agency)
    return target


def receive(creditor: Organisation | None, amount: int, reference: str = "b1") -> None:
    receipt = told(creditor, amount, reference)
    if receipt.confirmed_at is None:
        services.confirm_receipt(receipt_id=receipt.pk, actor=actor(Role.OPERATOR), at=AT)


def told(
    creditor: Organisation | None, amount: int, reference: str = "b1", by: Actor | None = None
) -> Receipt:
    return services.receive_money(
        creditor_id=creditor.pk if creditor else None,
        amount=amount,
        currency="CNY",
        reference=reference,
        actor=by or actor(Role.OPERATOR),
        at=AT,
    )


def prepare(days: int = 0) -> dict[str, int]:
    payouts = services.prepare_payouts(actor=actor(Role.OPERATOR), at=AT + timedelta(days=days))
    return {str(payout.organisation_id): payout.amount for payout in payouts}


def pay_out(who: Iterable[Payout] = ()) -> None:
    boss, second = actor(Role.OPERATOR), actor(Role.OPERATOR)
    made = list(who) or services.prepare_payouts(actor=boss, at=AT)
    for payout in made:
        services.approve_payout(payout_id=payout.pk, actor=second, at=AT)
        services.pay_payout(payout_id=payout.pk, actor=boss, at=AT)


def held(path: str) -> int:
    return books.balance(path=path, currency="CNY")


def kept() -> list[str]:
    """Return what `qinghe verify` finds against the promises of this room."""
    return [case for name in CHECKS for case in found(name, at=AT)]


@pytest.mark.django_db
class TestCovering:
    def test_another_creditors_money_pays_no_commission(self) -> None:
        agency = collector()
        debtor_paid_directly, rich = placed(agency), claim()
        pay(debtor_paid_directly, 100_000)
        pay(rich, 90_000, "here", source="cashier")
        assert prepare() == {str(rich.creditor_id): 90_000}
        assert held(accounts.payable(agency.pk)) == 0
        assert held(accounts.uncovered(debtor_paid_directly.creditor_id)) == -25_000
        assert kept() == []

    def test_what_the_creditor_sends_is_paid_on_and_the_rest_comes_back(self) -> None:
        agency = collector()
        target = placed(agency)
        pay(target, 100_000)
        receive(target.creditor, 30_000)
        assert prepare() == {str(agency.pk): 19_000, str(target.creditor_id): 5_000}
        assert prepare(RESERVE_DAYS) == {str(agency.pk): 4_750}
        assert kept() == []
        assert_books(target)

    def test_a_part_covers_the_oldest_payment_and_its_commission_first(self) -> None:
        agency = collector()
        target = placed(agency)
        first = pay(target, 10_000, "r1")
        later = pay(target, 10_000, "r2", at=AT + timedelta(hours=1))
        receive(target.creditor, 2_000)
        splits = {each.payment_id: each for each in Split.objects.all()}
        assert (splits[first.pk].uncovered, splits[later.pk].uncovered) == (500, 2_500)
        assert held(accounts.payable(agency.pk)) == -1_900
        # The fee comes before the quality part, which waits anyhow.
        assert held(accounts.fees(target.pk)) == -100
        assert held(accounts.reserve(agency.pk)) == 0
        receive(target.creditor, 600, "b2")
        assert held(accounts.reserve(agency.pk)) == -475
        assert held(accounts.payable(agency.pk)) == -2_000
        assert kept() == []

    def test_undoing_a_covered_payment_gives_the_creditor_its_money_back(self) -> None:
        agency = collector()
        target = placed(agency)
        bounced = pay(target, 10_000)
        pay(target, 10_000, "r2", at=AT + timedelta(hours=1))
        receive(target.creditor, 2_500)
        services.reverse_payment(payment_id=bounced.pk, reason="x", actor=JOB, at=AT)
        assert held(accounts.collected(target.creditor_id)) == -2_500
        assert held(accounts.commission_due(target.creditor_id)) == 2_500
        # It pays for what came instead, with the next run.
        assert prepare() == {str(agency.pk): 1_900}
        assert kept() == []
        assert_books(target)

    def test_a_quality_part_lost_before_it_was_covered_is_asked_of_nobody(self) -> None:
        agency = collector()
        target = placed(agency)
        pay(target, 10_000)
        receive(target.creditor, 2_200)
        order = Split.objects.get().mandate_id
        assert order
        services.forfeit_reserves(mandate_id=order, actor=JOB, at=AT)
        assert held(accounts.commission_due(target.creditor_id)) == 0
        assert held(accounts.collected(target.creditor_id)) == -175
        assert Split.objects.get().uncovered == 0
        assert kept() == []

    def test_a_quality_part_is_released_only_when_it_is_covered(self) -> None:
        agency = collector()
        target = placed(agency)
        pay(target, 10_000)
        assert prepare(RESERVE_DAYS + 1) == {}
        receive(target.creditor, 2_500)
        assert prepare(RESERVE_DAYS + 1) == {str(agency.pk): 2_375}

    def test_the_same_money_is_booked_once(self) -> None:
        target = placed(collector())
        receive(target.creditor, 500)
        receive(target.creditor, 500)
        assert held(accounts.BANK) == 500
        with pytest.raises(refusals.ReceiptDiffers):
            receive(target.creditor, 501)
        with pytest.raises(refusals.ReceiptDiffers):
            receive(None, 500)

    @pytest.mark.parametrize("amount", [0, -1, 10**16])
    def test_a_broken_amount_is_refused(self, amount: int) -> None:
        with pytest.raises(refusals.BadAmount):
            receive(None, amount)

    def test_money_without_a_reference_or_from_no_creditor_is_refused(self) -> None:
        with pytest.raises(refusals.ReferenceMissing):
            receive(None, 5, "  ")
        with pytest.raises(refusals.NoSuchSender):
            receive(collector(), 5)

    def test_only_the_operator_books_it(self) -> None:
        for role in (Role.CREDITOR, Role.COLLECTOR, Role.COMPLIANCE, Role.DEBTOR):
            with pytest.raises(NotPermitted):
                services.receive_money(
                    creditor_id=None,
                    amount=5,
                    currency="CNY",
                    reference="x",
                    actor=actor(role),
                    at=AT,
                )


@pytest.mark.django_db
class TestTwoPersonsForAReceipt:
    def test_what_one_clerk_books_moves_nothing(self) -> None:
        target = placed(collector())
        pay(target, 100_000)
        told(target.creditor, 50_000_000)
        told(None, 50_000_000, "b2")
        assert held(accounts.BANK) == held(accounts.OWN) == 0
        assert held(accounts.collected(target.creditor_id)) == 0
        assert prepare() == {}

    def test_nobody_confirms_what_they_recorded(self) -> None:
        clerk = actor(Role.OPERATOR)
        receipt = told(None, 500, by=clerk)
        with pytest.raises(refusals.ReceiptBySamePerson):
            services.confirm_receipt(receipt_id=receipt.pk, actor=clerk, at=AT)
        assert held(accounts.BANK) == 0

    def test_it_counts_once_when_another_confirms(self) -> None:
        receipt = told(None, 500)
        services.confirm_receipt(receipt_id=receipt.pk, actor=actor(Role.OPERATOR), at=AT)
        with pytest.raises(refusals.NoSuchReceipt):
            services.confirm_receipt(receipt_id=receipt.pk, actor=actor(Role.OPERATOR), at=AT)
        assert held(accounts.BANK) == 500

    def test_a_mistake_is_dropped_and_its_reference_is_free_again(self) -> None:
        receipt = told(None, 500)
        services.drop_receipt(receipt_id=receipt.pk, actor=actor(Role.OPERATOR), at=AT)
        receive(None, 50)
        assert held(accounts.BANK) == 50
        with pytest.raises(refusals.NoSuchReceipt):
            services.drop_receipt(
                receipt_id=Receipt.objects.get().pk, actor=actor(Role.OPERATOR), at=AT
            )

    def test_who_recorded_it_approves_no_payout_of_it(self) -> None:
        clerk, other = actor(Role.OPERATOR), actor(Role.OPERATOR)
        target = placed(collector())
        pay(target, 10_000)
        receipt = told(target.creditor, 5_000, by=clerk)
        services.confirm_receipt(receipt_id=receipt.pk, actor=other, at=AT)
        made = services.prepare_payouts(actor=other, at=AT)
        (back,) = [each for each in made if each.organisation_id == target.creditor_id]
        with pytest.raises(refusals.NotApart):
            services.approve_payout(payout_id=back.pk, actor=clerk, at=AT)
        services.approve_payout(payout_id=back.pk, actor=actor(Role.OPERATOR), at=AT)

    @pytest.mark.parametrize("by", ["", "operator:1"])
    def test_the_database_knows_no_receipt_of_one_person(self, by: str) -> None:
        receipt = told(None, 500)
        Receipt.objects.update(recorded_by="operator:1")
        with pytest.raises(IntegrityError, match="settlement_receipt_two"), transaction.atomic():
            Receipt.objects.filter(pk=receipt.pk).update(confirmed_by=by, confirmed_at=AT)


@pytest.mark.django_db
class TestUndoneAfterPayout:
    def paid_out(self) -> tuple[Claim, Organisation, Payment]:
        agency = collector()
        target = placed(agency)
        payment = pay(target, 40_000, source="cashier")
        pay_out()
        return target, agency, payment

    def test_others_money_is_never_lent(self) -> None:
        _target, _agency, payment = self.paid_out()
        pay(claim(), 90_000, "other", source="cashier")
        services.prepare_payouts(actor=actor(Role.OPERATOR), at=AT)
        with pytest.raises(refusals.OwnMoneyShort, match=r"376\.00"):
            services.reverse_payment(payment_id=payment.pk, reason="x", actor=JOB, at=AT)

    def test_own_money_is_lent_and_comes_back_from_the_next_payouts(self) -> None:
        target, agency, payment = self.paid_out()
        receive(None, 38_000)
        services.reverse_payment(payment_id=payment.pk, reason="x", actor=JOB, at=AT)
        assert held(accounts.clawback(accounts.payable(agency.pk))) == 7_600
        assert held(accounts.OWN) == -(38_000 - 7_600 - 30_000)
        assert kept() == []
        pay(target, 40_000, "again", source="cashier")
        assert prepare() == {}
        assert held(accounts.OWN) == -38_000
        assert kept() == []
        assert_books(target)


@pytest.mark.django_db(transaction=True)
class TestInTheDatabase:
    def test_commission_cannot_become_payable_before_it_is_covered(self) -> None:
        agency = collector()
        target = placed(agency)
        pay(target, 10_000)
        due = accounts.commission_due(target.creditor_id)
        with pytest.raises(IntegrityError, match="differ"):
            post_raw(due, accounts.payable(agency.pk))

    def test_the_own_money_cannot_be_overdrawn(self) -> None:
        target = claim()
        pay(target, 10_000, source="cashier")
        with pytest.raises(IntegrityError, match="own money"):
            post_raw(accounts.OWN, accounts.collected(target.creditor_id))

    def test_verify_finds_what_was_broken_on_purpose(self) -> None:
        agency = collector()
        target = placed(agency)
        pay(target, 10_000)
        assert kept() == []
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_account DISABLE TRIGGER paired")
        post_raw(accounts.uncovered(target.creditor_id), accounts.payable(agency.pk))
        post_raw(accounts.OWN, accounts.collected(target.creditor_id))
        broken = {name for name in CHECKS if found(name, at=AT)}
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_account ENABLE TRIGGER paired")
        assert broken == set(CHECKS)


def post_raw(debit: str, credit: str) -> None:
    post(
        debit_path=debit,
        credit_path=credit,
        amount=100,
        currency="CNY",
        kind="test",
        subject="test:1",
        at=AT,
    )


acts = st.lists(
    st.tuples(
        st.sampled_from(["here", "direct", "cover", "own", "payout", "reverse", "forfeit"]),
        st.integers(0, 2),
        st.integers(1, 30_000),
    ),
    max_size=14,
)


class TestAnySequence(TestCase):
    @settings(max_examples=30, deadline=None)
    @given(acts)
    def test_no_creditors_money_is_ever_used_for_another(
        self, history: list[tuple[str, int, int]]
    ) -> None:
        agency = collector()
        claims = [placed(agency, 500_000) for _n in range(3)]
        purse = Purse(claims, agency, actor(Role.OPERATOR), actor(Role.OPERATOR))
        for number, (act, which, amount) in enumerate(history):
            purse.do(act, claims[which], amount, f"s{number}")
            for target in claims:
                assert_books(target)
                purse.check(target)
            assert kept() == []
            connection.check_constraints()


class Purse:
    """What each creditor brought here, and what left in its name; told apart from the books."""

    def __init__(self, claims: list[Claim], agency: Organisation, one: Actor, two: Actor) -> None:
        self.claims, self.agency, self.one, self.two = claims, agency, one, two

    def do(self, act: str, target: Claim, amount: int, reference: str) -> None:
        match act:
            case "here" | "direct":
                source = "cashier" if act == "here" else "creditor"
                pay(target, amount, reference, source=source)
            case "cover":
                receive(target.creditor, amount, reference)
            case "own":
                receive(None, amount, reference)
            case "payout":
                pay_out()
            case "forfeit":
                order = Split.objects.filter(payment__claim=target).first()
                if order and order.mandate_id:
                    services.forfeit_reserves(mandate_id=order.mandate_id, actor=JOB, at=AT)
            case "reverse":
                self.reverse(target)

    def reverse(self, target: Claim) -> None:
        payment = Payment.objects.filter(claim=target, state="posted").first()
        if payment is None:
            return
        try:
            services.reverse_payment(payment_id=payment.pk, reason="x", actor=JOB, at=AT)
        except (refusals.OwnMoneyShort, refusals.NoCash):
            return

    def check(self, target: Claim) -> None:
        """What is in a creditor's name is what it brought, less what went out for it."""
        creditor = target.creditor_id
        posted = Payment.objects.filter(claim=target, source="cashier", state="posted")
        came = total(posted) + total(
            Receipt.objects.filter(creditor=creditor, confirmed_at__isnull=False)
        )
        went = total(Payout.objects.filter(organisation=creditor, state="paid"))
        borne = sum(
            each.commission + each.platform_fee + each.reserve - back(each) - each.uncovered
            for each in Split.objects.filter(payment__claim=target, payment__state="posted")
        )
        lent = held(f"creditor:{creditor}:clawback")
        assert -held(accounts.collected(creditor)) == came + lent - went - borne


def back(split: Split) -> int:
    if split.reserve_settled_at is None or split.reserve_paid is None:
        return 0
    return split.reserve - split.reserve_paid


def total(rows: QuerySet[Any]) -> int:
    return sum(rows.values_list("amount", flat=True))


@pytest.mark.django_db
def test_a_creditor_reads_what_is_kept_of_its_money_and_what_goes_out() -> None:
    agency = collector()
    target = placed(agency)
    pay(target, 100_000, "own", source="creditor")
    other = claim(principal=10_000, creditor=target.creditor)
    pay(other, 10_000, "here", source="cashier")
    due = held(accounts.commission_due(target.creditor_id))
    who = actor(Role.CREDITOR, target.creditor)
    (purse,) = purses(actor=who, at=AT)
    assert (purse.amount, purse.commission, purse.goes) == (10_000, min(due, 10_000), 0)
    page = signed_in(Role.CREDITOR, target.creditor).get("/payouts/mine/").content.decode()
    assert "Nothing of it goes out" in page
    assert "100.00 of it is kept for commission" in page
    pay(claim(principal=90_000, creditor=target.creditor), 90_000, "more", source="cashier")
    (purse,) = purses(actor=who, at=AT)
    assert (purse.commission, purse.goes) == (due, 100_000 - due)
    assert purse.goes == prepare()[str(target.creditor_id)]
