"""Appeals: another officer, a reason from the list, and figures made anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from qinghe.journal.queries import timeline
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate, Standing
from qinghe.parties.models import Organisation
from qinghe.parties.roles import NotPermitted
from qinghe.parties.services import suspend_organisation, verify_organisation
from qinghe.quality.models import Appeal, Complaint
from qinghe.quality.queries.appeals import appeal_for, appeals
from qinghe.quality.refusals import (
    AppealDecided,
    AppealedAlready,
    AppealTooLate,
    NoSuchAppeal,
    NothingToAppeal,
    OtherOfficer,
    ReasonDoesNotFit,
)
from qinghe.quality.services import (
    appeal,
    decide_appeal,
    decide_complaint,
    grade_changed,
    recognise_experience,
)
from qinghe.quality.services.grading import regrade
from tests.factories import AT, actor, collector
from tests.quality.market import JUDGE, SECOND, complain, complaint, worked
from tests.quality.test_ratings import LATER, NASTY, Pair

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Organisation:
    made = collector()
    worked(made, 40)
    recognise_experience(collector_id=made.pk, step="regular", reason="x", actor=JUDGE, at=AT)
    return made


@pytest.fixture
def by(agency: Organisation) -> Actor:
    return actor(Role.COLLECTOR, agency)


def upheld(agency: Organisation) -> Complaint:
    made = complain(agency)
    decide_complaint(complaint_id=made.pk, upheld=True, text="We listened.", actor=JUDGE, at=AT)
    made.refresh_from_db()
    return made


def standing(agency: Organisation) -> Standing:
    return Standing.objects.get(collector=agency, ends_at__isnull=True)


def ask(target: object, by: Actor, about: str = "complaint", **fields: object) -> Appeal:
    given = {"ground": "records", "statement": "The recording shows it.", "at": AT, **fields}
    return appeal(about=about, target_id=target.pk, actor=by, **given)  # type: ignore[attr-defined,arg-type]


def decide(made: Appeal, *, granted: bool = True, **fields: object) -> Appeal:
    given = {"reason": "evidence" if granted else "stands", "actor": SECOND, "at": AT, **fields}
    return decide_appeal(appeal_id=made.pk, granted=granted, **given)  # type: ignore[arg-type]


def test_a_won_appeal_gives_back_grade_figures_and_work(agency: Organisation, by: Actor) -> None:
    first, second = upheld(agency), upheld(agency)
    assert (standing(agency).grade, standing(agency).upheld) == ("trainee", 2)
    decide(ask(second, by))
    now = standing(agency)
    assert (now.grade, now.cause, now.upheld) == ("regular", "restored", 1)
    second.refresh_from_db()
    assert second.state == "overturned"
    assert Mandate.objects.get(pk=second.mandate_id).state == "active"
    assert Mandate.objects.get(pk=first.mandate_id).state == "suspended"


def test_a_lost_appeal_changes_nothing(agency: Organisation, by: Actor) -> None:
    upheld(agency)
    made = ask(upheld(agency), by)
    before = standing(agency).pk
    decide(made, granted=False)
    assert standing(agency).pk == before
    with pytest.raises(AppealDecided):
        decide(made)


def test_the_officer_of_the_first_decision_does_not_hear_the_appeal(
    agency: Organisation, by: Actor
) -> None:
    made = ask(upheld(agency), by)
    assert made.first_officer == JUDGE.label
    with pytest.raises(OtherOfficer):
        decide(made, actor=JUDGE)
    with pytest.raises(NotPermitted):
        decide(made, actor=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.update(
            state="granted", reason="evidence", decided_at=AT, decided_by=JUDGE.label
        )


def test_a_reason_goes_with_its_decision(agency: Organisation, by: Actor) -> None:
    made = ask(upheld(agency), by)
    for granted, reason in ((True, "stands"), (False, "evidence"), (True, "suspension")):
        with pytest.raises(ReasonDoesNotFit):
            decide(made, granted=granted, reason=reason)
    with pytest.raises(NoSuchAppeal):
        decide_appeal(appeal_id=agency.pk, granted=True, reason="x", actor=SECOND, at=AT)


def test_an_appeal_is_made_once_in_time_and_about_ones_own(agency: Organisation, by: Actor) -> None:
    target = upheld(agency)
    with pytest.raises(NothingToAppeal):
        ask(target, actor(Role.COLLECTOR, collector()))
    with pytest.raises(NothingToAppeal):
        ask(complaint(agency, "dismissed"), by)
    with pytest.raises(AppealTooLate):
        ask(target, by, at=AT + timedelta(days=31))
    made = ask(target, by)
    assert made.due_on == (AT + timedelta(days=10)).date()
    with pytest.raises(AppealedAlready):
        ask(target, by)


def test_the_words_of_an_appeal_are_for_officers(agency: Organisation, by: Actor) -> None:
    made = ask(upheld(agency), by)
    assert appeal_for(appeal_id=made.pk, actor=JUDGE).statement_id is not None
    own = appeal_for(appeal_id=made.pk, actor=by)
    assert (own.statement_id, own.first_officer) == (None, "")
    stranger = actor(Role.COLLECTOR, collector())
    assert appeals(actor=stranger) == []
    with pytest.raises(NoSuchAppeal):
        appeal_for(appeal_id=made.pk, actor=stranger)
    kinds = [entry.kind for entry in timeline(subject=f"organisation:{agency.pk}")]
    assert kinds[-1] == "quality.appeal-asked"


def test_an_erroneous_suspension_is_annulled(agency: Organisation, by: Actor) -> None:
    suspend_organisation(org_id=agency.pk, reason="x", actor=JUDGE, at=AT)
    grade_changed(at=AT)
    for officer in (JUDGE, SECOND):
        verify_organisation(org_id=agency.pk, actor=officer, at=AT)
    fallen = standing(agency)
    assert (fallen.grade, fallen.cause) == ("stopped", "demoted")
    made = ask(fallen, by, "demotion", at=AT + timedelta(hours=1))
    decide(made, reason="suspension", at=AT + timedelta(hours=2))
    assert (standing(agency).grade, standing(agency).cause) == ("regular", "restored")


def test_a_firm_taken_for_another_is_told_apart() -> None:
    code = "91310000EXAMPLE00Y"
    old, new = collector(credit_code=code), collector(credit_code=code)
    worked(new, 5)
    regrade(new.pk, AT)
    suspend_organisation(org_id=old.pk, reason="x", actor=JUDGE, at=AT)
    regrade(new.pk, AT)
    assert standing(new).grade == "stopped"
    made = ask(standing(new), actor(Role.COLLECTOR, new), "demotion", ground="not_one_firm")
    decide(made, reason="other_firm")
    assert standing(new).grade == "trainee"
    made.refresh_from_db()
    assert made.others == [str(old.pk)]


def test_a_rating_is_appealed_once_it_is_open_and_is_voided() -> None:
    pair = Pair()
    made = pair.rate(pair.creditor, NASTY)
    with pytest.raises(NothingToAppeal):
        ask(made, pair.collector, "rating", at=AT + timedelta(days=2))
    asked = ask(made, pair.collector, "rating", at=LATER, ground="dishonest")
    decide(asked, reason="not_about", at=LATER)
    made.refresh_from_db()
    assert made.voided_at == LATER
