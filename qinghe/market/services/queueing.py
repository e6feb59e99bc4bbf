"""Give the cases of a team to its members, move them, and hand over what a leaver held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists

from qinghe.journal.services import record_many, verb
from qinghe.kernel.actor import Actor, system
from qinghe.market import queueing
from qinghe.market.bands import band_of
from qinghe.market.models import Mandate, TeamAssignment, TeamMember
from qinghe.market.queries.teams import (
    last_handlers,
    leading,
    live_membership,
    queues_of,
    team,
    unhandled,
)
from qinghe.market.queueing import Case, Debtor, Hand, Queue, Shared
from qinghe.market.services.teams import lock_team, locked_member, note
from qinghe.market.team_refusals import (
    LastLead,
    MemberFull,
    MoveNeedsReason,
    NotInTeamHands,
)
from qinghe.market.terms import LIVE


@dataclass(frozen=True)
class Dealt:
    """How many debtors were given to members, and how many wait for room."""

    given: int
    waiting: int


@verb("market.distribute-team")
def distribute_team(*, actor: Actor, at: datetime) -> Dealt:
    """
    Give every debtor of the team whom nobody handles to a member, by `queueing.distribute`.

    :raises NotALead: only a lead does; a clock does it for everybody
    """
    org_id = leading(actor).organisation_id
    lock_team(org_id)
    return _deal(org_id, actor, at)


def distribute_all(*, at: datetime) -> int:
    """Hand over what accounts left behind and give out what came; return how many were given."""
    actor = system("market.team")
    teams = TeamMember.objects.filter(left_at__isnull=True).order_by("organisation")
    ids = list(teams.values_list("organisation_id", flat=True).distinct())
    return sum(_tend(org_id=org_id, actor=actor, at=at) for org_id in ids)


@verb("market.tend-team")
def _tend(*, org_id: UUID, actor: Actor, at: datetime) -> int:
    lock_team(org_id)
    rows = TeamMember.objects.filter(organisation=org_id, left_at__isnull=True)
    for gone in rows.filter(~Exists(live_membership(org_id, at))):
        _let_go(gone, actor, at)
    return _deal(org_id, actor, at).given


@verb("market.move-debtor")
def move_debtor(
    *, claim_id: UUID, member_id: UUID, reason: str, actor: Actor, at: datetime
) -> TeamAssignment:
    """
    Give the debtor of a case, with all its cases, to another member, as a lead with a reason.

    :raises NotALead: only a lead does
    :raises NoSuchMember: unknown, gone, or of another team
    :raises MoveNeedsReason: none was given
    :raises NotInTeamHands: the team holds no such case now
    :raises MemberFull: it has no room for all of the debtor's cases
    """
    to = locked_member(member_id, actor)
    if not reason.strip():
        raise MoveNeedsReason
    org_id = to.organisation_id
    live = Mandate.objects.filter(collector=org_id, state__in=LIVE)
    person_id = live.filter(claim=claim_id).values_list("claim__debtor", flat=True).first()
    if person_id is None:
        raise NotInTeamHands
    cases = live.filter(claim__debtor=person_id).count()
    held = next(each.held for each in team(org_id, at) if each.id == to.pk)
    current = TeamAssignment.objects.filter(
        organisation=org_id, person=person_id, ended_at__isnull=True
    )
    if current.filter(member=to).exists():
        return current.get()
    if held + cases > to.capacity:
        raise MemberFull(held=held, capacity=to.capacity, cases=cases)
    current.update(ended_at=at)
    made = TeamAssignment.objects.create(
        organisation_id=org_id,
        person_id=person_id,
        member=to,
        why="moved",
        reason=reason.strip(),
        by=actor.label,
        starts_at=at,
    )
    note("moved", org_id, actor, at, claim=claim_id, member=to.pk, reason=reason)
    return made


@verb("market.leave-team")
def leave_team(*, member_id: UUID, actor: Actor, at: datetime) -> Dealt:
    """
    Let a member go: everything it handled is given to others in the same transaction.

    What nobody has room for waits in the lead's sight, and is given as soon as there is room.

    :raises NotALead: only a lead does
    :raises NoSuchMember: unknown, gone, or of another team
    :raises LastLead: the team would have no lead
    """
    found = locked_member(member_id, actor)
    leads = TeamMember.objects.filter(
        organisation=found.organisation_id, lead=True, left_at__isnull=True
    )
    if found.lead and not leads.exclude(pk=found.pk).exists():
        raise LastLead
    _let_go(found, actor, at)
    return _deal(found.organisation_id, actor, at)


def _let_go(found: TeamMember, actor: Actor, at: datetime) -> None:
    found.left_at = at
    found.save(update_fields=["left_at"])
    handled = TeamAssignment.objects.filter(member=found, ended_at__isnull=True)
    freed = handled.update(ended_at=at)
    note("left", found.organisation_id, actor, at, member=found.pk, debtors=freed)


def _deal(org_id: UUID, actor: Actor, at: datetime) -> Dealt:
    """Distribute under the team's lock; a fixed number of statements however many cases."""
    rows = [Queue(
        queue.pk, queue.rank, frozenset(queue.products), frozenset(queue.stages),
        frozenset(queue.languages), queue.min_band, queue.max_band,
    ) for queue in queues_of(org_id)]  # fmt: skip
    hands = [
        Hand(each.id, each.capacity, each.held, frozenset(each.queues), frozenset(each.languages))
        for each in team(org_id, at)
        if each.here and each.capacity
    ]
    found = queueing.distribute(_debtors(org_id, at), rows, hands)
    _keep(org_id, found, actor, at)
    return Dealt(len(found.given), len(found.waiting))


def _debtors(org_id: UUID, at: datetime) -> list[Debtor]:
    fields = (
        "claim__debtor_id", "claim__debtor__language", "claim__product", "claim__stage",
        "claim__principal", "claim__interest", "claim__costs", "claim__currency", "ends_at",
    )  # fmt: skip
    cases: dict[UUID, list[Case]] = {}
    speaks: dict[UUID, str] = {}
    for row in unhandled(org_id).order_by("ends_at", "pk").values_list(*fields):
        person, language, product, stage, *owed, currency, ends_at = row
        speaks[person] = language
        case = Case(product, stage, band_of(sum(owed), currency), ends_at)
        cases.setdefault(person, []).append(case)
    before = last_handlers(org_id, cases)
    members = {each.user_id: each.id for each in team(org_id, at)}
    return [
        Debtor(person, speaks[person], tuple(held), _now(before.get(person), members))
        for person, held in cases.items()
    ]


def _now(user_id: UUID | None, members: dict[UUID, UUID]) -> UUID | None:
    return members.get(user_id) if user_id else None


def _keep(org_id: UUID, found: Shared, actor: Actor, at: datetime) -> None:
    made = [
        TeamAssignment(
            organisation_id=org_id,
            person_id=each.person_id,
            member_id=each.member_id,
            queue_id=each.queue_id,
            why=each.why,
            by=actor.label,
            starts_at=at,
        )
        for each in found.given
    ]
    TeamAssignment.objects.bulk_create(made, batch_size=1_000)
    record_many(
        kind="market.team-given",
        rows=[
            (f"organisation:{org_id}", row.person_id, {"member": row.member_id, "why": row.why})
            for row in made
        ],
        actor=actor,
        at=at,
    )
