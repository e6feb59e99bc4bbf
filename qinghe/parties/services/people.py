"""Resolve persons by id number, and keep how they may be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import available_timezones

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.bulk import copy_rows
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import new_id
from qinghe.parties import identity
from qinghe.parties.models import ContactPoint, Person, VaultItem
from qinghe.parties.services.secrets import seal, sealed
from qinghe.parties.terms import PersonKind, PointState, Secret, Source
from qinghe.parties.vault import Ring, ring

REFUSED_SOURCES = frozenset({Source.ADDRESS_BOOK, Source.PURCHASED, Source.SCRAPED, Source.UNKNOWN})
# One id number must not become two persons in two transactions at once.
RESOLVE_LOCK = 0x71696E67


class BadIdentity(DomainError):
    code = "parties.bad-identity"
    text = _("This {kind} cannot be right. Check it for a typing mistake.")


class SourceRefused(DomainError):
    code = "parties.source-refused"
    text = _("Contact data from this source ({source}) may never be used. It was not stored.")


class UnknownZone(DomainError):
    code = "parties.unknown-zone"
    text = _("There is no time zone {zone}.")


@dataclass(frozen=True)
class Wanted:
    """What is known of somebody to be resolved: found by id number, else made."""

    kind: str
    name: str
    id_number: str | None = None
    region: str = ""
    zones: tuple[str, ...] = ()
    language: str = "zh-hans"


@dataclass(frozen=True)
class WantedPoint:
    """One address of one person, with where it came from."""

    person_id: UUID
    kind: str
    value: str
    source: str
    zone: str = ""


@verb("parties.resolve_person")
def resolve_person(
    *,
    kind: str,
    name: str,
    id_number: str | None,
    region: str,
    zones: Sequence[str],
    actor: Actor,
    at: datetime,
) -> Person:
    """
    Return the person with this id number, or make one; without a number a new one is made.

    :raises BadIdentity: the id number's form or checksum is wrong
    :raises UnknownZone: a zone IANA does not know
    """
    wanted = Wanted(kind, name, id_number, region, tuple(zones))
    (person_id,) = resolve_people(wanted=[wanted], actor=actor, at=at)
    return Person.objects.get(pk=person_id)


@verb("parties.resolve_people")
def resolve_people(*, wanted: Sequence[Wanted], actor: Actor, at: datetime) -> list[UUID]:
    """
    Resolve many persons with a fixed number of statements; the answer has their order.

    :raises BadIdentity: an id number's form or checksum is wrong
    :raises UnknownZone: a zone IANA does not know
    """
    _check_zones({zone for each in wanted for zone in each.zones})
    numbers = [_number(each) for each in wanted]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RESOLVE_LOCK])
    known = _known({number for number in numbers if number})
    people: list[Person] = []
    items: list[VaultItem] = []
    answer = [
        _resolve(*pair, known, people, items, at) for pair in zip(wanted, numbers, strict=True)
    ]
    copy_rows(people)
    copy_rows(items)
    if people:
        record(
            kind="parties.people-resolved",
            subject=f"person:{people[0].pk}" if len(people) == 1 else "people",
            actor=actor,
            at=at,
            made=len(people),
            asked=len(wanted),
        )
    return answer


@verb("parties.add_contact_point")
def add_contact_point(
    *,
    person_id: UUID,
    kind: str,
    value: str,
    source: str,
    zone: str,
    actor: Actor,
    at: datetime,
    is_work: bool = False,
    state: str = PointState.UNVERIFIED,
) -> ContactPoint:
    """
    Keep one address of a person, from a lawful source; the same address is kept once.

    :raises SourceRefused: address book, purchased, scraped or unknown
    :raises BadIdentity: the address cannot exist
    :raises UnknownZone: a zone IANA does not know
    """
    if not _lawful(source):
        raise SourceRefused(source=source)
    _check_zones({zone} - {""})
    Person.objects.select_for_update().get(pk=person_id)
    existing = _point_with(person_id, kind, value)
    if existing is not None:
        return existing
    point = ContactPoint.objects.create(
        person_id=person_id,
        kind=kind,
        address=seal(kind=kind, value=value, person_id=person_id, at=at),
        zone=zone,
        source=source,
        state=state,
        is_work=is_work,
        created_at=at,
    )
    _note("added", point, actor, at, channel=kind, source=source)
    return point


@verb("parties.add_contact_points")
def add_contact_points(*, points: Sequence[WantedPoint], actor: Actor, at: datetime) -> int:
    """
    Keep many addresses with a fixed number of statements; return how many were new.

    :raises SourceRefused: address book, purchased, scraped or unknown; nothing is stored
    :raises BadIdentity: an address cannot exist; nothing is stored
    """
    refused = next((each.source for each in points if not _lawful(each.source)), None)
    if refused is not None:
        raise SourceRefused(source=refused)
    keys = ring()
    people = {each.person_id for each in points}
    list(Person.objects.select_for_update().filter(pk__in=people).order_by("pk").values("pk"))
    held = ContactPoint.objects.filter(person_id__in=people)
    known = {
        (person_id, bytes(blind or b""))
        for person_id, blind in held.values_list("person_id", "address__blind")
    }
    items: list[VaultItem] = []
    rows: list[ContactPoint] = []
    for each in points:
        item = _sealed_point(each, keys, at)
        key = (each.person_id, bytes(item.blind or b""))
        if key not in known:
            known.add(key)
            items.append(item)
            rows.append(_point(each, item, at))
    copy_rows(items)
    copy_rows(rows)
    if rows:
        record(
            kind="parties.contact-points-added",
            subject="people",
            actor=actor,
            at=at,
            count=len(rows),
        )
    return len(rows)


@verb("parties.mark_contact_point")
def mark_contact_point(*, point_id: UUID, state: str, actor: Actor, at: datetime) -> ContactPoint:
    """Keep whether an address is in service, as last seen."""
    point = ContactPoint.objects.select_for_update().get(pk=point_id)
    point.state, point.checked_at = state, at
    point.save(update_fields=["state", "checked_at"])
    _note("marked", point, actor, at, state=state)
    return point


def _lawful(source: str) -> bool:
    return source in Source.values and source not in REFUSED_SOURCES


def _sealed_point(wanted: WantedPoint, keys: Ring, at: datetime) -> VaultItem:
    try:
        return sealed(
            kind=wanted.kind, value=wanted.value, person_id=wanted.person_id, at=at, keys=keys
        )
    except identity.Malformed:
        raise BadIdentity(kind=Secret(wanted.kind).label) from None


def _point(wanted: WantedPoint, item: VaultItem, at: datetime) -> ContactPoint:
    return ContactPoint(
        person_id=wanted.person_id,
        kind=wanted.kind,
        address=item,
        zone=wanted.zone,
        source=wanted.source,
        created_at=at,
    )


def _number(wanted: Wanted) -> str | None:
    if not wanted.id_number:
        return None
    try:
        return identity.id_number(wanted.id_number, kind=wanted.kind, demo=settings.DEMO)
    except identity.Malformed:
        raise BadIdentity(kind=Secret.ID_NUMBER.label) from None


def _known(numbers: set[str]) -> dict[str, UUID]:
    keys = ring()
    by_blind = {
        blind: number for number in numbers for blind in keys.blinds(Secret.ID_NUMBER, number)
    }
    rows = VaultItem.objects.filter(
        kind=Secret.ID_NUMBER, blind__in=list(by_blind), person__isnull=False
    ).values_list("blind", "person_id")
    return {by_blind[bytes(blind or b"")]: person_id for blind, person_id in rows}


def _resolve(
    wanted: Wanted,
    number: str | None,
    known: dict[str, UUID],
    people: list[Person],
    items: list[VaultItem],
    at: datetime,
) -> UUID:
    if number in known:
        return known[number]
    business = wanted.kind == PersonKind.BUSINESS
    person = Person(
        id=new_id(),
        kind=wanted.kind,
        masked_name=identity.mask_business(wanted.name)
        if business
        else identity.mask_name(wanted.name),
        region=wanted.region,
        zones=list(wanted.zones),
        language=wanted.language,
        created_at=at,
    )
    people.append(person)
    facts = ((Secret.NAME, wanted.name), (Secret.ID_NUMBER, number))
    items += [
        sealed(kind=kind, value=value, person_id=person.pk, at=at, keys=ring())
        for kind, value in facts
        if value and value.strip()
    ]
    if number:
        known[number] = person.pk
    return person.pk


def _point_with(person_id: UUID, kind: str, value: str) -> ContactPoint | None:
    try:
        text = identity.normalise(kind, value, demo=settings.DEMO)
    except identity.Malformed:
        raise BadIdentity(kind=Secret(kind).label) from None
    return ContactPoint.objects.filter(
        person_id=person_id, address__kind=kind, address__blind__in=ring().blinds(kind, text)
    ).first()


def _check_zones(zones: set[str]) -> None:
    unknown = zones - available_timezones()
    if unknown:
        raise UnknownZone(zone=min(unknown))


def _note(what: str, point: ContactPoint, actor: Actor, at: datetime, **facts: str) -> None:
    record(
        kind=f"parties.contact-point-{what}",
        subject=f"person:{point.person_id}",
        actor=actor,
        at=at,
        person_id=point.person_id,
        point=point.pk,
        about=facts,
    )
