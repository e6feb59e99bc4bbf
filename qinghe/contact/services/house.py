"""
The operator's own pack: drafted by one person, replayed, approved by another with a first moment.

An end permits more again, so it needs two persons as well. Nothing begins or ends in the past, nor
so soon that a decision under way could miss it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Max, Q

from qinghe.contact.models import HousePack
from qinghe.contact.refusals import (
    HouseLoosens,
    HouseMoved,
    HouseNotReplayed,
    HouseTaken,
    HouseUnreadable,
    MomentTooEarly,
    NeedsAPerson,
    NoSuchHousePack,
    SamePersonTwice,
)
from qinghe.contact.terms import HouseState
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.rules.house import Loosens, Unreadable, content_of, read_house

# No transaction of the gate lives this long, so each sees a change of versions before it begins.
LEAD: Final = timedelta(minutes=1)
# One writer of versions at a time (any constant of our own does).
WRITING: Final = 0x484F5553


@verb("contact.draft-house")
def draft_house(*, title: str, content: Mapping[str, Any], actor: Actor, at: datetime) -> HousePack:
    """
    Keep a draft of the operator's own pack. Its content never changes; a better one is another.

    :raises NotPermitted: the role may not tighten rules
    :raises NeedsAPerson: a program asks
    :raises HouseLoosens: a figure is not stricter than the lawful one
    :raises HouseUnreadable: an unknown parameter, a figure or day that is none, or nothing at all
    """
    author = person(actor, Permission.TIGHTEN_RULES)
    checked = checked_content(content)
    _write_alone()
    last = HousePack.objects.aggregate(last=Max("number"))["last"] or 0
    pack = HousePack.objects.create(
        number=last + 1, title=title, content=checked, author=author, drafted_at=at
    )
    _note("drafted", pack, actor, at, content=checked)
    return pack


def checked_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the data of a pack as it is kept.

    :raises HouseLoosens: a figure is not stricter than the lawful one
    :raises HouseUnreadable: an unknown parameter, a figure or day that is none, or nothing at all
    """
    try:
        return content_of(read_house(content))
    except Loosens as refusal:
        lever = refusal.lever
        raise HouseLoosens(
            rule=lever.rule_id,
            parameter=lever.parameter,
            lawful=lever.words(lever.lawful),
            bound=lever.words(lever.bound),
            asked=refusal.asked,
        ) from refusal
    except Unreadable as refusal:
        raise HouseUnreadable(what=str(refusal)) from refusal


@verb("contact.keep-replay")
def keep_replay(
    *, pack_id: UUID, replay: Mapping[str, Any], actor: Actor, at: datetime
) -> HousePack:
    """
    Keep with a draft what a replay of past attempts showed.

    :raises NotPermitted: the role may not tighten rules
    :raises NoSuchHousePack: unknown
    :raises HouseMoved: handed over already
    """
    require(actor, Permission.TIGHTEN_RULES)
    pack = _lock(pack_id, HouseState.DRAFT)
    pack.replay = dict(replay)
    pack.save(update_fields=["replay"])
    _note("replayed", pack, actor, at, **{key: replay[key] for key in ("since", "asked")})
    return pack


@verb("contact.hand-over-house")
def hand_over_house(*, pack_id: UUID, actor: Actor, at: datetime) -> HousePack:
    """
    Ask a second person to approve a draft.

    :raises NotPermitted: the role may not tighten rules
    :raises NoSuchHousePack: unknown
    :raises HouseMoved: not a draft
    :raises HouseNotReplayed: nobody has looked at what it would change
    """
    require(actor, Permission.TIGHTEN_RULES)
    pack = _lock(pack_id, HouseState.DRAFT)
    if pack.replay is None:
        raise HouseNotReplayed
    return _move(pack, HouseState.WAITING, "handed-over", actor, at)


@verb("contact.withdraw-house")
def withdraw_house(*, pack_id: UUID, actor: Actor, at: datetime) -> HousePack:
    """
    Give a version up before it is approved.

    :raises NotPermitted: the role may not tighten rules
    :raises NoSuchHousePack: unknown
    :raises HouseMoved: approved, or given up before
    """
    require(actor, Permission.TIGHTEN_RULES)
    pack = _lock(pack_id, HouseState.DRAFT, HouseState.WAITING)
    return _move(pack, HouseState.WITHDRAWN, "withdrawn", actor, at)


@verb("contact.approve-house")
def approve_house(*, pack_id: UUID, starts_at: datetime, actor: Actor, at: datetime) -> HousePack:
    """
    Put a version in force from a moment on; it replaces the one in force there.

    :raises NotPermitted: the role may not tighten rules
    :raises NeedsAPerson: a program asks
    :raises NoSuchHousePack: unknown
    :raises HouseMoved: not waiting for approval
    :raises SamePersonTwice: the author, or one who does not stand apart from it
    :raises MomentTooEarly: in the past, or at once
    :raises HouseTaken: a later version is approved already
    """
    approver = person(actor, Permission.TIGHTEN_RULES)
    _write_alone()
    pack = _lock(pack_id, HouseState.WAITING)
    two_persons(pack.author, actor)
    not_too_early(starts_at, at)
    _replace(starts_at, pack, actor, at)
    pack.approver, pack.approved_at, pack.starts_at = approver, at, starts_at
    pack.save(update_fields=["approver", "approved_at", "starts_at"])
    return _move(pack, HouseState.APPROVED, "approved", actor, at)


@verb("contact.ask-house-end")
def ask_house_end(*, pack_id: UUID, ends_at: datetime, actor: Actor, at: datetime) -> HousePack:
    """
    Ask that a version ends; until somebody else grants it, nothing changes.

    :raises NotPermitted: the role may not tighten rules
    :raises NeedsAPerson: a program asks
    :raises NoSuchHousePack: unknown
    :raises HouseMoved: not in force and not to come
    :raises MomentTooEarly: in the past, at once, or before it begins
    """
    asker = person(actor, Permission.TIGHTEN_RULES)
    pack = _standing(pack_id, at)
    not_too_early(ends_at, at, after=pack.starts_at)
    pack.end_asked_by, pack.end_asked_for, pack.end_granted_by = asker, ends_at, None
    pack.save(update_fields=["end_asked_by", "end_asked_for", "end_granted_by"])
    _note("end-asked", pack, actor, at, ends_at=ends_at.isoformat())
    return pack


@verb("contact.grant-house-end")
def grant_house_end(
    *, pack_id: UUID, ends_at: datetime | None, actor: Actor, at: datetime
) -> HousePack:
    """
    End a version at the moment that somebody else asked for, and that the granter read.

    :raises NotPermitted: the role may not tighten rules
    :raises NeedsAPerson: a program asks
    :raises NoSuchHousePack: unknown
    :raises HouseMoved: nobody asked, another moment was asked for meanwhile, or it has ended
    :raises SamePersonTwice: asked for by this very person, or one who does not stand apart
    :raises MomentTooEarly: the moment has passed; ask again
    """
    granter = person(actor, Permission.TIGHTEN_RULES)
    _write_alone()
    pack = _standing(pack_id, at)
    if pack.end_asked_by is None or pack.end_asked_for is None or _ends_before(pack):
        raise HouseMoved
    two_persons(pack.end_asked_by, actor)
    if pack.end_asked_for != ends_at:
        raise HouseMoved
    not_too_early(pack.end_asked_for, at)
    pack.end_granted_by, pack.ends_at = granter, pack.end_asked_for
    pack.save(update_fields=["end_granted_by", "ends_at"])
    _note("ended", pack, actor, at, ends_at=pack.ends_at.isoformat())
    return pack


def person(actor: Actor, permission: Permission) -> UUID:
    """
    Return who acts, for decisions that take two people.

    :raises NotPermitted: the role lacks the permission
    :raises NeedsAPerson: a program asks
    """
    require(actor, permission)
    if actor.user_id is None:
        raise NeedsAPerson
    return actor.user_id


def two_persons(first: UUID, actor: Actor) -> None:
    """
    Refuse whoever began a thing, and whoever could stand behind both.

    :raises SamePersonTwice: the same, or one who does not stand apart
    """
    if not independent(f":{first}", actor.label):
        raise SamePersonTwice


def not_too_early(moment: datetime, at: datetime, after: datetime | None = None) -> None:
    """
    Refuse a moment that a decision under way could miss.

    :raises MomentTooEarly: before `at` plus the lead, or before `after`
    """
    earliest = max(at + LEAD, after or at)
    if moment < earliest:
        raise MomentTooEarly(earliest=earliest.isoformat(timespec="minutes"))


def _replace(starts_at: datetime, pack: HousePack, actor: Actor, at: datetime) -> None:
    """End the version in force at a moment there; one that begins later stands in the way."""
    approved = HousePack.objects.filter(state=HouseState.APPROVED).select_for_update()
    open_end = approved.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=starts_at))
    for other in open_end.order_by("starts_at"):
        if other.starts_at is None or other.starts_at >= starts_at:
            raise HouseTaken(number=other.number)
        other.ends_at = starts_at
        other.save(update_fields=["ends_at"])
        _note("replaced", other, actor, at, ends_at=starts_at.isoformat(), by=pack.number)


def _write_alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITING])


def _lock(pack_id: UUID, *states: HouseState) -> HousePack:
    pack = HousePack.objects.select_for_update().filter(pk=pack_id).first()
    if pack is None:
        raise NoSuchHousePack
    if pack.state not in states:
        raise HouseMoved
    return pack


def _standing(pack_id: UUID, at: datetime) -> HousePack:
    pack = _lock(pack_id, HouseState.APPROVED)
    if pack.ends_at is not None and pack.ends_at <= at:
        raise HouseMoved
    return pack


def _ends_before(pack: HousePack) -> bool:
    """Tell whether a version ends, or was granted its end, no later than was asked for."""
    asked_for = pack.end_asked_for
    return pack.ends_at is not None and asked_for is not None and pack.ends_at <= asked_for


def _move(pack: HousePack, state: HouseState, said: str, actor: Actor, at: datetime) -> HousePack:
    pack.state = state
    pack.save(update_fields=["state"])
    starts = pack.starts_at.isoformat() if pack.starts_at else None
    _note(said, pack, actor, at, starts_at=starts)
    return pack


def _note(said: str, pack: HousePack, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=f"contact.house-{said}",
        subject=f"house-pack:{pack.pk}",
        actor=actor,
        at=at,
        pack=f"hse-{pack.number}",
        **facts,
    )
