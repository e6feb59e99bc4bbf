"""A team: the operator names its lead, cases go to members, nothing is orphaned or seen by all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from qinghe.casework.queries import worklist
from qinghe.casework.queries.next_case import next_case
from qinghe.contact.services import request_contact
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate, TeamAssignment, TeamMember
from qinghe.market.queries import mandate_for
from qinghe.market.queries.teams import team_cases
from qinghe.market.refusals import NoMandate
from qinghe.market.services.queueing import (
    Dealt,
    distribute_all,
    distribute_team,
    leave_team,
    move_debtor,
)
from qinghe.market.services.teams import add_member, make_queue, name_lead, set_member
from qinghe.market.team_refusals import (
    LastLead,
    MemberFull,
    MoveNeedsReason,
    NoSuchMember,
    NotALead,
    QueueNameTaken,
)
from qinghe.parties.models import Membership, Organisation
from qinghe.parties.roles import NotPermitted
from tests import factories
from tests.factories import AT
from tests.market.conftest import reachable_claim
from tests.web.people import member

pytestmark = pytest.mark.django_db


@dataclass
class Team:
    """An agency with a lead and two members, and three cases of two debtors."""

    agency: Organisation
    operator: Actor
    lead: Actor
    one: Actor
    two: Actor
    mandates: list[Mandate]

    def row(self, who: Actor) -> TeamMember:
        return TeamMember.objects.get(user=who.user_id, left_at=None)

    def handler(self, mandate: Mandate) -> TeamMember | None:
        rows = TeamAssignment.objects.filter(person=mandate.claim.debtor_id, ended_at=None)
        found = rows.first()
        return found.member if found else None

    def deal(self) -> Dealt:
        return distribute_team(actor=self.lead, at=AT)


@pytest.fixture
def team() -> Team:
    agency = factories.collector()
    factories.licence(agency)
    people = [
        Actor(Role.COLLECTOR, member(Role.COLLECTOR, agency).pk, agency.pk) for _each in range(3)
    ]
    operator = factories.actor(Role.OPERATOR, factories.organisation("operator"))
    claims = [reachable_claim(), reachable_claim()]
    claims.append(reachable_claim(debtor=claims[0].debtor))
    mandates = [factories.mandate(each, agency) for each in claims]
    made = Team(agency, operator, *people, mandates)
    assert made.lead.user_id
    name_lead(org_id=agency.pk, user_id=made.lead.user_id, actor=operator, at=AT)
    for who in (made.one, made.two):
        assert who.user_id
        add_member(user_id=who.user_id, capacity=5, actor=made.lead, at=AT)
    return made


def test_a_lead_is_named_by_the_operator_alone(team: Team) -> None:
    assert team.one.user_id
    with pytest.raises(NotPermitted):
        name_lead(org_id=team.agency.pk, user_id=team.one.user_id, actor=team.one, at=AT)
    with pytest.raises(NotALead):
        make_queue(name="示例", actor=team.one, at=AT)
    stranger = member(Role.COLLECTOR, factories.collector())
    with pytest.raises(NoSuchMember):
        add_member(user_id=stranger.pk, capacity=5, actor=team.lead, at=AT)


def test_all_cases_of_one_debtor_go_to_one_member_and_fair(team: Team) -> None:
    assert team.deal() == Dealt(given=2, waiting=0)
    first, second, third = map(team.handler, team.mandates)
    assert first == third
    assert {first, second} == {team.row(team.one), team.row(team.two)}
    assert team.deal() == Dealt(given=0, waiting=0)
    # A new case of a debtor somebody handles is that member's at once.
    debtor = team.mandates[0].claim.debtor
    late = factories.mandate(reachable_claim(debtor=debtor), team.agency)
    assert team.handler(late) == first


def test_the_database_knows_one_handler_of_a_debtor(team: Team) -> None:
    team.deal()
    row = TeamAssignment.objects.filter(ended_at=None).first()
    assert row
    other = TeamAssignment(
        organisation=row.organisation,
        person=row.person,
        member=row.member,
        why="room",
        by="x",
        starts_at=AT,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


def test_a_member_sees_and_works_its_own_debtors_only(team: Team) -> None:
    assert worklist(actor=team.one, at=AT).total == 0
    team.deal()
    totals = {worklist(actor=who, at=AT).total for who in (team.one, team.two)}
    assert totals == {1, 2}
    assert worklist(actor=team.lead, at=AT).total == 3
    handler = team.handler(team.mandates[0])
    other = team.two if handler == team.row(team.one) else team.one
    claim_id = team.mandates[0].claim_id
    with pytest.raises(NoMandate):
        mandate_for(claim_id=claim_id, actor=other, at=AT)
    with pytest.raises(NoMandate):
        request_contact(
            claim_id=claim_id,
            channel="sms",
            purpose="collect",
            template="reminder",
            actor=other,
            at=AT,
        )
    assert mandate_for(claim_id=claim_id, actor=team.lead, at=AT)


def test_who_has_no_team_sees_everything_as_before() -> None:
    agency = factories.collector()
    who = Actor(Role.COLLECTOR, member(Role.COLLECTOR, agency).pk, agency.pk)
    factories.mandate(reachable_claim(), agency)
    assert worklist(actor=who, at=AT).total == 1


def test_a_lead_moves_a_debtor_with_a_reason(team: Team) -> None:
    team.deal()
    claim_id = team.mandates[0].claim_id
    handler = team.handler(team.mandates[0])
    to = next(row for row in map(team.row, (team.one, team.two)) if row != handler)
    with pytest.raises(MoveNeedsReason):
        move_debtor(claim_id=claim_id, member_id=to.pk, reason=" ", actor=team.lead, at=AT)
    set_member(member_id=to.pk, capacity=2, actor=team.lead, at=AT)
    with pytest.raises(MemberFull):
        move_debtor(claim_id=claim_id, member_id=to.pk, reason="休假", actor=team.lead, at=AT)
    set_member(member_id=to.pk, capacity=3, actor=team.lead, at=AT)
    move_debtor(claim_id=claim_id, member_id=to.pk, reason="休假", actor=team.lead, at=AT)
    assert team.handler(team.mandates[0]) == team.handler(team.mandates[2]) == to
    assert Entry.objects.filter(kind="market.team-moved").count() == 1


def test_a_leaver_orphans_nothing(team: Team) -> None:
    team.deal()
    gone, stays = team.row(team.one), team.row(team.two)
    assert leave_team(member_id=gone.pk, actor=team.lead, at=AT).waiting == 0
    assert {team.handler(each) for each in team.mandates} == {stays}
    # The last who may hold cases goes: everything waits in the lead's sight.
    left = leave_team(member_id=stays.pk, actor=team.lead, at=AT)
    assert left == Dealt(given=0, waiting=2)
    assert len(team_cases(actor=team.lead, waiting=True)) == 3
    with pytest.raises(LastLead):
        leave_team(member_id=team.row(team.lead).pk, actor=team.lead, at=AT)


def test_an_account_that_ended_hands_over_by_the_clock(team: Team) -> None:
    team.deal()
    Membership.objects.filter(user=team.one.user_id).update(ends_at=AT)
    later = AT + timedelta(minutes=10)
    assert distribute_all(at=later) == 1
    assert {team.handler(each) for each in team.mandates} == {team.row(team.two)}


def test_who_is_away_is_given_nothing(team: Team) -> None:
    away = team.row(team.one)
    set_member(
        member_id=away.pk,
        capacity=5,
        away_from=AT.date(),
        away_until=AT.date() + timedelta(days=5),
        actor=team.lead,
        at=AT,
    )
    team.deal()
    assert {team.handler(each) for each in team.mandates} == {team.row(team.two)}


def test_queues_have_a_name_once(team: Team) -> None:
    make_queue(name="信用卡", products=["credit_card"], actor=team.lead, at=AT)
    with pytest.raises(QueueNameTaken):
        make_queue(name="信用卡", actor=team.lead, at=AT)
    # The only queue takes no consumer loan: they wait, and nobody is given what does not fit.
    assert team.deal() == Dealt(given=0, waiting=2)


def test_the_next_case_is_ones_own(team: Team) -> None:
    team.deal()
    found = next_case(actor=team.one, at=AT)
    assert found
    assert found.claim_id in worklist(actor=team.one, at=AT).order
    assert next_case(actor=team.lead, at=AT) is None
