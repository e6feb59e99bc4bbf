"""The operator's own pack: the version in force, every version, and what it changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Least

from qinghe.claims.models import Hold
from qinghe.contact.models import HousePack
from qinghe.contact.refusals import NoSuchHousePack
from qinghe.contact.terms import HouseState
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, may
from qinghe.rules.house import OPEN_HOUSE, RESTS, Closure, House, Lever, levers, read_house


@dataclass(frozen=True)
class Figure:
    """One tightened parameter as people read it: the rule, its lawful value, the house's own."""

    house_rule: str
    rule: str
    parameter: str
    unit: str
    lawful: str
    value: str


@dataclass(frozen=True)
class HouseRow:
    """One version; `stage` is its state, or `coming`, `active`, `ended` by its period."""

    id: UUID
    number: int
    title: str
    stage: str
    figures: tuple[Figure, ...]
    closed: tuple[Closure, ...]
    content: Mapping[str, Any]
    replay: Mapping[str, Any] | None
    author: UUID
    drafted_at: datetime
    approver: UUID | None
    starts_at: datetime | None
    ends_at: datetime | None
    end_asked_by: UUID | None
    end_asked_for: datetime | None

    @property
    def end_waits(self) -> bool:
        """Tell whether an end was asked for and nobody else has granted it."""
        return self.end_asked_by is not None


@lru_cache(maxsize=64)
def house_in_force(text: str | None) -> House:
    """
    Return the version of one row, `[number, content]` as JSON text.

    The text is read with the facts of every decision, so no process can hold an old version.
    """
    if text is None:
        return OPEN_HOUSE
    number, content = json.loads(text)
    return read_house(content, number, checked=False)


def ended_holds(person_id: UUID, claim_id: UUID, at: datetime) -> dict[str, datetime]:
    """Return when the person's last hold of each kind that a house may prolong ended."""
    longest = timedelta(days=max(levers()[key].bound for key in RESTS))
    holds = Hold.objects.filter(person=person_id, kind__in=RESTS.values())
    ended = holds.filter(Q(claim__isnull=True) | Q(claim=claim_id)).annotate(
        end=Least("lifted_at", "ends_at")
    )
    rows = ended.filter(end__lte=at, end__gt=at - longest).order_by("end")
    return dict(rows.values_list("kind", "end"))


def house_packs(*, actor: Actor, at: datetime) -> list[HouseRow]:
    """Return every version, the newest first; nothing for whoever may not tighten rules."""
    if not may(actor, Permission.TIGHTEN_RULES):
        return []
    return [house_row(pack, at) for pack in HousePack.objects.order_by("-number")]


def house_pack(*, pack_id: UUID, actor: Actor, at: datetime) -> HouseRow:
    """
    Return one version.

    :raises NoSuchHousePack: unknown, or not for this actor's eyes
    """
    pack = HousePack.objects.filter(pk=pack_id).first()
    if pack is None or not may(actor, Permission.TIGHTEN_RULES):
        raise NoSuchHousePack
    return house_row(pack, at)


def house_row(pack: HousePack, at: datetime) -> HouseRow:
    """Return a version as a page shows it."""
    house = read_house(pack.content, pack.number, checked=False)
    return HouseRow(
        id=pack.pk,
        number=pack.number,
        title=pack.title,
        stage=_stage(pack, at),
        figures=tuple(figure_of(levers()[key], number) for key, number in house.figures.items()),
        closed=house.closed,
        content=pack.content,
        replay=pack.replay,
        author=pack.author,
        drafted_at=pack.drafted_at,
        approver=pack.approver,
        starts_at=pack.starts_at,
        ends_at=pack.ends_at,
        end_asked_by=pack.end_asked_by if pack.end_granted_by is None else None,
        end_asked_for=pack.end_asked_for,
    )


def figure_of(lever: Lever, number: int) -> Figure:
    """Return a tightened parameter in words."""
    lawful = lever.words(lever.lawful)
    return Figure(lever.id, lever.rule_id, lever.parameter, lever.unit, lawful, lever.words(number))


def _stage(pack: HousePack, at: datetime) -> str:
    if pack.state != HouseState.APPROVED or pack.starts_at is None:
        return pack.state
    if pack.ends_at is not None and pack.ends_at <= at:
        return "ended"
    return "active" if pack.starts_at <= at else "coming"
