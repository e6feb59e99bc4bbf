"""What was imposed on a party is lifted by two persons who stand apart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from qinghe.kernel.actor import Actor, Role
from qinghe.parties.models import Cover, Lifting, Organisation
from qinghe.parties.queries.liftings import ASKED_DAYS, liftings_waiting
from qinghe.parties.services import (
    confirm_cover,
    record_cover,
    release_cover,
    suspend_organisation,
    verify_organisation,
)
from qinghe.parties.services.lifting import LiftedBySamePerson, LiftedBySubject
from qinghe.reporting.contraventions import found
from tests.factories import AT, actor, collector, organisation

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = (actor(Role.COMPLIANCE) for _n in range(3))


@pytest.fixture
def agency() -> Organisation:
    made = collector()
    suspend_organisation(org_id=made.pk, reason="x", actor=ONE, at=AT)
    return made


def lift(agency: Organisation, by: Actor) -> str:
    return verify_organisation(org_id=agency.pk, actor=by, at=AT).state


def test_one_asks_and_another_lifts(agency: Organisation) -> None:
    assert lift(agency, TWO) == "suspended"
    with pytest.raises(LiftedBySamePerson):
        lift(agency, TWO)
    assert lift(agency, THREE) == "active"
    assert found("measures-are-lifted-by-two", at=AT) == []


def test_the_same_person_in_another_role_is_no_second_one(agency: Organisation) -> None:
    lift(agency, TWO)
    with pytest.raises(LiftedBySamePerson):
        lift(agency, Actor(role=Role.REVIEWER, user_id=TWO.user_id))


def test_a_new_suspension_forgets_what_was_asked_about_the_old_one(agency: Organisation) -> None:
    lift(agency, TWO)
    lift(agency, THREE)
    suspend_organisation(org_id=agency.pk, reason="again", actor=ONE, at=AT)
    assert lift(agency, THREE) == "suspended"
    assert not Lifting.objects.filter(agreed_at=None).exclude(asked_by=THREE.label).exists()


def test_nobody_lifts_what_stops_their_own_house() -> None:
    house = organisation()
    suspend_organisation(org_id=house.pk, reason="x", actor=ONE, at=AT)
    with pytest.raises(LiftedBySubject):
        lift(house, actor(Role.COMPLIANCE, house))


def covered(agency: Organisation) -> Cover:
    by, second = actor(Role.OPERATOR), actor(Role.OPERATOR)
    told = {"kind": "deposit", "amount": 500, "currency": "CNY", "actor": by, "at": AT}
    cover = record_cover(org_id=agency.pk, **told)  # type: ignore[arg-type]
    return confirm_cover(cover_id=cover.pk, actor=second, at=AT)


def test_a_confirmed_deposit_is_given_back_by_two(agency: Organisation) -> None:
    cover = covered(agency)
    one, two = actor(Role.OPERATOR), actor(Role.OPERATOR)
    told = {"cover_id": cover.pk, "reason": "given back", "at": AT}
    assert release_cover(actor=one, **told).released_at is None  # type: ignore[arg-type]
    with pytest.raises(LiftedBySamePerson):
        release_cover(actor=one, **told)  # type: ignore[arg-type]
    assert release_cover(actor=two, **told).released_at == AT  # type: ignore[arg-type]
    assert found("measures-are-lifted-by-two", at=AT) == []


def test_verify_finds_a_deposit_given_back_by_one(agency: Organisation) -> None:
    cover = covered(agency)
    for _n in range(2):
        release_cover(cover_id=cover.pk, reason="x", actor=actor(Role.OPERATOR), at=AT)
    Lifting.objects.all().delete()
    assert found("measures-are-lifted-by-two", at=AT) == [str(cover.pk)]


def test_one_who_recorded_a_deposit_by_mistake_takes_it_back_alone(agency: Organisation) -> None:
    by = actor(Role.OPERATOR)
    told = {"kind": "deposit", "amount": 500, "currency": "CNY", "actor": by, "at": AT}
    cover = record_cover(org_id=agency.pk, **told)  # type: ignore[arg-type]
    assert release_cover(cover_id=cover.pk, reason="typo", actor=by, at=AT).released_at == AT


def test_the_table_wants_two(agency: Organisation) -> None:
    lift(agency, TWO)
    with pytest.raises(IntegrityError), transaction.atomic():
        Lifting.objects.update(agreed_by=TWO.label, agreed_at=AT)


def test_what_nobody_agreed_to_in_time_is_asked_anew(agency: Organisation) -> None:
    lift(agency, TWO)
    assert [row.asked_by for row in liftings_waiting(at=AT)] == [TWO.label]
    late = AT + timedelta(days=ASKED_DAYS)
    assert liftings_waiting(at=late) == []
    assert verify_organisation(org_id=agency.pk, actor=THREE, at=late).state == "suspended"
    assert [row.asked_by for row in liftings_waiting(at=late)] == [THREE.label]
    assert verify_organisation(org_id=agency.pk, actor=TWO, at=late).state == "active"
    assert liftings_waiting(at=late) == []
