"""What a member of a team sees of the debtors of its colleagues: nothing, through any door."""

from __future__ import annotations

import pytest

from qinghe.claims.queries import NoSuchClaim
from qinghe.contact.queries.mailings import mailing_view, mailings
from qinghe.contact.refusals import NoSuchMailing
from qinghe.contact.services.mailings import start_mailing, stop_mailing
from qinghe.kernel.actor import Actor
from qinghe.legal.queries import routes
from qinghe.market.models import TeamMember
from qinghe.quality.queries import complaints
from qinghe.quality.services import open_complaint
from qinghe.settlement.queries import payments
from tests.factories import AT
from tests.market.test_team import Team, team
from tests.settlement.test_payments import pay

__all__ = ["team"]

pytestmark = pytest.mark.django_db


def colleagues(team: Team) -> tuple[Actor, Actor]:
    """Return who handles the first debtor and who does not."""
    team.deal()
    handler = team.handler(team.mandates[0])
    assert handler
    return (team.one, team.two) if handler == team.row(team.one) else (team.two, team.one)


def test_payments_are_those_of_the_own_debtors(team: Team) -> None:
    mine, other = colleagues(team)
    paid = pay(team.mandates[0].claim, 100)
    seen = {who: {row.id for row in payments(actor=who)} for who in (mine, other, team.lead)}
    assert seen == {mine: {paid.pk}, other: set(), team.lead: {paid.pk}}


def complain(team: Team, who: Actor) -> object:
    return open_complaint(
        kind="other",
        statement="",
        claim_id=team.mandates[0].claim_id,
        person_id=None,
        actor=who,
        at=AT,
    )


def test_complaints_are_those_about_the_own_debtors(team: Team) -> None:
    mine, other = colleagues(team)
    complain(team, mine)
    assert [len(complaints(actor=who)) for who in (mine, other, team.lead)] == [1, 0, 1]


def test_nobody_stops_the_case_of_a_colleague_by_a_complaint(team: Team) -> None:
    _mine, other = colleagues(team)
    with pytest.raises(NoSuchClaim):
        complain(team, other)


def test_the_routes_of_a_case_are_for_who_handles_it(team: Team) -> None:
    mine, other = colleagues(team)
    claim_id = team.mandates[0].claim_id
    assert routes(claim_id=claim_id, actor=mine, on=AT.date())
    with pytest.raises(NoSuchClaim):
        routes(claim_id=claim_id, actor=other, on=AT.date())


def test_a_mailing_is_for_who_started_it_and_the_leads(team: Team) -> None:
    mine, other = colleagues(team)
    started = start_mailing(
        claim_ids=[team.mandates[0].claim_id],
        channel="sms",
        template="reminder",
        actor=mine,
        at=AT,
    )
    for who, n in ((mine, 1), (team.lead, 1)):
        assert len(mailing_view(mailing_id=started.pk, actor=who).rows) == n
        assert len(mailings(actor=who)) == n
    assert mailings(actor=other) == []
    with pytest.raises(NoSuchMailing):
        mailing_view(mailing_id=started.pk, actor=other)
    with pytest.raises(NoSuchMailing):
        stop_mailing(mailing_id=started.pk, actor=other, at=AT)
    stop_mailing(mailing_id=started.pk, actor=mine, at=AT)


def test_a_team_everybody_has_left_opens_nothing(team: Team) -> None:
    mine, other = colleagues(team)
    pay(team.mandates[0].claim, 100)
    TeamMember.objects.update(left_at=AT)
    assert [payments(actor=who) for who in (mine, other, team.lead)] == [[], [], []]
