"""Ratings that nobody sees too early, and signals that lead nowhere back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from qinghe.market.queries import standing_of
from qinghe.parties.models import Organisation
from qinghe.parties.roles import NotPermitted
from qinghe.quality.models import Grading, Rating, Signal
from qinghe.quality.queries.ratings import marks_about, ratings
from qinghe.quality.queries.sampling import samples
from qinghe.quality.refusals import (
    BadMarks,
    NothingToFeel,
    NothingToRate,
    RatedAlready,
    RatingClosed,
    SignalGiven,
)
from qinghe.quality.services import give_signal, rate_mandate
from qinghe.quality.services.grading import regrade
from qinghe.quality.terms import MANY
from tests.factories import AT, actor, claim, collector, debtor_of, mandate, organisation
from tests.quality.market import JUDGE, attempt

pytestmark = pytest.mark.django_db
NICE, NASTY = (5, 5, 5, 5), (1, 1, 1, 1)
LATER = AT + timedelta(days=14)


class Pair:
    """A creditor and a collector whose mandate has just ended."""

    def __init__(self, agency: Organisation | None = None) -> None:
        self.mandate = ended(agency or collector())
        self.creditor = actor(Role.CREDITOR, self.mandate.creditor)
        self.collector = actor(Role.COLLECTOR, self.mandate.collector)

    def rate(self, by: Actor, marks: tuple[int, ...] = NICE, days: float = 1) -> Rating:
        at = AT + timedelta(days=days)
        return rate_mandate(mandate_id=self.mandate.pk, marks=marks, actor=by, at=at)


def ended(agency: Organisation) -> Mandate:
    made = mandate(claim(), agency)
    Mandate.objects.filter(pk=made.pk).update(state="ended", closed_at=AT)
    made.refresh_from_db()
    return made


@pytest.fixture
def pair() -> Pair:
    return Pair()


MARKS = st.tuples(*[st.integers(1, 5)] * 4)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(MARKS, st.floats(0, 13.9), st.booleans())
def test_a_sealed_rating_leaks_nothing(marks: tuple[int, ...], days: float, first: bool) -> None:
    """Whether, when and how the other side answered changes nothing that this side can read."""
    with transaction.atomic():
        pair = Pair()
        rater, other = (pair.creditor, pair.collector) if first else (pair.collector, pair.creditor)
        last = AT + timedelta(days=13, hours=23)
        regrade(pair.mandate.collector_id, AT)
        before = ratings(actor=other, at=last), standing_of([pair.mandate.collector_id], last)
        pair.rate(rater, marks, days)
        regrade(pair.mandate.collector_id, last)
        after = ratings(actor=other, at=last), standing_of([pair.mandate.collector_id], last)
        assert after[0] == before[0]
        assert next(iter(after[1].values())).score is None
        assert next(iter(after[1].values())).raters == next(iter(before[1].values())).raters
        told = [json.dumps(each.facts) for each in Entry.objects.filter(kind="quality.rated")]
        assert not [each for each in told if "marks" in each or '"first"' in each]
        (row,) = ratings(actor=other, at=AT + timedelta(days=14))
        assert row.theirs == marks
        transaction.set_rollback(True)


def test_both_are_opened_together_once_both_have_answered(pair: Pair) -> None:
    pair.rate(pair.creditor, NICE)
    pair.rate(pair.collector, NASTY)
    at = AT + timedelta(days=2)
    (mine,), (theirs,) = ratings(actor=pair.creditor, at=at), ratings(actor=pair.collector, at=at)
    assert (mine.mine, mine.theirs, mine.opened) == (NICE, NASTY, True)
    assert (theirs.mine, theirs.theirs) == (NASTY, NICE)


def test_nobody_answers_after_the_other_was_opened(pair: Pair) -> None:
    pair.rate(pair.creditor, NASTY)
    assert ratings(actor=pair.collector, at=LATER)[0].theirs == NASTY
    with pytest.raises(RatingClosed):
        pair.rate(pair.collector, NASTY, days=14)


def test_an_answer_is_for_good(pair: Pair) -> None:
    made = pair.rate(pair.creditor)
    with pytest.raises(RatedAlready):
        pair.rate(pair.creditor, NASTY)
    for change in ("UPDATE quality_rating SET first = 1", "DELETE FROM quality_rating"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    made.refresh_from_db()
    assert made.first == 5


def test_only_a_side_of_an_ended_mandate_answers_four_questions(pair: Pair) -> None:
    for marks in ((5, 5, 5), (5, 5, 5, 6), (0, 5, 5, 5)):
        with pytest.raises(BadMarks):
            pair.rate(pair.creditor, marks)
    for stranger in (
        actor(Role.CREDITOR, organisation()),
        actor(Role.COLLECTOR, collector()),
    ):
        with pytest.raises(NothingToRate):
            pair.rate(stranger)
    with pytest.raises(NotPermitted):
        pair.rate(JUDGE)
    live = mandate(claim(), collector())
    owner = actor(Role.CREDITOR, live.creditor)
    with pytest.raises(NothingToRate):
        rate_mandate(mandate_id=live.pk, marks=NICE, actor=owner, at=AT)


def test_a_score_needs_five_creditors_and_firms_of_one_group_are_one() -> None:
    agency = collector()
    for n in range(6):
        one = Pair(agency)
        if n > 3:
            Organisation.objects.filter(pk=one.mandate.creditor_id).update(group="one-house")
        one.rate(one.creditor, NICE if n < 4 else NASTY)
    regrade(agency.pk, LATER)
    told = standing_of([agency.pk], LATER)[agency.pk]
    assert (told.raters, str(told.score)) == (5, "4.2")
    assert len(marks_about([agency.pk], AT, LATER)) == 5


def test_a_rating_makes_the_collector_due_on_the_day_it_opens(pair: Pair) -> None:
    regrade(pair.mandate.collector_id, AT)
    pair.rate(pair.creditor)
    assert Grading.objects.get().due_on == (LATER + timedelta(days=1)).date()


def felt(n: int, face: str, agency: Organisation) -> None:
    held = mandate(claim(), agency)
    for _ in range(n):
        made = attempt(held, AT)
        made.save()
        give_signal(attempt_id=made.pk, face=face, actor=debtor_of(held.claim), at=AT)


def test_a_signal_is_given_once_by_whom_it_happened_to() -> None:
    held = mandate(claim(), collector())
    made = attempt(held, AT)
    made.save()
    given = {"attempt_id": made.pk, "face": "bad", "at": AT}
    with pytest.raises(NotPermitted):
        give_signal(**given, actor=actor(Role.COLLECTOR, held.collector))
    with pytest.raises(NothingToFeel):
        give_signal(**given, actor=debtor_of(claim()))
    with pytest.raises(NothingToFeel):
        give_signal(**{**given, "at": AT + timedelta(days=30)}, actor=debtor_of(held.claim))
    give_signal(**given, actor=debtor_of(held.claim))
    with pytest.raises(SignalGiven):
        give_signal(**{**given, "face": "good"}, actor=debtor_of(held.claim))


def test_a_signal_leads_back_to_nobody() -> None:
    felt(1, "bad", collector())
    columns = {field.name for field in Signal._meta.get_fields()}
    assert columns == {"id", "collector", "month", "channel", "face", "token"}
    entry = Entry.objects.get(kind="quality.signal-given")
    assert (entry.subject, entry.actor, entry.person_id, entry.facts) == (
        "signals", "system:quality.signal", None, {},
    )  # fmt: skip


def test_signals_guide_the_officers_sample_only_when_there_are_many() -> None:
    calm, rough, few = collector(name="Calm"), collector(name="Rough"), collector(name="Few")
    felt(MANY, "good", calm)
    felt(MANY, "bad", rough)
    felt(MANY - 1, "bad", few)
    found = samples(actor=JUDGE, at=AT)
    assert [each.name for each in found] == ["Rough", "Calm"]
    assert len(found[0].attempts) == 5
    assert found == samples(actor=JUDGE, at=AT)
    for role in (Role.COLLECTOR, Role.CREDITOR, Role.OPERATOR, Role.REGULATOR):
        with pytest.raises(NotPermitted):
            samples(actor=actor(role, calm), at=AT)


def test_a_signal_moves_no_grade_and_no_figure() -> None:
    agency = collector()
    regrade(agency.pk, AT)
    before = standing_of([agency.pk], AT)
    felt(MANY, "bad", agency)
    regrade(agency.pk, AT)
    after = standing_of([agency.pk], AT)
    assert {k: (v.grade, v.score, v.upheld) for k, v in after.items()} == {
        k: (v.grade, v.score, v.upheld) for k, v in before.items()
    }
