"""A complaint is about the hand that did it; its cost waits, and comes back after an appeal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qinghe.claims.models import Claim
from qinghe.kernel.actor import Role
from qinghe.ledger import queries as books
from qinghe.market.models import Mandate
from qinghe.parties.models import Organisation
from qinghe.quality import refusals
from qinghe.quality.models import Complaint
from qinghe.quality.services import (
    appeal,
    decide_appeal,
    decide_complaint,
    open_complaint,
    withdraw_complaint,
)
from qinghe.quality.terms import APPEAL_DAYS
from qinghe.reporting.contraventions import found
from qinghe.settlement import accounts, services
from qinghe.settlement.models import Split, Stay
from qinghe.settlement.queries.quality import quality_of
from qinghe.settlement.terms import RESERVE_DAYS
from tests.factories import AT, actor, claim, collector, debtor_of, mandate
from tests.quality.market import JUDGE, SECOND, attempt
from tests.settlement.test_covering import kept, prepare
from tests.settlement.test_payments import JOB, assert_books, pay

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def first() -> Organisation:
    return collector()


@pytest.fixture
def second() -> Organisation:
    return collector()


@pytest.fixture
def target(first: Organisation, second: Organisation) -> Claim:
    """Return a claim that one worked until ten days ago, and another works now."""
    made = claim(principal=200_000)
    before = {"state": "recalled", "starts_at": AT - 60 * DAY, "closed_at": AT - 10 * DAY}
    mandate(made, first, **before)
    mandate(made, second, starts_at=AT - 9 * DAY)
    return made


def hand(target: Claim, agency: Organisation) -> Mandate:
    return Mandate.objects.get(claim=target, collector=agency)


def complain(target: Claim, **fields: Any) -> Complaint:
    return open_complaint(
        kind="rude",
        statement="",
        claim_id=target.pk,
        person_id=None,
        actor=debtor_of(target),
        at=AT,
        **fields,
    )


def decide(complaint: Complaint, *, upheld: bool = True, **fields: Any) -> Complaint:
    given = {"text": "We listened.", "actor": JUDGE, "at": AT, **fields}
    return decide_complaint(complaint_id=complaint.pk, upheld=upheld, **given)


class TestWhoseAct:
    def test_what_the_hand_before_did_is_not_the_hand_of_today(
        self, target: Claim, first: Organisation, second: Organisation
    ) -> None:
        complaint = complain(target, happened_at=AT - 20 * DAY)
        assert complaint.collector_id == first.pk
        decide(complaint)
        assert hand(target, second).state == "active"

    def test_who_goes_on_after_the_end_answers_for_it(
        self, target: Claim, first: Organisation
    ) -> None:
        between = AT - 10 * DAY + timedelta(hours=2)
        assert complain(target, happened_at=between).collector_id == first.pk

    def test_before_any_order_it_was_no_collector(self, target: Claim) -> None:
        complaint = complain(target, happened_at=AT - 99 * DAY)
        assert complaint.collector_id is None
        decide(complaint)
        assert not Mandate.objects.filter(state="suspended").exists()

    def test_of_several_hands_an_officer_says_whose_act_it_was(
        self, target: Claim, first: Organisation, second: Organisation
    ) -> None:
        complaint = complain(target)
        assert complaint.collector_id is None
        with pytest.raises(refusals.HandUnknown):
            decide(complaint)
        with pytest.raises(refusals.NotAHand):
            decide(complaint, mandate_id=mandate(claim(), collector()).pk)
        decide(complaint, mandate_id=hand(target, first).pk)
        assert Complaint.objects.get().collector_id == first.pk
        assert hand(target, second).state == "active"

    def test_of_several_hands_it_is_the_only_one_that_just_reached_the_debtor(
        self, target: Claim, second: Organisation
    ) -> None:
        attempt(hand(target, second), AT - 2 * DAY).save()
        complaint = complain(target)
        assert complaint.collector_id == second.pk
        decide(complaint)
        assert hand(target, second).state == "suspended"

    def test_two_who_reached_the_debtor_or_nobody_leave_it_to_an_officer(
        self, target: Claim, first: Organisation, second: Organisation
    ) -> None:
        attempt(hand(target, second), AT - 4 * DAY).save()
        assert complain(target).collector_id is None
        refused = {"state": "refused", "rules": ["PLT-IN-03"]}
        attempt(hand(target, second), AT - 2 * DAY, **refused).save()
        assert complain(target).collector_id is None
        for each in (first, second):
            attempt(hand(target, each), AT - 2 * DAY).save()
        assert complain(target).collector_id is None

    def test_the_officer_may_say_that_the_records_mislead(
        self, target: Claim, first: Organisation, second: Organisation
    ) -> None:
        attempt(hand(target, second), AT - DAY).save()
        complaint = complain(target)
        decide(complaint, mandate_id=hand(target, first).pk)
        assert Complaint.objects.get().collector_id == first.pk
        assert hand(target, second).state == "active"

    def test_or_that_it_was_none_of_them(self, target: Claim, second: Organisation) -> None:
        decide(complain(target), nobodys=True)
        assert Complaint.objects.get().collector_id is None
        assert hand(target, second).state == "active"

    def test_an_unjustified_one_needs_nobody(self, target: Claim) -> None:
        assert decide(complain(target), upheld=False).state == "dismissed"

    def test_nothing_happens_tomorrow(self, target: Claim) -> None:
        with pytest.raises(refusals.HappenedLater):
            complain(target, happened_at=AT + DAY)


class TestQualityPart:
    @pytest.fixture
    def worked(self, first: Organisation) -> Claim:
        made = claim(principal=200_000)
        mandate(made, first)
        pay(made, 100_000, source="cashier")
        return made

    def test_it_waits_while_a_complaint_is_open(self, worked: Claim, first: Organisation) -> None:
        complaint = complain(worked)
        assert prepare(RESERVE_DAYS)[str(first.pk)] == 19_000
        decide(complaint, upheld=False, at=AT + RESERVE_DAYS * DAY)
        assert prepare(RESERVE_DAYS) == {str(first.pk): 4_750}

    def test_every_hand_waits_until_it_is_known_whose_act_it_was(
        self, target: Claim, first: Organisation, second: Organisation
    ) -> None:
        complaint = complain(target)
        assert Stay.objects.filter(until=None).count() == 2
        decide(complaint, mandate_id=hand(target, first).pk)
        waits = Stay.objects.filter(until__gt=AT)
        assert [each.mandate for each in waits] == [hand(target, first)]

    def test_a_complaint_taken_back_holds_nothing(self, worked: Claim, first: Organisation) -> None:
        complaint = complain(worked)
        by = debtor_of(worked)
        withdraw_complaint(complaint_id=complaint.pk, actor=by, at=AT)
        assert prepare(RESERVE_DAYS)[str(first.pk)] == 19_000 + 4_750

    def test_what_comes_after_waits_until_nobody_can_appeal(
        self, worked: Claim, first: Organisation
    ) -> None:
        decide(complain(worked))
        assert prepare()[str(first.pk)] == 19_000
        Split.objects.update(reserve_settled_at=None)  # as if it had come in since
        assert str(first.pk) not in prepare(APPEAL_DAYS - 1)

    def test_a_granted_appeal_gives_it_back_from_the_creditor(
        self, worked: Claim, first: Organisation
    ) -> None:
        complaint = decide(complain(worked))
        # The creditor got it, and took it away.
        assert prepare()[str(worked.creditor_id)] == 75_000 + 4_750
        self.win(complaint, first)
        assert books.balance(path=accounts.reserve(first.pk), currency="CNY") == 0
        due = accounts.commission_due(worked.creditor_id)
        assert books.balance(path=due, currency="CNY") == 4_750
        assert kept() == []
        assert prepare(RESERVE_DAYS) == {}
        pay(worked, 10_000, "r2", source="cashier")
        # Of the 7,500 that are the creditor's, it pays what it owes.
        assert prepare(RESERVE_DAYS) == {
            str(worked.creditor_id): 7_500 - 4_750,
            str(first.pk): 1_900 + 475 + 4_750,
        }
        assert kept() == []
        assert_books(worked)

    def test_a_won_appeal_weighs_nothing_any_more(self, worked: Claim, first: Organisation) -> None:
        complaint = decide(complain(worked))
        pk = complaint.mandate_id
        assert pk
        assert quality_of({pk}, AT)[pk]["complaints"].value == 0
        self.win(complaint, first)
        assert quality_of({pk}, AT)[pk]["complaints"].value == 1

    def test_another_justified_complaint_keeps_it(self, worked: Claim, first: Organisation) -> None:
        complaint = decide(complain(worked))
        decide(complain(worked))
        self.win(complaint, first)
        assert books.balance(path=accounts.uncovered(worked.creditor_id), currency="CNY") == 0

    def test_a_payment_undone_meanwhile_is_not_given_back(
        self, worked: Claim, first: Organisation
    ) -> None:
        complaint = decide(complain(worked))
        payment = Split.objects.get().payment_id
        services.reverse_payment(payment_id=payment, reason="x", actor=JOB, at=AT)
        self.win(complaint, first)
        assert kept() == []
        assert_books(worked)

    def test_undoing_it_after_the_appeal_leaves_nothing(
        self, worked: Claim, first: Organisation
    ) -> None:
        self.win(decide(complain(worked)), first)
        payment = Split.objects.get().payment_id
        services.reverse_payment(payment_id=payment, reason="x", actor=JOB, at=AT)
        assert books.balance(path=accounts.collected(worked.creditor_id), currency="CNY") == 0
        assert kept() == []
        assert_books(worked)

    def test_verify_finds_a_complaint_that_holds_nothing(self, worked: Claim) -> None:
        complain(worked)
        assert found("complaints-hold-the-quality-part", at=AT) == []
        Stay.objects.all().delete()
        assert found("complaints-hold-the-quality-part", at=AT) != []

    def test_verify_finds_a_part_forfeited_for_no_reason_that_stands(
        self, worked: Claim, first: Organisation
    ) -> None:
        law = "forfeited-parts-stay-forfeited-for-a-reason"
        complaint = decide(complain(worked))
        split = Split.objects.get()
        assert split.forfeited_for
        assert found(law, at=AT) == []
        # An appeal that is granted leaves none behind.
        self.win(complaint, first)
        assert found(law, at=AT) == []
        Split.objects.update(forfeited_for=split.forfeited_for)
        assert found(law, at=AT) == [str(split.payment_id)]

    def win(self, complaint: Complaint, agency: Organisation) -> None:
        made = appeal(
            about="complaint",
            target_id=complaint.pk,
            ground="records",
            statement="",
            actor=actor(Role.COLLECTOR, agency),
            at=AT,
        )
        assert Stay.objects.get(cause=f"complaint:{complaint.pk}").until is None
        decide_appeal(appeal_id=made.pk, granted=True, reason="evidence", actor=SECOND, at=AT)
