"""Probation: places grow with what was proven and shrink with what was found; a pause is mild."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.market.models import Capacity, Listing, Mandate, Standing, TakingStop
from qinghe.market.refusals import CapacityBelowLive, NoCapacity, TakingStopped
from qinghe.market.services import publish, publish_many, take
from qinghe.parties.models import Organisation
from qinghe.quality.ladder import BOTTOM, Facts, allowed, ladder
from qinghe.quality.models import Appeal, Complaint, Grading, Recognition
from qinghe.quality.probation import HEARD_AT_LEAST, next_opening, pauses, places, points
from qinghe.quality.queries import pause_of, places_of
from qinghe.quality.refusals import AppealedAlready, NothingToAppeal
from qinghe.quality.services import (
    appeal,
    decide_appeal,
    decide_complaint,
    grade_changed,
    grant_places,
    withdraw_complaint,
)
from qinghe.quality.services.grading import regrade
from qinghe.quality.terms import ANSWER_DAYS
from tests.factories import AT, actor, claim, collector, debtor_of, mandate, organisation
from tests.market.conftest import TERMS, licensed, reachable_claim
from tests.quality.market import JUDGE, SECOND, attempt, complain, complaint, worked
from tests.races import race

LAW = ladder()
TRAINEE = LAW.step("trainee")
DAY = timedelta(days=1)
FACTS = st.builds(
    Facts,
    worked=st.integers(0, 300),
    upheld=st.integers(0, 6),
    grave=st.integers(0, 6),
    certified=st.integers(0, 9),
    proven=st.integers(0, 60),
    lately=st.integers(0, 4),
    idle=st.integers(0, 6),
    heard=st.integers(0, 6),
    recognised=st.sampled_from(["", "", "junior"]),
)


class TestPlaces:
    @given(FACTS, st.integers(1, 50))
    def test_more_proven_accounts_never_close_a_place(self, facts: Facts, more: int) -> None:
        better = replace(facts, proven=facts.proven + more)
        assert places(TRAINEE, better, LAW) >= places(TRAINEE, facts, LAW)

    @given(FACTS, st.integers(1, 3), st.sampled_from(["lately", "idle"]), st.booleans())
    def test_what_was_established_never_opens_one(
        self, facts: Facts, more: int, what: str, grave: bool
    ) -> None:
        worse = replace(facts, **{what: getattr(facts, what) + more})
        if grave and what == "lately":
            worse = replace(worse, lately_grave=worse.lately_grave + more)
        assert places(TRAINEE, worse, LAW) <= places(TRAINEE, facts, LAW)

    @given(FACTS, st.integers(1, 5))
    def test_more_certified_people_never_close_one(self, facts: Facts, more: int) -> None:
        larger = replace(facts, certified=facts.certified + more)
        assert places(TRAINEE, larger, LAW) >= places(TRAINEE, facts, LAW)

    @given(FACTS)
    def test_never_more_than_the_step_and_off_probation_all_of_it(self, facts: Facts) -> None:
        for each in LAW.steps:
            found = places(each, facts, LAW)
            assert 0 <= found <= each.open_cap
            over = LAW.place(each.key) >= LAW.place(LAW.probation.below)
            if over or facts.recognised:
                assert found == each.open_cap

    @given(FACTS)
    def test_what_opens_more_is_the_least_that_does(self, facts: Facts) -> None:
        now, told = places(TRAINEE, facts, LAW), next_opening(TRAINEE, facts, LAW)
        if told is None:
            assert places(TRAINEE, replace(facts, proven=500), LAW) == now
            return
        missing, then = told
        reached = replace(facts, proven=facts.proven + missing)
        assert places(TRAINEE, reached, LAW) == then > now
        almost = replace(facts, proven=facts.proven + missing - 1)
        assert places(TRAINEE, almost, LAW) == now

    def test_the_numbers(self) -> None:
        told = {n: places(TRAINEE, Facts(proven=n), LAW) for n in (0, 1, 2, 4, 7, 12, 25, 40)}
        assert told == {0: 1, 1: 2, 2: 3, 4: 5, 7: 9, 12: 17, 25: 41, 40: 100}
        assert places(TRAINEE, Facts(certified=6, members=6), LAW) == 6
        assert points(Facts(proven=12, lately=2, lately_grave=1, idle=1), LAW) == 12 - 10 - 3 - 1
        assert places(TRAINEE, Facts(lately=1, lately_grave=1), LAW) == 0
        # One order that was forgotten shuts nobody out.
        assert places(TRAINEE, Facts(idle=1), LAW) == 1
        assert places(LAW.step("stopped"), Facts(proven=90), LAW) == 0

    def test_every_number_has_a_reason_and_steps_upwards(self) -> None:
        rule = LAW.probation
        rungs = [more for _least, more in sorted(rule.opened.items())]
        assert rungs == sorted(rungs)
        assert all(rule.why[tongue] and rule.costs_why[tongue] for tongue in ("zh", "en"))


class TestPauses:
    @given(FACTS)
    def test_only_who_would_be_stopped_if_all_were_true_is_paused(self, facts: Facts) -> None:
        if pauses(facts, LAW):
            assert facts.heard >= HEARD_AT_LEAST
            assert allowed(facts, LAW) > BOTTOM
            found = replace(facts, upheld=facts.upheld + facts.heard)
            if not facts.heard_grave:
                assert allowed(found, LAW) == BOTTOM

    def test_one_complaint_pauses_nobody_and_many_accounts_bear_several(self) -> None:
        assert not pauses(Facts(worked=1, heard=1, heard_grave=1), LAW)
        assert pauses(Facts(worked=3, heard=2, heard_grave=2), LAW)
        assert not pauses(Facts(worked=60, heard=2, heard_grave=2), LAW)


def proved(agency: Organisation, n: int, *, days_ago: int = 20) -> list[Mandate]:
    """Return ended mandates of as many debtors, each reached once."""
    Capacity.objects.filter(pk=agency.pk).update(limit=100, granted=100)
    over = {"state": "ended", "starts_at": AT - days_ago * DAY, "closed_at": AT - DAY}
    made = [mandate(claim(), agency, **over) for _ in range(n)]
    for each in made:
        attempt(each, AT - days_ago * DAY).save()
    return made


def opened(agency: Organisation) -> int:
    """Return how many orders a collector may hold, graded now."""
    regrade(agency.pk, AT)
    return Standing.objects.get(collector=agency, ends_at=None).open_cap


@pytest.mark.django_db
class TestProof:
    @pytest.fixture
    def agency(self) -> Organisation:
        return collector()

    def test_a_firm_gets_its_places_graded_and_the_second_order_waits(self) -> None:
        taker = licensed()
        assert taker.org_id is not None
        room = grant_places(collector_id=taker.org_id, limit=50, actor=actor(Role.OPERATOR), at=AT)
        assert (room.limit, room.granted, room.graded) == (1, 50, 1)
        first, second = (offered() for _ in range(2))
        take(listing_id=first.pk, actor=taker, at=AT)
        with pytest.raises(NoCapacity):
            take(listing_id=second.pk, actor=taker, at=AT)
        with pytest.raises(CapacityBelowLive):
            grant_places(collector_id=taker.org_id, limit=0, actor=actor(Role.OPERATOR), at=AT)

    def test_accounts_prove_themselves_after_the_quiet_days(self, agency: Organisation) -> None:
        assert opened(agency) == 1
        proved(agency, 2, days_ago=6)
        assert opened(agency) == 1
        proved(agency, 2, days_ago=8)
        assert opened(agency) == 3

    def test_nobody_is_proven_by_what_is_complained_about(self, agency: Organisation) -> None:
        made = proved(agency, 4)
        assert opened(agency) == 5
        told = complaint(agency, "open", mandate=made[0])
        assert opened(agency) == 3
        told.state, told.decided_at = "dismissed", AT
        told.save()
        assert opened(agency) == 5

    def test_nor_by_orders_given_back_or_by_one_debtor_many_times(
        self, agency: Organisation
    ) -> None:
        worked(agency, 9)
        assert opened(agency) == 2
        back = {"state": "returned", "return_code": "other", "closed_at": AT - DAY}
        Mandate.objects.filter(pk__in=[each.pk for each in proved(agency, 5)]).update(**back)
        assert opened(agency) == 2

    def test_a_grave_complaint_outweighs_what_was_proven_for_a_time(
        self, agency: Organisation
    ) -> None:
        proved(agency, 7)
        assert opened(agency) == 9
        # Many more accounts were tried: the ladder itself stands.
        worked(agency, 60, days_ago=3)
        made = complaint(agency, kind="rude")
        assert opened(agency) == 0
        assert Standing.objects.get(collector=agency, ends_at=None).grade == "trainee"
        made.decided_at = AT - (LAW.probation.memory_days + 1) * DAY
        made.save()
        assert opened(agency) == 9

    def test_orders_that_nobody_works_count_against(self, agency: Organisation) -> None:
        for _ in range(2):
            mandate(claim(), agency, starts_at=AT - 15 * DAY)
        assert opened(agency) == 0
        told = places_of(agency.pk, grade="trainee", language="en", at=AT)
        assert told is not None
        assert (told.idle, told.points, told.missing, told.then) == (2, -2, 1, 1)

    def test_what_is_held_stays_held_and_the_limit_follows_down(self, agency: Organisation) -> None:
        made = proved(agency, 4)
        assert opened(agency) == 5
        Capacity.objects.filter(pk=agency.pk).update(live=4)
        worked(agency, 60, days_ago=3)
        complaint(agency, kind="rude", mandate=made[0])
        regrade(agency.pk, AT)
        room = Capacity.objects.get(pk=agency.pk)
        assert (room.graded, room.limit, room.live) == (0, 4, 4)

    def test_time_alone_has_a_collector_graded_again(self, agency: Organisation) -> None:
        proved(agency, 1, days_ago=3)
        regrade(agency.pk, AT)
        row = Grading.objects.get(pk=agency.pk)
        assert row.due_on <= (AT + 5 * DAY).date()
        assert grade_changed(at=AT + 5 * DAY) == 1
        assert Standing.objects.get(collector=agency, ends_at=None).open_cap == 2


def offered() -> Listing:
    made = reachable_claim()
    return publish(
        claim_id=made.pk, mode="grab", actor=actor(Role.CREDITOR, made.creditor), at=AT, **TERMS
    )


@pytest.mark.django_db(transaction=True)
def test_of_eight_takings_at_once_a_newcomer_gets_one() -> None:
    taker, creditor = licensed(), organisation()
    assert taker.org_id is not None
    grant_places(collector_id=taker.org_id, limit=50, actor=actor(Role.OPERATOR), at=AT)
    ids = [reachable_claim(creditor=creditor).pk for _ in range(8)]
    owner = actor(Role.CREDITOR, creditor)
    publish_many(claim_ids=ids, mode="grab", actor=owner, at=AT, **TERMS)

    def act(listing: object) -> int:
        try:
            take(listing_id=listing, actor=taker, at=AT)  # type: ignore[arg-type]
        except DomainError:
            return 0
        return 1

    assert sum(race(list(Listing.objects.values_list("pk", flat=True)), act)) == 1
    assert Mandate.objects.filter(state="active").count() == 1


@pytest.mark.django_db
class TestPausing:
    @pytest.fixture
    def taker(self) -> Actor:
        made = licensed()
        Recognition.objects.create(
            collector_id=made.org_id, step="trainee", reason="x", decided_by="x", decided_at=AT
        )
        return made

    @pytest.fixture
    def agency(self, taker: Actor) -> Organisation:
        return Organisation.objects.get(pk=taker.org_id)

    @pytest.fixture
    def two(self, agency: Organisation) -> list[Complaint]:
        return [complain(agency, at=AT) for _ in range(2)]

    def decide(self, made: Complaint, *, upheld: bool = False) -> None:
        decide_complaint(
            complaint_id=made.pk, upheld=upheld, text="We listened.", actor=JUDGE, at=AT
        )

    def test_one_person_pauses_nobody_two_do_until_they_are_answered(
        self, agency: Organisation, taker: Actor
    ) -> None:
        complain(agency)
        assert pause_of(agency.pk, AT) is None
        complain(agency)
        found = pause_of(agency.pk, AT)
        assert found is not None
        assert found.until == AT + ANSWER_DAYS * DAY
        with pytest.raises(TakingStopped):
            take(listing_id=offered().pk, actor=taker, at=AT)
        assert pause_of(agency.pk, AT + ANSWER_DAYS * DAY) is None
        # What is held is worked on, and nothing is published.
        assert Mandate.objects.filter(state="active").count() == 2
        assert Standing.objects.get(ends_at=None).grade == "trainee"

    def test_two_complaints_of_one_person_are_one(self, agency: Organisation) -> None:
        first = complain(agency)
        assert first.claim
        mandate(claim(debtor=first.claim.debtor), agency)
        made = Complaint.objects.get()
        complaint(agency, "open", person_id=made.person_id, kind="rude", opened_at=AT)
        regrade(agency.pk, AT)
        assert pause_of(agency.pk, AT) is None

    @pytest.mark.parametrize("how", ["dismissed", "withdrawn"])
    def test_it_ends_with_the_decision(
        self, agency: Organisation, two: list[Complaint], how: str
    ) -> None:
        if how == "dismissed":
            self.decide(two[0])
        else:
            assert two[0].claim
            by = debtor_of(two[0].claim)
            withdraw_complaint(complaint_id=two[0].pk, actor=by, at=AT)
        assert pause_of(agency.pk, AT) is None
        assert TakingStop.objects.get().lifted_at == AT

    def test_found_justified_the_grade_says_it_and_the_pause_is_over(
        self, agency: Organisation, two: list[Complaint]
    ) -> None:
        for each in two:
            mandates = Mandate.objects.filter(pk=each.mandate_id)
            attempt(mandates.get(), AT).save()
            self.decide(each, upheld=True)
        assert Standing.objects.get(ends_at=None).grade == "stopped"
        assert pause_of(agency.pk, AT) is None

    def test_a_record_bears_two_complaints(self) -> None:
        agency = collector()
        worked(agency, 60)
        regrade(agency.pk, AT)
        for _ in range(2):
            complain(agency)
        assert pause_of(agency.pk, AT) is None

    def test_a_granted_appeal_ends_it_and_the_same_complaints_do_not_begin_another(
        self, agency: Organisation, taker: Actor, two: list[Complaint]
    ) -> None:
        made = self.ask(taker)
        with pytest.raises(AppealedAlready):
            self.ask(taker)
        decide_appeal(appeal_id=made.pk, granted=True, reason="made_up", actor=SECOND, at=AT)
        assert pause_of(agency.pk, AT) is None
        regrade(agency.pk, AT + DAY)
        assert pause_of(agency.pk, AT + DAY) is None
        assert Complaint.objects.filter(state="open").count() == len(two)
        complain(agency, at=AT + DAY)
        assert pause_of(agency.pk, AT + DAY) is not None

    def test_a_refused_appeal_leaves_it(
        self, agency: Organisation, taker: Actor, two: list[Complaint]
    ) -> None:
        made = self.ask(taker)
        decide_appeal(appeal_id=made.pk, granted=False, reason="stands", actor=SECOND, at=AT)
        assert pause_of(agency.pk, AT) is not None

    def test_another_firm_cannot_appeal_it(self, two: list[Complaint]) -> None:
        with pytest.raises(NothingToAppeal):
            self.ask(licensed())

    def test_late_officers_do_not_prolong_it(
        self, agency: Organisation, two: list[Complaint]
    ) -> None:
        after = AT + (ANSWER_DAYS + 1) * DAY
        regrade(agency.pk, after)
        assert pause_of(agency.pk, after) is None
        assert TakingStop.objects.count() == 1

    def ask(self, taker: Actor) -> Appeal:
        return appeal(
            about="pause",
            target_id=TakingStop.objects.get().pk,
            ground="fabricated",
            statement="",
            actor=taker,
            at=AT,
        )
