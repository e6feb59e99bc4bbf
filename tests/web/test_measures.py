"""What a compliance officer does by hand: holds on a claim, and work that goes on again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from qinghe.claims.models import Claim, Hold
from qinghe.claims.services import HoldNotByHand, NoSuchHold, hold_by_hand, lift_by_hand, place_hold
from qinghe.journal.models import Entry
from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.kernel.ids import new_id
from qinghe.market.models import Mandate
from qinghe.market.services import suspend
from qinghe.parties.models import Organisation
from qinghe.parties.roles import NotPermitted
from tests import factories
from tests.web.people import signed_in

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
HELD = 'class="bdg hold"'
SUSPENDED = "Suspended"

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Organisation:
    agency = factories.collector()
    factories.licence(agency)
    return agency


@pytest.fixture
def claim(agency: Organisation) -> Claim:
    claim = factories.claim()
    factories.point(claim.debtor)
    factories.mandate(claim, agency)
    return claim


def told(client: Client, place: str, **sent: str) -> str:
    with clock.at(NOON):
        answer = client.post(place, {"request_key": str(new_id()), **sent}, follow=True)
    return answer.content.decode()


def case(agency: Organisation, claim: Claim) -> str:
    with clock.at(NOON):
        return signed_in(Role.COLLECTOR, agency).get(f"/cases/{claim.pk}/").content.decode()


def of_a_dispute(claim: Claim) -> Hold:
    return place_hold(
        person_id=claim.debtor_id,
        claim_id=claim.pk,
        kind="dispute",
        cause="dispute:1",
        ends_at=None,
        actor=factories.debtor_of(claim),
        at=NOON,
    )


@pytest.mark.parametrize("kind", ["representation", "moratorium", "death"])
@pytest.mark.parametrize("only", ["", "on"])
def test_a_hold_by_hand_shows_on_the_case_at_once(
    agency: Organisation, claim: Claim, kind: str, only: str
) -> None:
    assert HELD not in case(agency, claim)
    officer = signed_in(Role.COMPLIANCE)
    page = told(officer, f"/claims/{claim.pk}/holds/", kind=kind, claim_only=only)
    assert "Contact is stopped." in page
    hold = Hold.objects.get()
    assert hold.claim_id == (claim.pk if only else None)
    assert hold.person_id == claim.debtor_id
    assert HELD in case(agency, claim)
    page = told(officer, f"/claims/{claim.pk}/holds/{hold.pk}/lift/")
    assert "The hold is lifted." in page
    assert HELD not in case(agency, claim)
    kinds = Entry.objects.filter(kind__startswith="claims.hold-").order_by("pk")
    assert [each.kind for each in kinds] == ["claims.hold-placed", "claims.hold-lifted"]


def test_a_hold_ends_with_its_day_and_that_day_lies_ahead(claim: Claim) -> None:
    officer, place = signed_in(Role.COMPLIANCE), f"/claims/{claim.pk}/holds/"
    refused = told(officer, place, kind="moratorium", until="2026-11-23")
    assert "A hold must end after it begins." in refused
    told(officer, place, kind="moratorium", until="2026-12-01")
    assert Hold.objects.get().ends_at == datetime(2026, 11, 30, 16, tzinfo=UTC)


def test_a_hold_with_a_case_of_its_own_is_not_touched_by_hand(claim: Claim) -> None:
    officer: dict[str, Any] = {"actor": factories.actor(Role.COMPLIANCE), "at": NOON}
    about: dict[str, Any] = {"claim_id": claim.pk, "claim_only": True, "until": None}
    with pytest.raises(HoldNotByHand):
        hold_by_hand(kind="dispute", **about, **officer)
    hold = of_a_dispute(claim)
    with pytest.raises(HoldNotByHand):
        lift_by_hand(claim_id=claim.pk, hold_id=hold.pk, **officer)
    assert Hold.objects.get().lifted_at is None
    with pytest.raises(NoSuchHold):
        lift_by_hand(claim_id=factories.claim().pk, hold_id=hold.pk, **officer)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OPERATOR, Role.CREDITOR, Role.COLLECTOR])
def test_only_compliance_manages_holds(claim: Claim, role: Role) -> None:
    actor = factories.actor(role, claim.creditor)
    about: dict[str, Any] = {"claim_id": claim.pk, "actor": actor, "at": NOON}
    with pytest.raises(NotPermitted):
        hold_by_hand(kind="death", claim_only=False, until=None, **about)
    with pytest.raises(NotPermitted):
        lift_by_hand(hold_id=new_id(), **about)


def test_only_compliance_is_offered_the_forms(claim: Claim) -> None:
    with clock.at(NOON):
        place = f"/claims/{claim.pk}/"
        assert 'data-test="place-hold"' in signed_in(Role.COMPLIANCE).get(place).content.decode()
        mine = signed_in(Role.CREDITOR, claim.creditor).get(place).content.decode()
    assert 'data-test="place-hold"' not in mine
    assert 'data-test="resume"' not in mine


def test_a_suspended_mandate_goes_on_with_a_reason(agency: Organisation, claim: Claim) -> None:
    mandate, officer = Mandate.objects.get(), signed_in(Role.COMPLIANCE)
    place = f"/mandates/{mandate.pk}/resume/"
    assert "This mandate is not suspended." in told(officer, place, reason="too early")
    compliance = factories.actor(Role.COMPLIANCE)
    suspend(mandate_id=mandate.pk, cause="complaint:1", actor=compliance, at=NOON)
    assert SUSPENDED in case(agency, claim)
    with clock.at(NOON):
        page = officer.get(f"/claims/{claim.pk}/").content.decode()
    assert 'data-test="resume"' in page
    assert "A complaint was justified." in page
    told(officer, place, reason="")
    assert Mandate.objects.get().state == "suspended"
    page = told(officer, place, reason="The staff were trained.")
    assert "The staff were trained." in page
    assert 'data-test="resume"' not in page
    assert Mandate.objects.get().state == "active"
    assert SUSPENDED not in case(agency, claim)
    told_last = Entry.objects.filter(kind="market.mandate-active").get()
    assert told_last.facts["mandate"] == str(mandate.pk)
