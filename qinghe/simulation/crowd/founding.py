"""Found the market of a crowd: the operator's people, creditors, and each collector on its day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from qinghe.kernel.actor import Actor, Role
from qinghe.parties.days import legal_day
from qinghe.parties.services import (
    add_licence,
    add_membership,
    confirm_cover,
    create_user,
    finish_sitting,
    record_cover,
    register_organisation,
    start_sitting,
    verify_licence,
    verify_organisation,
)
from qinghe.parties.terms import CoverKind, LicenceKind, OrgKind
from qinghe.quality.services import grant_places
from qinghe.simulation.crowd.cast import Kind, Player
from qinghe.simulation.world import FOUNDER

CREDITORS: Final = ("north", "south", "east", "west")
# The creditor that agrees with a collector on orders nobody works.
ACCOMPLICE: Final = "centre"
STAFF: Final = (
    ("reviewer", Role.REVIEWER), ("officer-1", Role.COMPLIANCE), ("officer-2", Role.COMPLIANCE),
    ("officer-3", Role.COMPLIANCE), ("operator-1", Role.OPERATOR), ("operator-2", Role.OPERATOR),
)  # fmt: skip
# What a deposit covers per place, in minor units.
COVER: Final = 200_000


@dataclass
class Crowd:
    """Everybody who acts: staff and creditors by name, collectors by their organisation."""

    staff: dict[str, Actor] = field(default_factory=dict)
    creditors: dict[str, Actor] = field(default_factory=dict)
    actors: dict[UUID, Actor] = field(default_factory=dict)
    players: dict[UUID, Player] = field(default_factory=dict)
    joined: dict[UUID, datetime] = field(default_factory=dict)

    def of(self, kind: Kind) -> list[UUID]:
        """Return the collectors of a kind in the order of their numbers."""
        return [org for org, player in self.players.items() if player.kind is kind]


def found(*, washes: bool, at: datetime) -> Crowd:
    """Found the operator and the creditors."""
    crowd = Crowd()
    operator = _organisation("crowd-operator", OrgKind.OPERATOR, at)
    for name, role in STAFF:
        crowd.staff[name] = _account(name, role, operator, at)
    for name in (*CREDITORS, *((ACCOMPLICE,) if washes else ())):
        org = _organisation(f"crowd-{name}", OrgKind.INSTITUTION, at, lender_kind="bank")
        crowd.creditors[name] = _account(name, Role.CREDITOR, org, at)
    return crowd


def join(crowd: Crowd, player: Player, *, at: datetime) -> UUID:
    """Let a collector join: registered, licensed, examined, covered by a deposit."""
    org = _organisation(player.slug, OrgKind.AGENCY, at)
    licence = add_licence(
        org_id=org,
        kind=LicenceKind.COLLECTION,
        number=f"DEMO-{player.number:06}",
        starts_on=legal_day(at) - timedelta(days=30),
        ends_on=legal_day(at) + timedelta(days=800),
        actor=FOUNDER,
        at=at,
    )
    verify_licence(licence_id=licence.pk, actor=FOUNDER, at=at)
    grant_places(collector_id=org, limit=player.places, actor=FOUNDER, at=at)
    _cover(crowd, org, player, at)
    actor = _account(player.slug, Role.COLLECTOR, org, at)
    sitting = start_sitting(actor=actor, at=at)
    answers = {each["key"]: each["order"].index(0) for each in sitting.drawn}
    finish_sitting(sitting_id=sitting.pk, answers=answers, actor=actor, at=at)
    crowd.actors[org], crowd.players[org], crowd.joined[org] = actor, player, at
    return org


def _cover(crowd: Crowd, org: UUID, player: Player, at: datetime) -> None:
    cover = record_cover(
        org_id=org,
        kind=CoverKind.DEPOSIT,
        amount=player.places * COVER,
        currency="CNY",
        actor=crowd.staff["operator-1"],
        at=at,
    )
    confirm_cover(cover_id=cover.pk, actor=crowd.staff["operator-2"], at=at)


def _organisation(slug: str, kind: OrgKind, at: datetime, lender_kind: str = "") -> UUID:
    made = register_organisation(
        slug=slug, name=f"{slug} (made up)", kind=kind, lender_kind=lender_kind, actor=FOUNDER,
        at=at,
    )  # fmt: skip
    verify_organisation(org_id=made.pk, actor=FOUNDER, at=at)
    return made.pk


def _account(name: str, role: Role, org: UUID, at: datetime) -> Actor:
    user = create_user(
        email=f"{name}@example.com", password=None, display_name=name, actor=FOUNDER, at=at
    )
    add_membership(user_id=user.pk, org_id=org, role=role, actor=FOUNDER, at=at)
    return Actor(role=role, user_id=user.pk, org_id=org)
