"""A lead's team: members and what they hold, queues, who handles which case, giving out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from qinghe.api.auth import actor_of, writer_of
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.market.queries.teams import HandledCase, leading, queues_of, team, team_cases
from qinghe.market.services.capacity import TOP_BAND
from qinghe.market.services.queueing import distribute_team, leave_team, move_debtor
from qinghe.market.services.teams import add_member, end_queue, make_queue, set_member

router = Router(tags=["team"])


class MemberOut(Schema):
    """One member: its room, the cases it holds now, and whether it is here today."""

    id: UUID
    user_id: UUID
    name: str
    lead: bool
    capacity: int
    held: int
    languages: list[str]
    queues: list[UUID] = Field(description="Queues it works; empty: all of them.")
    away_from: date | None
    away_until: date | None = Field(description="The first day it is here again.")
    here: bool


class QueueOut(Schema):
    """What a queue takes; empty lists let everything through, the lowest rank is asked first."""

    id: UUID
    name: str
    rank: int
    products: list[str]
    stages: list[str]
    languages: list[str]
    min_band: int
    max_band: int


class TeamOut(Schema):
    """A team as its lead sees it."""

    members: list[MemberOut]
    queues: list[QueueOut]


class TeamCaseOut(Schema):
    """One live case, its debtor masked, and who handles it; null: it waits."""

    claim_id: UUID
    number: str
    debtor_masked: str
    product: str
    stage: str
    ends_at: datetime
    member_id: UUID | None
    member_name: str | None


class DealtOut(Schema):
    """How many debtors were given to members, and how many wait for room or a queue."""

    given: int
    waiting: int


class QueueIn(Schema):
    """What a new queue takes."""

    name: str
    rank: int = 100
    products: list[str] = []
    stages: list[str] = []
    languages: list[str] = []
    min_band: int = 0
    max_band: int = TOP_BAND


class MemberIn(Schema):
    """A colleague who joins: how many cases it may hold, and which queues it works."""

    user_id: UUID
    capacity: int
    languages: list[str] = []
    queues: list[UUID] = []


class SettingIn(Schema):
    """What a member can hold and do from now on, and when it is away."""

    capacity: int
    languages: list[str] = []
    queues: list[UUID] = []
    away_from: date | None = None
    away_until: date | None = None


class MoveIn(Schema):
    """To whom a debtor goes with all its cases, and why."""

    member_id: UUID
    reason: str = Field(min_length=1, max_length=200)


@router.get("/team", response=TeamOut, url_name="team")
def get_team(request: HttpRequest) -> dict[str, Any]:
    """Return the team you lead."""
    return _team(actor_of(request))


@router.get("/team/cases", response=list[TeamCaseOut], url_name="team-cases")
def list_cases(request: HttpRequest, waiting: bool = False) -> list[HandledCase]:
    """Return up to 200 live cases of the team you lead, soonest over first; or those that wait."""
    return team_cases(actor=actor_of(request), waiting=waiting)


@router.post("/team/distribution", response=DealtOut, url_name="distribute")
def create_distribution(request: HttpRequest) -> dict[str, int]:
    """Give every debtor nobody handles to a member with room."""
    return vars(distribute_team(actor=writer_of(request), at=clock.now()))


@router.post("/team/cases/{uuid:claim_id}/move", response={204: None}, url_name="move-debtor")
def create_move(request: HttpRequest, claim_id: UUID, body: MoveIn) -> Status[None]:
    """Give the debtor of a case, with all its cases, to another member."""
    actor = writer_of(request)
    move_debtor(claim_id=claim_id, **body.dict(), actor=actor, at=clock.now())
    return Status(204, None)


@router.post("/team/members", response={201: TeamOut}, url_name="add-member")
def create_member(request: HttpRequest, body: MemberIn) -> Status[dict[str, Any]]:
    """Take a colleague into the team you lead."""
    actor = writer_of(request)
    add_member(**body.dict(), actor=actor, at=clock.now())
    return Status(201, _team(actor))


@router.post("/team/members/{uuid:member_id}", response=TeamOut, url_name="set-member")
def create_setting(request: HttpRequest, member_id: UUID, body: SettingIn) -> dict[str, Any]:
    """Say anew what a member can hold and do, and when it is away."""
    actor = writer_of(request)
    set_member(member_id=member_id, **body.dict(), actor=actor, at=clock.now())
    return _team(actor)


@router.post("/team/members/{uuid:member_id}/leave", response=DealtOut, url_name="leave-team")
def create_leave(request: HttpRequest, member_id: UUID) -> dict[str, int]:
    """Let a member go; what it handled is given to others at once."""
    return vars(leave_team(member_id=member_id, actor=writer_of(request), at=clock.now()))


@router.post("/team/queues", response={201: QueueOut}, url_name="make-queue")
def create_queue(request: HttpRequest, body: QueueIn) -> Status[object]:
    """Make a queue."""
    made = make_queue(**body.dict(), actor=writer_of(request), at=clock.now())
    return Status(201, made)


@router.post("/team/queues/{uuid:queue_id}/end", response={204: None}, url_name="end-queue")
def create_queue_end(request: HttpRequest, queue_id: UUID) -> Status[None]:
    """End a queue; who handles a debtor goes on handling it."""
    end_queue(queue_id=queue_id, actor=writer_of(request), at=clock.now())
    return Status(204, None)


def _team(actor: Actor) -> dict[str, Any]:
    org_id = leading(actor).organisation_id
    return {"members": team(org_id, clock.now()), "queues": queues_of(org_id)}
