"""Grades found from rows, pushed down, and kept when something is taken."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role
from qinghe.market.models import Capacity, Mandate, Standing
from qinghe.market.queries import standing_of
from qinghe.market.refusals import OutOfReach, OverPackage
from qinghe.market.services import check_package, give_back, publish, set_capacity, take
from qinghe.market.services.mandates import end_placement
from qinghe.parties.models import Organisation
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services import suspend_organisation
from qinghe.quality.ladder import ladder
from qinghe.quality.models import Grading
from qinghe.quality.queries.changed import changed
from qinghe.quality.queries.facts import facts_of, family
from qinghe.quality.refusals import NoSuchCollector, ReasonMissing, StepTooHigh
from qinghe.quality.services import decide_complaint, grade_changed, recognise_experience
from qinghe.quality.services.complaints import withdraw_complaint
from qinghe.quality.services.grading import regrade
from tests.factories import AT, actor, claim, collector, debtor_of, licence, mandate, point
from tests.market.conftest import TERMS
from tests.quality.market import JUDGE, attempt, complain, complaint, worked
from tests.settlement.test_payments import pay

pytestmark = pytest.mark.django_db
LAW = ladder()


@pytest.fixture
def agency() -> Organisation:
    return collector(name="Calm Service")


def standing(agency: Organisation) -> Standing:
    return Standing.objects.get(collector=agency, ends_at__isnull=True)


def recognised(agency: Organisation, step: str = "regular") -> None:
    recognise_experience(
        collector_id=agency.pk, step=step, reason="Ten years of it.", actor=JUDGE, at=AT
    )


def decide(made: object, *, upheld: bool = True) -> None:
    decide_complaint(
        complaint_id=made.pk,
        upheld=upheld,
        text="We listened.",
        actor=JUDGE,
        at=AT,  # type: ignore[attr-defined]
    )


def test_a_new_collector_begins_as_a_trainee_with_too_little_to_say(agency: Organisation) -> None:
    assert standing_of([agency.pk], AT) == {}
    assert grade_changed(at=AT) == 1
    told = standing_of([agency.pk], AT)[agency.pk]
    assert (told.grade, told.cause, told.ratio, told.too_little) == ("trainee", "first", None, True)
    room = Capacity.objects.get(pk=agency.pk)
    assert (room.limit, room.max_band, room.granted, room.granted_band) == (1, 3, 100, 7)


def test_a_large_order_is_refused_to_a_trainee_and_opens_with_recognition(
    agency: Organisation,
) -> None:
    licence(agency)
    large = claim(principal=4_000_000)
    point(large.debtor)
    by = actor(Role.COLLECTOR, agency)
    owner = actor(Role.CREDITOR, large.creditor)
    listing = publish(claim_id=large.pk, mode="grab", actor=owner, at=AT, **TERMS)
    regrade(agency.pk, AT)
    with pytest.raises(OutOfReach):
        take(listing_id=listing.pk, actor=by, at=AT)
    recognised(agency)
    assert standing(agency).cause == "recognised"
    assert take(listing_id=listing.pk, actor=by, at=AT).state == "active"


def test_recognition_has_a_reason_an_officer_and_an_end(agency: Organisation) -> None:
    given = {"collector_id": agency.pk, "step": "junior", "reason": "Papers.", "at": AT}
    with pytest.raises(NotPermitted):
        recognise_experience(**given, actor=actor(Role.OPERATOR))
    with pytest.raises(StepTooHigh):
        recognise_experience(**{**given, "step": "senior"}, actor=JUDGE)
    with pytest.raises(ReasonMissing):
        recognise_experience(**{**given, "reason": " "}, actor=JUDGE)
    with pytest.raises(NoSuchCollector):
        recognise_experience(**{**given, "collector_id": claim().creditor_id}, actor=JUDGE)


def test_a_ratio_stands_from_five_hundred_accounts_on(agency: Organisation) -> None:
    worked(agency, 499)
    complaint(agency)
    regrade(agency.pk, AT)
    assert standing(agency).ratio is None
    worked(agency, 1)
    regrade(agency.pk, AT)
    told = standing_of([agency.pk], AT)[agency.pk]
    assert (str(told.ratio), str(told.low), str(told.high)) == ("10.0", "0.3", "55.7")
    assert (told.upheld, told.worked) == (1, 500)


def test_an_order_taken_and_given_back_untouched_dilutes_nothing(agency: Organisation) -> None:
    for _ in range(3):
        mandate(claim(), agency)
    refused = mandate(claim(), agency)
    attempt(refused, AT, state="refused", rules=["CN-WIN-01"]).save()
    assert facts_of(agency.pk, LAW, AT).worked == 0
    attempt(refused, AT).save()
    assert facts_of(agency.pk, LAW, AT).worked == 1


def test_only_what_was_found_justified_counts_and_one_person_counts_once(
    agency: Organisation,
) -> None:
    for state in ("open", "dismissed", "withdrawn", "overturned"):
        complaint(agency, state)
    assert facts_of(agency.pk, LAW, AT).upheld == 0
    about = complaint(agency).mandate
    complaint(agency, mandate=about)
    assert facts_of(agency.pk, LAW, AT).upheld == 1
    complaint(agency, mandate=about, kind="rude")
    facts = facts_of(agency.pk, LAW, AT)
    assert (facts.upheld, facts.grave) == (2, 1)


def test_a_thousand_made_up_complaints_move_nothing(agency: Organisation) -> None:
    worked(agency, 600)
    regrade(agency.pk, AT)
    before = standing_of([agency.pk], AT)
    about = mandate(claim(), agency)
    for _ in range(50):
        complaint(agency, "dismissed", mandate=about)
    regrade(agency.pk, AT)
    assert standing_of([agency.pk], AT) == before


def test_what_is_over_a_year_old_fades_on_its_day(agency: Organisation) -> None:
    complaint(agency, opened_at=AT - timedelta(days=300))
    regrade(agency.pk, AT)
    grading = Grading.objects.get(pk=agency.pk)
    assert grading.due_on <= (AT + timedelta(days=65)).date()
    assert facts_of(agency.pk, LAW, AT + timedelta(days=64)).upheld == 1
    assert facts_of(agency.pk, LAW, AT + timedelta(days=65)).upheld == 0


def test_a_justified_complaint_lowers_the_grade_in_the_same_transaction(
    agency: Organisation,
) -> None:
    worked(agency, 40)
    recognised(agency)
    first, second = complain(agency), complain(agency)
    decide(first)
    assert standing(agency).grade == "regular"
    decide(second)
    told = standing(agency)
    assert (told.grade, told.cause, told.upheld) == ("trainee", "demoted", 2)
    assert told.gate == "grave"


def test_a_complaint_taken_back_in_time_never_counts_and_a_decided_one_stays(
    agency: Organisation,
) -> None:
    from qinghe.quality.refusals import ComplaintDecided, NoSuchComplaint

    made = complain(agency)
    assert made.claim is not None
    person = debtor_of(made.claim)
    with pytest.raises(NoSuchComplaint):
        withdraw_complaint(complaint_id=made.pk, actor=debtor_of(claim()), at=AT)
    withdraw_complaint(complaint_id=made.pk, actor=person, at=AT)
    assert facts_of(agency.pk, LAW, AT).upheld == 0
    other = complain(agency)
    decide(other)
    assert other.claim is not None
    with pytest.raises(ComplaintDecided):
        withdraw_complaint(complaint_id=other.pk, actor=debtor_of(other.claim), at=AT)


def test_a_lower_cap_stops_taking_breaks_no_mandate_and_follows_down(agency: Organisation) -> None:
    set_capacity(collector_id=agency.pk, limit=900, actor=actor(Role.OPERATOR), at=AT)
    recognised(agency)
    held = [mandate(claim(), agency) for _ in range(3)]
    Capacity.objects.filter(pk=agency.pk).update(live=103)
    suspend_organisation(org_id=agency.pk, reason="x", actor=JUDGE, at=AT)
    assert agency.pk in changed(AT)
    grade_changed(at=AT)
    room = Capacity.objects.get(pk=agency.pk)
    assert (room.live, room.limit, standing(agency).grade) == (103, 103, "stopped")
    assert Mandate.objects.filter(collector=agency, state="active").count() == 3
    give_back(mandate_id=held[0].pk, reason="", actor=actor(Role.COLLECTOR, agency), at=AT)
    room.refresh_from_db()
    assert (room.live, room.limit) == (102, 102)
    # A cap that is lifted again gives back what the operator granted.
    set_capacity(collector_id=agency.pk, limit=110, actor=actor(Role.OPERATOR), at=AT)
    room.refresh_from_db()
    assert (room.limit, room.granted) == (102, 110)
    end_placement(claim_id=held[1].claim_id, reason="", actor=JUDGE, at=AT)
    room.refresh_from_db()
    assert (room.live, room.limit) == (101, 101)


def test_the_full_collector_is_told_so(agency: Organisation) -> None:
    from qinghe.market.services.capacity import use_place

    Capacity.objects.filter(pk=agency.pk).update(live=1)
    suspend_organisation(org_id=agency.pk, reason="x", actor=JUDGE, at=AT)
    grade_changed(at=AT)
    assert not use_place(agency.pk)


def test_a_package_is_as_large_as_the_grade(agency: Organisation) -> None:
    check_package(collector_id=agency.pk, size=10_000)
    regrade(agency.pk, AT)
    with pytest.raises(OverPackage):
        check_package(collector_id=agency.pk, size=2)
    recognised(agency, "trainee")
    check_package(collector_id=agency.pk, size=20)
    with pytest.raises(OverPackage):
        check_package(collector_id=agency.pk, size=21)


def test_capacity_given_after_the_grade_keeps_to_it() -> None:
    agency = collector()
    Capacity.objects.all().delete()
    regrade(agency.pk, AT)
    set_capacity(collector_id=agency.pk, limit=900, actor=actor(Role.OPERATOR), at=AT)
    room = Capacity.objects.get(pk=agency.pk)
    assert (room.granted, room.limit, room.max_band) == (900, 1, 3)


def test_promotion_waits_for_the_review_and_for_experience(agency: Organisation) -> None:
    worked(agency, 60)
    regrade(agency.pk, AT)
    for days, grade in ((29, "trainee"), (30, "junior"), (31, "junior"), (90, "junior")):
        regrade(agency.pk, AT + timedelta(days=days))
        assert standing(agency).grade == grade, days


def test_the_same_again_writes_nothing(agency: Organisation) -> None:
    worked(agency, 5)
    regrade(agency.pk, AT)
    rows, entries = list(Standing.objects.values()), Entry.objects.count()
    for hours in (0, 1, 2):
        regrade(agency.pk, AT + timedelta(hours=hours))
    assert list(Standing.objects.values()) == rows
    assert Entry.objects.count() == entries


def test_money_moves_no_grade(agency: Organisation) -> None:
    target = claim(principal=100_000)
    attempt(mandate(target, agency), AT).save()
    before = facts_of(agency.pk, LAW, AT)
    pay(target, 90_000, source="cashier")
    assert facts_of(agency.pk, LAW, AT) == before


def test_a_firm_under_a_new_name_brings_its_record(agency: Organisation) -> None:
    code = "91310000EXAMPLE00X"
    Organisation.objects.filter(pk=agency.pk).update(credit_code=code)
    for _ in range(4):
        complaint(agency)
    suspend_organisation(org_id=agency.pk, reason="x", actor=JUDGE, at=AT)
    anew = collector(credit_code=code)
    assert family(anew.pk) == {anew.pk, agency.pk}
    regrade(anew.pk, AT)
    assert (standing(anew).grade, standing(anew).upheld) == ("stopped", 4)
    assert facts_of(anew.pk, LAW, AT).accounts == 0


def test_the_night_looks_only_at_whom_something_changed(agency: Organisation) -> None:
    others = [collector() for _ in range(5)]
    assert grade_changed(at=AT) == 6
    later = AT + timedelta(days=1)
    assert grade_changed(at=later) == 0
    with CaptureQueriesContext(connection) as idle:
        grade_changed(at=later)
    assert len(idle) == 1
    attempt(mandate(claim(), others[0]), later).save()
    assert changed(later + timedelta(hours=1)) == [others[0].pk]


WHAT = st.lists(
    st.tuples(
        st.sampled_from(["upheld", "dismissed", "withdrawn", "overturned", "open"]),
        st.sampled_from(["rude", "too_often", "private_payment"]),
        st.integers(0, 500),
    ),
    max_size=6,
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(WHAT)
def test_each_further_complaint_lowers_or_leaves_the_grade(
    what: list[tuple[str, str, int]],
) -> None:
    with transaction.atomic():
        agency = collector()
        attempt(mandate(claim(), agency), AT - timedelta(days=1)).save()
        recognised(agency)
        place, count = LAW.place(standing(agency).grade), 0
        for state, kind, days in what:
            # What a worse grade closes does not matter to what is being counted.
            Capacity.objects.filter(pk=agency.pk).update(limit=100)
            complaint(agency, state, kind=kind, opened_at=AT - timedelta(days=days))
            regrade(agency.pk, AT)
            now = standing(agency)
            assert LAW.place(now.grade) <= place
            assert now.upheld == count + (state == "upheld" and days < 365)
            place, count = LAW.place(now.grade), now.upheld
        transaction.set_rollback(True)
