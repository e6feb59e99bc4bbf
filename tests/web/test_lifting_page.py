"""Who is to agree to a lifting reads who waits for it; a house reads who leads its team."""

from __future__ import annotations

import pytest

from qinghe.kernel import clock
from qinghe.kernel.actor import Role
from qinghe.parties.services import suspend_organisation, verify_organisation
from tests.factories import AT, actor, collector
from tests.market.test_team import Team, team
from tests.web.people import actor_of, signed_in, sock_of

__all__ = ["team"]
pytestmark = pytest.mark.django_db


def test_a_request_to_lift_is_listed_and_explained() -> None:
    agency = collector()
    suspend_organisation(org_id=agency.pk, reason="x", actor=actor(Role.COMPLIANCE), at=AT)
    verify_organisation(org_id=agency.pk, actor=actor(Role.COMPLIANCE), at=AT)
    client = signed_in(Role.COMPLIANCE)
    with clock.at(AT):
        for place in ("/organisations/", f"/organisations/{agency.slug}/"):
            page = client.get(place).content.decode()
            assert 'data-test="lifting"' in page
            assert "Whoever does the same now agrees" in page


def test_whoever_does_not_stand_apart_from_who_asked_is_not_told_to_agree() -> None:
    agency, one = collector(), signed_in(Role.COMPLIANCE)
    suspend_organisation(org_id=agency.pk, reason="x", actor=actor(Role.COMPLIANCE), at=AT)
    verify_organisation(org_id=agency.pk, actor=actor_of(one, Role.COMPLIANCE), at=AT)
    sock = sock_of(one, Role.COMPLIANCE)
    with clock.at(AT):
        for place in ("/organisations/", f"/organisations/{agency.slug}/"):
            assert "A second person who stands apart agrees." in sock.get(place).text
            assert "You asked on" in one.get(place).text


def test_the_house_reads_who_was_named_to_lead(team: Team) -> None:
    page = signed_in(Role.COLLECTOR, team.agency).get("/team/").content.decode()
    assert 'data-test="lead-named"' in page
