"""Make a team: the operator names a lead; the lead takes members in and makes queues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from qinghe.claims.terms import Product, Stage
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.models import TeamMember, TeamQueue
from qinghe.market.queries.teams import accounts_outside, leading, queues_of
from qinghe.market.services.capacity import TOP_BAND
from qinghe.market.services.listings import check_collector
from qinghe.market.team_refusals import (
    AlreadyInTeam,
    BadTeam,
    NoSuchMember,
    NoSuchQueue,
    QueueNameTaken,
)
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require

MOST = 5_000
LONGEST_NAME = 60


@verb("market.name-lead")
def name_lead(*, org_id: UUID, user_id: UUID, actor: Actor, at: datetime) -> TeamMember:
    """
    Make an account the lead of a collector's team, as the operator; the first one makes the team.

    From then on a member sees the debtors it handles and no others.

    :raises NotPermitted: only who manages accounts
    :raises NotACollector: not an active collector
    :raises NoSuchMember: the account does not act as a collector for it
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    check_collector(org_id)
    lock_team(org_id)
    own = TeamMember.objects.filter(organisation=org_id, user=user_id, left_at__isnull=True)
    made = own.first()
    if made is None:
        _check_account(org_id, user_id, at)
        made = TeamMember(organisation_id=org_id, user_id=user_id, capacity=0, joined_at=at)
    made.lead = True
    made.save()
    note("lead-named", org_id, actor, at, member=made.pk)
    return made


@verb("market.add-member")
def add_member(
    *,
    user_id: UUID,
    capacity: int,
    actor: Actor,
    at: datetime,
    languages: Sequence[str] = (),
    queues: Sequence[UUID] = (),
) -> TeamMember:
    """
    Take a colleague into the team; no queue named means every queue.

    :raises NotALead: only a lead does
    :raises NoSuchMember: the account does not act as a collector here
    :raises AlreadyInTeam: it is in already
    :raises BadTeam: the capacity or a queue is out of range; names the field
    """
    lead = leading(actor)
    org_id = lead.organisation_id
    lock_team(org_id)
    _check_member(org_id, capacity, queues)
    if TeamMember.objects.filter(organisation=org_id, user=user_id, left_at__isnull=True).exists():
        raise AlreadyInTeam
    _check_account(org_id, user_id, at)
    made = TeamMember.objects.create(
        organisation_id=org_id,
        user_id=user_id,
        capacity=capacity,
        languages=list(languages),
        queues=list(queues),
        joined_at=at,
    )
    note("member-added", org_id, actor, at, member=made.pk, capacity=capacity)
    return made


@verb("market.set-member")
def set_member(
    *,
    member_id: UUID,
    capacity: int,
    actor: Actor,
    at: datetime,
    languages: Sequence[str] = (),
    queues: Sequence[UUID] = (),
    away_from: date | None = None,
    away_until: date | None = None,
) -> TeamMember:
    """
    Say anew what a member can hold and do, and when it is away (the last day not included).

    A smaller capacity takes nothing away; it gives nothing new. Who is away is given nothing.

    :raises NotALead: only a lead does
    :raises NoSuchMember: unknown, gone, or of another team
    :raises BadTeam: the capacity, a queue or the absence is out of range; names the field
    """
    found = locked_member(member_id, actor)
    _check_member(found.organisation_id, capacity, queues)
    together = (away_from is None) == (away_until is None)
    if not together or (away_from and away_until and away_from >= away_until):
        raise BadTeam(field="away_until")
    found.capacity, found.languages, found.queues = capacity, list(languages), list(queues)
    found.away_from, found.away_until = away_from, away_until
    found.save()
    facts = {"capacity": capacity, "away_from": away_from, "away_until": away_until}
    note("member-set", found.organisation_id, actor, at, member=found.pk, **facts)
    return found


@verb("market.make-queue")
def make_queue(
    *,
    name: str,
    actor: Actor,
    at: datetime,
    rank: int = 100,
    products: Sequence[str] = (),
    stages: Sequence[str] = (),
    languages: Sequence[str] = (),
    min_band: int = 0,
    max_band: int = TOP_BAND,
) -> TeamQueue:
    """
    Make a queue; empty lists let everything through. The lowest rank that fits takes a case.

    :raises NotALead: only a lead does
    :raises BadTeam: something is out of range; names the field
    :raises QueueNameTaken: there is one of this name
    """
    lead = leading(actor)
    told = (
        ("name", 0 < len(name.strip()) <= LONGEST_NAME),
        ("rank", 0 <= rank <= MOST),
        ("products", all(each in Product.values for each in products)),
        ("stages", all(each in Stage.values for each in stages)),
        ("max_band", 0 <= min_band <= max_band <= TOP_BAND),
    )
    _hold(told)
    try:
        with transaction.atomic():
            made = TeamQueue.objects.create(
                organisation_id=lead.organisation_id,
                name=name.strip(),
                rank=rank,
                products=list(products),
                stages=list(stages),
                languages=list(languages),
                min_band=min_band,
                max_band=max_band,
                made_at=at,
            )
    except IntegrityError:
        raise QueueNameTaken from None
    note("queue-made", lead.organisation_id, actor, at, queue=made.pk)
    return made


@verb("market.end-queue")
def end_queue(*, queue_id: UUID, actor: Actor, at: datetime) -> TeamQueue:
    """
    End a queue; who handles a debtor goes on handling it.

    :raises NotALead: only a lead does
    :raises NoSuchQueue: unknown, ended, or of another team
    """
    lead = leading(actor)
    rows = TeamQueue.objects.select_for_update().filter(
        organisation=lead.organisation_id, ended_at__isnull=True
    )
    found = rows.filter(pk=queue_id).first()
    if found is None:
        raise NoSuchQueue
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    note("queue-ended", lead.organisation_id, actor, at, queue=found.pk)
    return found


def lock_team(org_id: UUID) -> None:
    """Let two who change one team wait for each other; nobody else waits."""
    Organisation.objects.select_for_update(no_key=True).get(pk=org_id)


def locked_member(member_id: UUID, actor: Actor) -> TeamMember:
    """
    Lock a lead's team and return one of its members.

    :raises NotALead: only a lead does
    :raises NoSuchMember: unknown, gone, or of another team
    """
    lead = leading(actor)
    lock_team(lead.organisation_id)
    rows = TeamMember.objects.filter(organisation=lead.organisation_id, left_at__isnull=True)
    found = rows.filter(pk=member_id).first()
    if found is None:
        raise NoSuchMember
    return found


def note(what: str, org_id: UUID, actor: Actor, at: datetime, **facts: Any) -> None:
    """Put one act of a team on record."""
    kind, subject = f"market.team-{what}", f"organisation:{org_id}"
    record(kind=kind, subject=subject, actor=actor, at=at, **facts)


def _check_account(org_id: UUID, user_id: UUID, at: datetime) -> None:
    if user_id not in {account for account, _name in accounts_outside(org_id, at)}:
        raise NoSuchMember


def _check_member(org_id: UUID, capacity: int, queues: Sequence[UUID]) -> None:
    known = {queue.pk for queue in queues_of(org_id)}
    _hold((("capacity", 0 <= capacity <= MOST), ("queues", set(queues) <= known)))


def _hold(told: Sequence[tuple[str, bool]]) -> None:
    for field, holds in told:
        if not holds:
            raise BadTeam(field=field)
