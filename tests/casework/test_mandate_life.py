"""What lengthens a mandate and what ends it: the debtor's acts, the service, the next hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from qinghe.casework.models import Promise
from qinghe.casework.queries.activity import activity
from qinghe.casework.queries.history import history_for, past_of
from qinghe.casework.services import (
    add_record,
    cancel_promise,
    check_service,
    decide_plan,
    make_promise,
    propose_plan,
)
from qinghe.casework.services.promises import decide_promise
from qinghe.casework.terms import PromiseState
from qinghe.claims.days import day_of, end_of
from qinghe.claims.services import lift_hold, place_hold
from qinghe.claims.terms import HoldKind
from qinghe.contact.models import Attempt
from qinghe.contact.services import request_contact
from qinghe.contact.terms import AttemptState
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role, system
from qinghe.market.contracts.figures import Levels
from qinghe.market.extending import LONGEST, latest
from qinghe.market.models import Extension, Mandate
from qinghe.market.queries.extensions import extensions
from qinghe.market.queries.returned import back
from qinghe.market.queries.service import reports
from qinghe.market.refusals import BadReturnReason, NoMandate, NotBack, NotLive
from qinghe.market.relisting import suggested
from qinghe.market.services import extend_for, give_back, recall, relist, report, take
from qinghe.market.serving import Fate, Service, judge
from qinghe.market.terms import ExtensionKind, MandateState, ReturnReason
from qinghe.settlement.services import post_payment, reverse_payment
from tests import factories
from tests.factories import AT
from tests.market.conftest import Market, licensed, market

__all__ = ["market"]
DAY = timedelta(days=1)
JOB = system("test")
SHORT = 20


@pytest.fixture
def mandate(market: Market) -> Mandate:
    """Return a mandate of twenty days, signed by both."""
    return take(listing_id=market.list(period_days=SHORT).pk, actor=market.collector, at=AT)


def fresh(mandate: Mandate) -> Mandate:
    return Mandate.objects.select_related("claim").get(pk=mandate.pk)


def promise(mandate: Mandate, actor: Actor, at: datetime, days: int) -> Promise:
    due = day_of(at) + days * DAY
    return make_promise(claim_id=mandate.claim_id, amount=100, due_on=due, actor=actor, at=at)


def talked(mandate: Mandate, at: datetime, outcome: str = "talk") -> None:
    """Keep that the platform put a call through."""
    Attempt.objects.create(
        person=mandate.claim.debtor, claim=mandate.claim, mandate=mandate,
        collector=mandate.collector, creditor_group="g", channel="voice", mode="manual",
        purpose="collect", template="t", at=at, sent_at=at, state="done", pack="p",
        outcome=outcome, outcome_at=at,
    )  # fmt: skip


@pytest.mark.django_db
class TestExtension:
    def test_a_promise_of_the_debtor_carries_the_period_past_its_day(
        self, mandate: Mandate
    ) -> None:
        debtor = factories.debtor_of(mandate.claim)
        promise(mandate, debtor, AT + DAY, 18)
        after = fresh(mandate)
        assert after.ends_at == end_of(day_of(AT + DAY) + (18 + 7) * DAY)
        assert after.agreed_ends_at == mandate.ends_at
        (row,) = extensions([mandate.pk])[mandate.pk]
        assert (row.kind, row.until) == ("promise", after.ends_at)
        assert Entry.objects.get(kind="market.period-moved").facts["cause"] == "promise"

    def test_a_near_promise_changes_nothing(self, mandate: Mandate) -> None:
        promise(mandate, factories.debtor_of(mandate.claim), AT, 5)
        assert fresh(mandate).ends_at == mandate.ends_at
        assert not Extension.objects.exists()

    def test_a_promise_that_nobody_was_called_for_lengthens_nothing(
        self, mandate: Mandate, market: Market
    ) -> None:
        # "The debtor called" is a word that anybody can write.
        add_record(
            claim_id=mandate.claim_id,
            action="inbound",
            result="promise",
            actor=market.collector,
            at=AT,
        )
        made = promise(mandate, market.collector, AT, 18)
        assert fresh(mandate).ends_at == mandate.ends_at
        cancel_promise(promise_id=made.pk, actor=market.collector, at=AT)
        talked(mandate, AT, outcome="no_answer")
        made = promise(mandate, market.collector, AT + DAY, 18)
        assert fresh(mandate).ends_at == mandate.ends_at
        cancel_promise(promise_id=made.pk, actor=market.collector, at=AT + DAY)
        talked(mandate, AT, outcome="talk")
        promise(mandate, market.collector, AT + DAY, 18)
        assert fresh(mandate).ends_at > mandate.ends_at

    def test_a_promise_taken_back_is_no_work(self, mandate: Mandate, market: Market) -> None:
        made = promise(mandate, market.collector, AT, 18)
        assert activity([fresh(mandate)], AT)[mandate.pk].last_at == AT
        cancel_promise(promise_id=made.pk, actor=market.collector, at=AT)
        assert activity([fresh(mandate)], AT)[mandate.pk].last_at is None

    def test_what_the_collector_notes_counts_once(self, mandate: Mandate, market: Market) -> None:
        talked(mandate, AT)
        talked(mandate, AT + 10 * DAY)
        made = promise(mandate, market.collector, AT, 18)
        first = fresh(mandate).ends_at
        assert first > mandate.ends_at
        cancel_promise(promise_id=made.pk, actor=market.collector, at=AT)
        # Taken back, it takes its days with it.
        assert fresh(mandate).ends_at == mandate.ends_at
        assert extensions([mandate.pk]) == {}
        promise(mandate, market.collector, AT + 10 * DAY, 20)
        assert fresh(mandate).ends_at == mandate.ends_at
        # The debtor's own word counts all the same.
        again = Promise.objects.get(state="open")
        cancel_promise(promise_id=again.pk, actor=market.collector, at=AT + 10 * DAY)
        promise(mandate, factories.debtor_of(mandate.claim), AT + 10 * DAY, 20)
        assert fresh(mandate).ends_at > first

    def test_a_promise_that_was_not_kept_takes_its_days_back(self, mandate: Mandate) -> None:
        made = promise(mandate, factories.debtor_of(mandate.claim), AT, 18)
        assert fresh(mandate).ends_at > mandate.ends_at
        decide_promise(made, PromiseState.BROKEN, JOB, AT + 19 * DAY)
        assert fresh(mandate).ends_at == mandate.ends_at

    def test_a_promise_that_was_kept_keeps_its_days(self, mandate: Mandate) -> None:
        made = promise(mandate, factories.debtor_of(mandate.claim), AT, 18)
        longer = fresh(mandate).ends_at
        decide_promise(made, PromiseState.KEPT, JOB, AT + 17 * DAY)
        assert fresh(mandate).ends_at == longer > mandate.ends_at

    def test_an_agreed_plan_carries_it_to_the_bound_and_no_further(
        self, mandate: Mandate, market: Market
    ) -> None:
        plan = propose_plan(
            claim_id=mandate.claim_id,
            monthly=10_000,
            actor=factories.debtor_of(mandate.claim),
            at=AT,
        )
        assert fresh(mandate).ends_at == mandate.ends_at
        decide_plan(plan_id=plan.pk, agreed=True, actor=market.creditor, at=AT)
        # Ten months were agreed; a mandate of twenty days gets twenty more at most.
        assert fresh(mandate).ends_at == mandate.ends_at + SHORT * DAY

    def test_a_payment_carries_it_and_its_reversal_takes_the_days_back(
        self, mandate: Mandate
    ) -> None:
        at = AT + 10 * DAY
        payment = post_payment(
            claim_id=mandate.claim_id,
            amount=100,
            currency="CNY",
            paid_on=day_of(at),
            source="cashier",
            reference="1",
            actor=JOB,
            at=at,
        )
        longer = min(end_of(day_of(at) + 30 * DAY), latest(mandate.starts_at, mandate.ends_at))
        assert fresh(mandate).ends_at == longer
        reverse_payment(payment_id=payment.pk, reason="bounced", actor=JOB, at=at + DAY)
        assert fresh(mandate).ends_at == mandate.ends_at
        assert extensions([mandate.pk]) == {}

    def test_attempts_never_lengthen_it(self, mandate: Mandate, market: Market) -> None:
        for hour in range(3):
            request_contact(
                claim_id=mandate.claim_id,
                channel="sms",
                template="reminder",
                actor=market.collector,
                at=AT + 19 * DAY + hour * timedelta(hours=1),
            )
        assert fresh(mandate).ends_at == mandate.ends_at

    def test_the_database_keeps_the_bound(self, mandate: Mandate) -> None:
        for end in (LONGEST + 1, -1):
            with pytest.raises(IntegrityError, match="end_bounded"), transaction.atomic():
                Mandate.objects.filter(pk=mandate.pk).update(ends_at=mandate.ends_at + end * DAY)

    def test_the_same_thing_counts_once(self, mandate: Mandate) -> None:
        source, kind = uuid4(), ExtensionKind.PROMISE
        given_ = {"claim_id": mandate.claim_id, "kind": kind, "source": source}
        day = day_of(AT) + 15 * DAY
        assert extend_for(**given_, day=day, actor=JOB, at=AT)  # type: ignore[arg-type]
        later = day + 10 * DAY
        assert extend_for(**given_, day=later, actor=JOB, at=AT) is None  # type: ignore[arg-type]


@pytest.mark.django_db
class TestService:
    def test_left_lying_it_is_warned_about_and_then_goes_back(
        self, mandate: Mandate, market: Market
    ) -> None:
        assert check_service(at=AT + 2 * DAY) == {}
        assert check_service(at=AT + 3 * DAY) == {"warned": 1}
        warned = fresh(mandate)
        assert (warned.warned_for, warned.state) == ("first_action", "active")
        assert Entry.objects.filter(kind="market.service-warned").count() == 1
        assert check_service(at=AT + 4 * DAY) == {}
        assert check_service(at=AT + 5 * DAY) == {"returned": 1}
        over = fresh(mandate)
        assert (over.state, over.return_code) == ("returned", "first_action")
        assert over.claim.state == "ready"
        assert over.claim.hand == mandate.hand + 1

    def test_work_after_the_warning_keeps_it(self, mandate: Mandate, market: Market) -> None:
        check_service(at=AT + 3 * DAY)
        request_contact(
            claim_id=mandate.claim_id,
            channel="sms",
            template="reminder",
            actor=market.collector,
            at=AT + 4 * DAY,
        )
        assert check_service(at=AT + 5 * DAY) == {"fine": 1}
        kept = fresh(mandate)
        assert (kept.warned_for, kept.warned_at) == ("", None)
        assert kept.check_at == AT + (4 + 14) * DAY
        # And idle it is warned of again.
        assert check_service(at=AT + 18 * DAY) == {"warned": 1}

    def test_notes_alone_are_no_work(self, mandate: Mandate, market: Market) -> None:
        check_service(at=AT + 3 * DAY)
        add_record(
            claim_id=mandate.claim_id,
            action="call",
            result="not_reached",
            actor=market.collector,
            at=AT + 4 * DAY,
        )
        assert activity([fresh(mandate)], AT + 4 * DAY)[mandate.pk].first_at is None
        assert check_service(at=AT + 5 * DAY) == {"returned": 1}

    def test_a_budget_that_was_used_up_counts_once(self, mandate: Mandate) -> None:
        given_ = {"person": mandate.claim.debtor, "claim": mandate.claim, "mandate": mandate}
        refused = {"state": AttemptState.REFUSED, "rules": ["CN-FRQ-01"], "creditor_group": ""}
        told = {"channel": "voice", "mode": "live", "purpose": "collection", "template": ""}
        for days in (1, 5):
            Attempt.objects.create(**given_, **refused, **told, at=AT + days * DAY, pack="x")
        done = activity([fresh(mandate)], AT + 6 * DAY)[mandate.pk]
        assert (done.first_at, done.last_at) == (AT + DAY, AT + DAY)

    def test_what_the_debtor_does_counts(self, mandate: Mandate) -> None:
        debtor = factories.debtor_of(mandate.claim)
        propose_plan(claim_id=mandate.claim_id, monthly=10_000, actor=debtor, at=AT + DAY)
        assert activity([fresh(mandate)], AT + DAY)[mandate.pk].first_at == AT + DAY

    def test_what_the_gate_refused_is_no_work(self, mandate: Mandate, market: Market) -> None:
        night = AT + timedelta(hours=14)
        asked = request_contact(
            claim_id=mandate.claim_id,
            channel="sms",
            template="reminder",
            actor=market.collector,
            at=night,
        )
        assert asked.state == AttemptState.REFUSED
        assert activity([fresh(mandate)], night)[mandate.pk].first_at is None

    def test_while_a_hold_stands_no_day_counts(self, mandate: Mandate) -> None:
        cause = "dispute:1"
        place_hold(
            person_id=mandate.claim.debtor_id,
            claim_id=mandate.claim_id,
            kind=HoldKind.DISPUTE,
            cause=cause,
            ends_at=None,
            actor=JOB,
            at=AT + DAY,
        )
        assert check_service(at=AT + 9 * DAY) == {"paused": 1}
        lift_hold(cause=cause, actor=JOB, at=AT + 10 * DAY)
        assert check_service(at=AT + 12 * DAY) == {"fine": 1}
        assert check_service(at=AT + 13 * DAY) == {"warned": 1}

    def test_a_missing_report_returns_it_too(self, market: Market) -> None:
        listing = market.list(levels=Levels(first_action_days=30, report_days=5))
        mandate = take(listing_id=listing.pk, actor=market.collector, at=AT)
        Mandate.objects.filter(pk=mandate.pk).update(check_at=AT + 5 * DAY)
        check_service(at=AT + 5 * DAY)
        assert fresh(mandate).warned_for == "report"
        report(
            mandate_id=mandate.pk,
            outlook="open",
            next_step="contact",
            actor=market.collector,
            at=AT + 6 * DAY,
        )
        assert check_service(at=AT + 7 * DAY) == {"fine": 1}
        assert [row.outlook for row in reports(mandate_id=mandate.pk, actor=market.creditor)] == [
            "open"
        ]

    def test_nobody_reports_on_what_is_over(self, mandate: Mandate, market: Market) -> None:
        recall(mandate_id=mandate.pk, reason="x", actor=market.creditor, at=AT)
        with pytest.raises(NotLive):
            report(
                mandate_id=mandate.pk,
                outlook="open",
                next_step="contact",
                actor=market.collector,
                at=AT,
            )


moments = st.integers(0, 100).map(lambda days: AT + days * DAY)


@given(
    st.builds(Levels, *(st.integers(1, 60) for _ in range(3))),
    moments,
    st.none() | moments,
    st.none() | moments,
    st.booleans(),
)
def test_nobody_loses_an_order_without_a_warning(
    levels: Levels,
    at: datetime,
    done: datetime | None,
    resumed: datetime | None,
    paused: bool,
) -> None:
    service = Service(AT, done, done, None, paused, resumed)
    verdict = judge(levels, service, at)
    assert verdict.fate != Fate.RETURNED
    assert verdict.check_at > at
    if verdict.fate == Fate.WARNED:
        warned = Service(AT, done, done, None, paused, resumed, at, verdict.code)
        early = judge(levels, warned, verdict.check_at - timedelta(seconds=1))
        assert early.fate == Fate.WARNED
        late = judge(levels, warned, max(verdict.check_at, at + 2 * DAY))
        assert late.fate in (Fate.RETURNED, Fate.WARNED)


@pytest.mark.django_db
class TestNextHand:
    def test_the_creditor_reads_why_and_offers_it_again_in_one_press(
        self, mandate: Mandate, market: Market
    ) -> None:
        with pytest.raises(NotBack):
            relist(claim_id=mandate.claim_id, actor=market.creditor, at=AT)
        give_back(
            mandate_id=mandate.pk,
            reason="three letters, no answer",
            code=ReturnReason.NO_CONTACT,
            actor=market.collector,
            at=AT + DAY,
        )
        (row,) = back(actor=market.creditor)
        assert (row.return_code, row.hand) == ("no_contact", 2)
        assert row.suggested_rate == suggested(mandate.commission_rate) > mandate.commission_rate
        listing = relist(claim_id=mandate.claim_id, actor=market.creditor, at=AT + DAY)
        assert (listing.hand, listing.commission_rate) == (2, row.suggested_rate)
        assert listing.period_days == SHORT
        assert back(actor=market.creditor) == []
        assert back(actor=factories.actor(Role.CREDITOR, factories.organisation())) == []

    def test_a_reason_stands_on_the_list_and_is_not_the_platforms_own(
        self, mandate: Mandate, market: Market
    ) -> None:
        for code in ("whim", ReturnReason.IDLE):
            with pytest.raises(BadReturnReason):
                give_back(
                    mandate_id=mandate.pk, reason="", code=code, actor=market.collector, at=AT
                )
        assert fresh(mandate).state == MandateState.ACTIVE

    def test_the_next_hand_sees_what_was_done_and_not_by_whom(
        self, mandate: Mandate, market: Market
    ) -> None:
        request_contact(
            claim_id=mandate.claim_id,
            channel="sms",
            template="reminder",
            actor=market.collector,
            at=AT,
        )
        promise(mandate, market.collector, AT, 3)
        give_back(mandate_id=mandate.pk, reason="x", actor=market.collector, at=AT + DAY)
        listing = relist(claim_id=mandate.claim_id, actor=market.creditor, at=AT + DAY)
        before = past_of(mandate.claim_id)
        assert (before.hands, before.promised, before.return_codes) == (1, 1, ("other",))
        second = licensed()
        with pytest.raises(NoMandate):
            history_for(claim_id=mandate.claim_id, actor=second, at=AT + DAY)
        take(listing_id=listing.pk, actor=second, at=AT + DAY)
        seen = history_for(claim_id=mandate.claim_id, actor=second, at=AT + DAY)
        (hand,) = seen.hands
        assert (hand.row.hand, hand.row.state, hand.attempts + hand.refused) == (1, "returned", 1)
        assert [line.amount for line in hand.promises] == [100]
        for word in (str(market.collector.org_id), str(market.collector.user_id)):
            assert word not in repr(seen)

    def test_hands_count_up(self, mandate: Mandate, market: Market) -> None:
        for number in (2, 3):
            live = Mandate.objects.get(claim=mandate.claim_id, state="active")
            recall(mandate_id=live.pk, reason="slow", actor=market.creditor, at=AT)
            listing = relist(claim_id=mandate.claim_id, actor=market.creditor, at=AT)
            assert listing.hand == number
            take(listing_id=listing.pk, actor=market.collector, at=AT)


def test_the_suggestion_rises_and_stops() -> None:
    assert suggested(Decimal("0.12")) == Decimal("0.15")
    assert suggested(Decimal("0.125")) == Decimal("0.16")
    assert suggested(Decimal("0.4")) == Decimal("0.45")
    assert suggested(Decimal("0.48")) == Decimal("0.48")
