"""A team as its lead sees it, and what each member may see of the team's cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from qinghe.journal.queries import timeline
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate, TeamAssignment, TeamMember, TeamQueue
from qinghe.market.team_refusals import NotALead
from qinghe.market.terms import LIVE
from qinghe.parties.models import Membership
from qinghe.parties.queries import display_names
from qinghe.rules.contact.clock import NATIONAL, local_day


@dataclass(frozen=True)
class MemberLoad:
    """One member: its room, the cases it holds now, and whether it is here today."""

    id: UUID
    user_id: UUID
    name: str
    lead: bool
    capacity: int
    held: int
    languages: tuple[str, ...]
    queues: tuple[UUID, ...]
    away_from: date | None
    away_until: date | None
    here: bool


@dataclass(frozen=True)
class HandledCase:
    """One live case of the team, masked, and who handles it (nobody: it waits)."""

    claim_id: UUID
    number: str
    debtor_masked: str
    person_id: UUID
    product: str
    stage: str
    ends_at: datetime
    member_id: UUID | None
    member_name: str | None


def in_own_hands(actor: Actor, person: str) -> Q:
    """
    Return what narrows rows to the debtors an actor may see in its team.

    `person` is the path to the debtor. Where an organisation never had a team everybody sees its
    cases; a lead sees all of them, a member those it handles, and whoever is no member sees none.
    A team whose last member has left opens nothing: the operator names a new lead.
    """
    if actor.role != Role.COLLECTOR or actor.org_id is None:
        return Q()
    ever = TeamMember.objects.filter(organisation=actor.org_id)
    members = ever.filter(left_at__isnull=True)
    mine = TeamAssignment.objects.filter(
        organisation=actor.org_id,
        person=OuterRef(person),
        ended_at__isnull=True,
        member__user=actor.user_id,
        member__left_at__isnull=True,
    )
    leading = members.filter(user=actor.user_id, lead=True)
    return ~Q(Exists(ever)) | Q(Exists(leading)) | Q(Exists(mine))


def leads_or_no_team(actor: Actor) -> Q:
    """Return what keeps the rows of a whole team for its leads; without a team it keeps nothing."""
    ever = TeamMember.objects.filter(organisation=actor.org_id)
    leading = ever.filter(left_at__isnull=True, user=actor.user_id, lead=True)
    return ~Q(Exists(ever)) | Q(Exists(leading))


def member_of(actor: Actor) -> TeamMember | None:
    """Return an actor's own row in its organisation's team."""
    if actor.role != Role.COLLECTOR:
        return None
    rows = TeamMember.objects.filter(organisation=actor.org_id, user=actor.user_id)
    return rows.filter(left_at__isnull=True).first()


def leading(actor: Actor) -> TeamMember:
    """
    Return an actor's own row as a lead.

    :raises NotALead: it leads no team
    """
    found = member_of(actor)
    if found is None or not found.lead:
        raise NotALead
    return found


def team(org_id: UUID, at: datetime) -> list[MemberLoad]:
    """Return the members of a team with what they hold; two queries."""
    today = local_day(NATIONAL, at)
    held = held_by(org_id)
    rows = TeamMember.objects.filter(organisation=org_id, left_at__isnull=True)
    rows = rows.select_related("user").annotate(live=Exists(live_membership(org_id, at)))
    return [
        MemberLoad(
            id=row.pk,
            user_id=row.user_id,
            name=row.user.display_name,
            lead=row.lead,
            capacity=row.capacity,
            held=held.get(row.pk, 0),
            languages=tuple(row.languages),
            queues=tuple(row.queues),
            away_from=row.away_from,
            away_until=row.away_until,
            here=row.live and not _away(row, today),
        )
        for row in rows.order_by("-lead", "user__display_name", "pk")
    ]


def held_by(org_id: UUID) -> dict[UUID, int]:
    """Return how many live cases each member of a team holds, in one query."""
    counts = (
        _live(org_id)
        .annotate(handler=Subquery(_handler(org_id).values("member")[:1]))
        .filter(handler__isnull=False)
        .values_list("handler")
        .annotate(n=Count("pk"))
        .order_by("handler")
    )
    return dict(counts)


def live_membership(org_id: UUID, at: datetime) -> QuerySet[Membership]:
    """Return the membership that lets a member of a team act today."""
    return Membership.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        user=OuterRef("user"),
        user__is_active=True,
        organisation=org_id,
        role=Role.COLLECTOR.value,
        starts_at__lte=at,
    )


def queues_of(org_id: UUID) -> list[TeamQueue]:
    """Return the queues of a team, the first that is asked first."""
    rows = TeamQueue.objects.filter(organisation=org_id, ended_at__isnull=True)
    return list(rows.order_by("rank", "pk"))


def team_cases(*, actor: Actor, waiting: bool = False, limit: int = 200) -> list[HandledCase]:
    """
    Return the live cases of a lead's team, those that end first, first; or those nobody handles.

    :raises NotALead: the actor leads no team
    """
    lead = leading(actor)
    org_id = lead.organisation_id
    found = unhandled(org_id) if waiting else _live(org_id)
    rows = found.annotate(
        handler=Subquery(_handler(org_id).values("member")[:1]),
        handler_name=Subquery(_handler(org_id).values("member__user__display_name")[:1]),
    )
    fields = (
        "claim_id", "claim__number", "claim__debtor__masked_name", "claim__debtor_id",
        "claim__product", "claim__stage", "ends_at", "handler", "handler_name",
    )  # fmt: skip
    read = rows.order_by("ends_at", "pk").values_list(*fields)[:limit]
    return [HandledCase(*row) for row in read]


def unhandled(org_id: UUID) -> QuerySet[Mandate]:
    """Return the live mandates of a team whose debtor nobody handles."""
    return _live(org_id).filter(~Exists(_handler(org_id)))


def last_handlers(org_id: UUID, person_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return which user handled each debtor last, if somebody did; one query."""
    rows = TeamAssignment.objects.filter(
        organisation=org_id, person__in=set(person_ids), ended_at__isnull=False
    )
    return dict(rows.order_by("starts_at", "pk").values_list("person_id", "member__user_id"))


def accounts_outside(org_id: UUID, at: datetime) -> list[tuple[UUID, str]]:
    """Return the collectors of an organisation that are in no team yet: account and name."""
    inside = TeamMember.objects.filter(organisation=org_id, left_at__isnull=True)
    rows = Membership.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        organisation=org_id,
        role=Role.COLLECTOR.value,
        starts_at__lte=at,
        user__is_active=True,
    ).exclude(user__in=inside.values("user"))
    return list(rows.order_by("user__display_name").values_list("user_id", "user__display_name"))


def _away(row: TeamMember, today: date) -> bool:
    return bool(row.away_from and row.away_until and row.away_from <= today < row.away_until)


def _live(org_id: UUID) -> QuerySet[Mandate]:
    return Mandate.objects.filter(collector=org_id, state__in=LIVE)


def _handler(org_id: UUID) -> QuerySet[TeamAssignment]:
    return TeamAssignment.objects.filter(
        organisation=org_id, person=OuterRef("claim__debtor"), ended_at__isnull=True
    )


def leads_named(org_id: UUID | None) -> list[tuple[str, datetime]]:
    """Return who leads a team and when the operator named it, the latest first."""
    leads = TeamMember.objects.filter(organisation=org_id, lead=True, left_at__isnull=True)
    rows = list(leads.values_list("pk", "user_id", "joined_at"))
    names = display_names(user for _pk, user, _joined in rows)
    since = [(names.get(user, ""), _named_at(org_id, pk) or joined) for pk, user, joined in rows]
    return sorted(since, key=lambda row: row[1], reverse=True)


def _named_at(org_id: UUID | None, member_id: UUID) -> datetime | None:
    entries = timeline(subject=f"organisation:{org_id}", member=str(member_id))
    return max((each.at for each in entries if each.kind == "market.team-lead-named"), default=None)
