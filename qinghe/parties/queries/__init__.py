"""Reads of this room. Nothing here opens the vault: pages get masked text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from qinghe.journal.queries import timeline
from qinghe.kernel import prepared
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.parties.models import (
    ApiKey,
    ContactPoint,
    Licence,
    Membership,
    Organisation,
    Person,
    User,
    VaultItem,
)
from qinghe.parties.pairs import makers_of
from qinghe.parties.regions import province_of
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import Channel, OrgState, PointState, Secret
from qinghe.parties.vault import ring

ERASURE_ASKED = "parties.erasure-asked"
# Which address carries which channel.
CHANNELS_OF: dict[str, tuple[Channel, ...]] = {
    Secret.PHONE: (Channel.VOICE, Channel.SMS),
    Secret.EMAIL: (Channel.EMAIL,),
    Secret.ADDRESS: (Channel.LETTER, Channel.VISIT),
}
# Every page of the staff begins with it.
MEMBERSHIPS: Final = f"""
SELECT m.id, m.role, m.organisation_id, o.slug, o.name, o.kind
FROM parties_membership m JOIN parties_user u ON u.id = m.user_id
JOIN parties_organisation o ON o.id = m.organisation_id
WHERE m.user_id = %(user)s AND u.is_active AND o.state <> '{OrgState.SUSPENDED.value}'
    AND m.starts_at <= %(at)s AND (m.ends_at IS NULL OR m.ends_at > %(at)s)
ORDER BY m.starts_at, m.id
"""  # noqa: S608  constants of this house


class NoMembership(DomainError):
    code = "parties.no-membership"
    status = 403
    text = _("Your account belongs to no organisation here. Ask the operator to add it.")


class NoSuchOrganisation(DomainError):
    code = "parties.no-such-organisation"
    status = 404
    text = _("There is no such organisation.")


class NoSuchPerson(DomainError):
    code = "parties.no-such-person"
    status = 404
    text = _("There is no such person.")


@dataclass(frozen=True)
class MembershipRow:
    """One role a user may act in now."""

    id: UUID
    role: Role
    org_id: UUID
    org_slug: str
    org_name: str
    org_kind: str


@dataclass(frozen=True)
class AccountRow:
    """An account that may sign in, and its live roles as `role@organisation`."""

    id: UUID
    email: str
    active: bool
    roles: tuple[str, ...]


@dataclass(frozen=True)
class KeyRow:
    """A machine's key that works: whose it is and what it may do, never the key."""

    id: UUID
    name: str
    email: str
    role: str
    created_at: datetime


@dataclass(frozen=True)
class MemberRow:
    """Somebody who acts for an organisation."""

    id: UUID
    role: Role
    display_name: str
    email: str
    starts_at: datetime
    user_id: UUID
    # A colleague made the account, and nobody else has confirmed it: it counts as one with them.
    unconfirmed: bool

    @property
    def label(self) -> str:
        """Return the text under which the journal knows the account in this role."""
        return f"{self.role}:{self.user_id}"


@dataclass(frozen=True)
class PointRow:
    """One contact point, masked. `state` is a `PointState`, `source` a `Source`."""

    id: UUID
    kind: str
    masked: str
    zone: str
    source: str
    state: str
    is_work: bool


def memberships(*, user_id: UUID, at: datetime) -> list[MembershipRow]:
    """
    Return the live memberships of a user in organisations that are not suspended, oldest first.
    """
    rows = prepared.execute(MEMBERSHIPS, {"user": user_id, "at": at})
    return [MembershipRow(row[0], Role(row[1]), *row[2:]) for row in rows]


def accounts(*, actor: Actor, at: datetime) -> list[AccountRow]:
    """
    Return the accounts that sign in, by address. Two queries.

    :raises NotPermitted: the actor may not manage accounts
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    roles: dict[UUID, list[str]] = {}
    live = Membership.objects.filter(_live(at)).order_by("starts_at", "id")
    for user, role, org in live.values_list("user_id", "role", "organisation__slug"):
        roles.setdefault(user, []).append(f"{role}@{org}")
    users = User.objects.order_by("email").values_list("id", "email", "is_active")
    return [AccountRow(pk, email, on, tuple(roles.get(pk, ()))) for pk, email, on in users]


def api_keys(*, actor: Actor) -> list[KeyRow]:
    """
    Return the machines' keys that were not revoked, the oldest first.

    :raises NotPermitted: the actor may not manage accounts
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    rows = ApiKey.objects.filter(revoked_at__isnull=True).order_by("created_at", "id")
    fields = ("id", "name", "membership__user__email", "membership__role", "created_at")
    orgs = rows.values_list(*fields, "membership__organisation__slug")
    return [
        KeyRow(pk, name, email, f"{role}@{org}", made) for pk, name, email, role, made, org in orgs
    ]


def account_named(*, email: str, actor: Actor) -> UUID | None:
    """
    Return the account that signs in with an address, if there is one.

    :raises NotPermitted: the actor may not manage accounts
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    return User.objects.filter(email=email.lower()).values_list("id", flat=True).first()


def members(*, org_id: UUID, at: datetime) -> list[MemberRow]:
    """Return who acts for an organisation now, by name, for those who keep accounts."""
    rows = (
        Membership.objects.filter(_live(at), organisation_id=org_id)
        .order_by("user__display_name", "id")
        .values_list("id", "role", "user__display_name", "user__email", "starts_at", "user_id")
    )
    made = makers_of({str(row[5]) for row in rows})
    return [MemberRow(row[0], Role(row[1]), *row[2:], str(row[5]) in made) for row in rows]


def actor_for(*, user_id: UUID, membership_id: UUID | None, at: datetime) -> Actor:
    """
    Return the actor of a signed-in user; the first membership when none was chosen.

    :raises NoMembership: no live membership, or not one of this user
    """
    mine = memberships(user_id=user_id, at=at)
    chosen = next((row for row in mine if membership_id in (None, row.id)), None)
    if chosen is None:
        raise NoMembership
    return Actor(role=chosen.role, user_id=user_id, org_id=chosen.org_id)


def organisation(slug: str) -> Organisation:
    """
    Return an organisation by its slug.

    :raises NoSuchOrganisation: unknown slug
    """
    return _one_organisation(Organisation.objects.filter(slug=slug))


def organisations(*, kinds: Iterable[str] = (), state: str | None = None) -> list[Organisation]:
    """Return organisations by name, narrowed to kinds and a state where given."""
    rows = Organisation.objects.order_by("name", "id")
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    return list(rows.filter(state=state) if state else rows)


def org_name(org_id: UUID | None) -> str:
    """Return an organisation's name; empty when there is none."""
    return names([org_id]).get(org_id, "") if org_id else ""


def names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of organisations by id, in one query."""
    wanted = {each for each in ids if each}
    return dict(Organisation.objects.filter(pk__in=wanted).values_list("pk", "name"))


def person_labels(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return masked names by person id, in one query."""
    return dict(Person.objects.filter(pk__in=set(ids)).values_list("pk", "masked_name"))


def person_zone(person_id: UUID) -> str:
    """Return the primary IANA zone of a person; empty when none is known."""
    zones = Person.objects.filter(pk=person_id).values_list("zones", flat=True).first()
    return zones[0] if zones else ""


def valid_licence(*, org_id: UUID, kind: str, region: str, on: date) -> bool:
    """
    Tell whether an active organisation holds a verified licence for a region on a day.

    A licence without a region holds for the whole country, one of a province for its cities.
    """
    return (
        licences_on(org_id=org_id, on=on, kind=kind)
        .filter(region__in=("", region, province_of(region)))
        .exists()
    )


def licences_on(*, org_id: UUID, on: date, kind: str) -> QuerySet[Licence]:
    """Return the verified licences of one kind an active organisation holds on a day."""
    return Licence.objects.filter(
        organisation_id=org_id,
        organisation__state=OrgState.ACTIVE,
        kind=kind,
        verified_at__isnull=False,
        starts_on__lte=on,
        ends_on__gt=on,
    )


def licences(*, org_id: UUID) -> list[Licence]:
    """Return every licence of an organisation, the newest first."""
    return list(Licence.objects.filter(organisation_id=org_id).order_by("-starts_on", "-id"))


def contact_points(person_id: UUID) -> list[PointRow]:
    """Return the contact points of a person, masked, usable ones first."""
    rows = (
        ContactPoint.objects.filter(person_id=person_id)
        .order_by("-state", "created_at", "id")
        .values_list("id", "kind", "address__masked", "zone", "source", "state", "is_work")
    )
    return [PointRow(*row) for row in rows]


def erasure_asked_at(person_id: UUID) -> datetime | None:
    """Return when a person last asked for the deletion of their data."""
    entries = timeline(subject=f"person:{person_id}")
    return next((each.at for each in reversed(entries) if each.kind == ERASURE_ASKED), None)


def reachable_channels(person_id: UUID) -> frozenset[str]:
    """Return the channels a person can be reached by: an address in service and a known zone."""
    return reachable([person_id]).get(person_id, frozenset())


def reachable(person_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """Return the channels of many persons, in one query; those with none are absent."""
    return channels_by_person(usable_points(person_ids))


def usable_points(person_ids: Iterable[UUID]) -> QuerySet[ContactPoint, tuple[UUID, str]]:
    """Return (person, kind) of the addresses in service of persons whose zone is known."""
    return (
        ContactPoint.objects.filter(person_id__in=set(person_ids))
        .exclude(state=PointState.INVALID)
        .exclude(person__zones=[])
        .values_list("person_id", "kind")
    )


def channels_by_person(points: Iterable[tuple[UUID, str]]) -> dict[UUID, frozenset[str]]:
    """Return by which channels each person of these (person, kind) can be reached."""
    found: dict[UUID, frozenset[str]] = {}
    for person_id, kind in points:
        channels = frozenset(channel.value for channel in CHANNELS_OF.get(kind, ()))
        found[person_id] = found.get(person_id, frozenset()) | channels
    return found


def vault_items(*, person_id: UUID, kind: str) -> list[VaultItem]:
    """Return the sealed data of one kind about a person, the newest first."""
    return list(
        VaultItem.objects.filter(person_id=person_id, kind=kind).order_by("-created_at", "-id")
    )


def find_by_value(kind: str, value: str) -> list[UUID]:
    """Return the ids of vault items that hold a normalised value, by blind index."""
    return list(
        VaultItem.objects.filter(kind=kind, blind__in=ring().blinds(kind, value))
        .order_by("created_at", "id")
        .values_list("id", flat=True)
    )


def _live(at: datetime) -> Q:
    return Q(starts_at__lte=at) & (Q(ends_at__isnull=True) | Q(ends_at__gt=at))


def _one_organisation(rows: QuerySet[Organisation]) -> Organisation:
    found = rows.first()
    if found is None:
        raise NoSuchOrganisation
    return found


def display_names(user_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names that colleagues see, of accounts by their ids."""
    known = [each for each in user_ids if each is not None]
    return dict(User.objects.filter(pk__in=known).values_list("pk", "display_name"))
