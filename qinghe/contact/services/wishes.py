"""How a person wants to be contacted: stronger than any strategy, and in force at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from uuid import UUID

from django.db.models import QuerySet

from qinghe.contact.models import Wish
from qinghe.contact.refusals import NoSuchWish, WishIncomplete
from qinghe.contact.services.gate import lock
from qinghe.contact.terms import WishKind
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.parties.queries import NoSuchPerson
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import Channel


@verb("contact.set-wish")
def set_wish(
    *,
    person_id: UUID,
    kind: str,
    channels: Iterable[str] = (),
    window: tuple[time, time] | None = None,
    actor: Actor,
    at: datetime,
) -> Wish:
    """
    Keep a person's wish; it replaces an earlier one of the same kind.

    `channels` are those not wanted; `window` the only local hours wanted, an end of 00:00 midnight.

    :raises NotPermitted: the role may not set wishes
    :raises NoSuchPerson: somebody else's
    :raises WishIncomplete: no channel, or no hours, for a wish that needs them
    """
    _check_owner(person_id, actor)
    wanted = sorted({Channel(channel).value for channel in channels})
    _check_complete(kind, wanted, window)
    lock(person_id)
    _end(Wish.objects.filter(person=person_id, kind=kind, withdrawn_at__isnull=True), at)
    start, end = window if window and kind == WishKind.TIME else (None, None)
    wish = Wish.objects.create(
        person_id=person_id,
        kind=WishKind(kind),
        channels=wanted if kind == WishKind.CHANNEL else [],
        window_start=start,
        window_end=end,
        at=at,
    )
    _note("contact.wish-set", wish, actor, at)
    return wish


@verb("contact.withdraw-wish")
def withdraw_wish(*, wish_id: UUID, actor: Actor, at: datetime) -> Wish:
    """
    Take a wish back.

    :raises NotPermitted: the role may not set wishes
    :raises NoSuchWish: unknown, withdrawn already, or somebody else's
    """
    require(actor, Permission.SET_WISHES)
    live = Wish.objects.filter(pk=wish_id, withdrawn_at__isnull=True)
    if actor.role == Role.DEBTOR:
        live = live.filter(person=actor.person_id)
    wish = live.first()
    if wish is None:
        raise NoSuchWish
    lock(wish.person_id)
    if not _end(live, at):
        raise NoSuchWish
    wish.withdrawn_at = at
    _note("contact.wish-withdrawn", wish, actor, at)
    return wish


def _check_owner(person_id: UUID, actor: Actor) -> None:
    require(actor, Permission.SET_WISHES)
    if actor.role == Role.DEBTOR and actor.person_id != person_id:
        raise NoSuchPerson


def _check_complete(kind: str, channels: list[str], window: tuple[time, time] | None) -> None:
    if kind == WishKind.CHANNEL and not channels:
        raise WishIncomplete
    if kind == WishKind.TIME and (window is None or window[0] == window[1]):
        raise WishIncomplete


def _end(wishes: QuerySet[Wish], at: datetime) -> int:
    return wishes.update(withdrawn_at=at)


def _note(kind: str, wish: Wish, actor: Actor, at: datetime) -> None:
    record(
        kind=kind,
        subject=f"person:{wish.person_id}",
        actor=actor,
        at=at,
        person_id=wish.person_id,
        wish=wish.kind,
        channels=wish.channels,
        start=str(wish.window_start or ""),
        end=str(wish.window_end or ""),
    )
