"""Found a market: organisations, licences, accounts and capacities, through the real services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from qinghe.kernel.actor import Actor, Role, system
from qinghe.market.services import set_capacity
from qinghe.market.terms import Grade
from qinghe.parties.days import legal_day
from qinghe.parties.models import Organisation, User
from qinghe.parties.services import (
    add_licence,
    add_membership,
    create_user,
    finish_sitting,
    register_organisation,
    start_sitting,
    verify_licence,
    verify_organisation,
)
from qinghe.parties.terms import LicenceKind, OrgKind
from qinghe.quality.services import recognise_experience
from qinghe.simulation.banking import bank
from qinghe.simulation.people_of_demo import DEMO_PASSWORD, DEMO_USERS, EXTRAS

FOUNDER: Final = system("simulation")
NEVER_PAID: Final = (OrgKind.OPERATOR, OrgKind.REGULATOR)


@dataclass(frozen=True)
class Firm:
    """One organisation of the made-up market; every name says that it is an example."""

    slug: str
    name: str
    kind: OrgKind
    lender_kind: str = ""
    capacity: int = 0
    # Where its registration counts (empty: everywhere), and for how many days it still does.
    region: str = ""
    licensed: int = 800


FIRMS: Final = (
    Firm("demo-operator", "清和平台（示例）", OrgKind.OPERATOR),
    Firm("demo-own-team", "清和自营组（示例）", OrgKind.OWN_TEAM, capacity=60),
    Firm("demo-agency", "澄江服务中心（示例）", OrgKind.AGENCY, capacity=80),
    Firm("demo-agency-2", "静安调解事务所（示例）", OrgKind.AGENCY, capacity=40),
    Firm("demo-agency-3", "珠江信用管理（示例）", OrgKind.AGENCY, capacity=30, region="440000"),
    Firm("demo-agency-4", "锦里清收服务（示例）", OrgKind.AGENCY, capacity=20, licensed=60),
    Firm("demo-factoring", "远山商业保理（示例）", OrgKind.INSTITUTION, "factoring"),
    Firm("demo-finance", "澄海消费金融（示例）", OrgKind.INSTITUTION, "consumer_finance_company"),
    Firm("demo-bank", "青禾银行（示例）", OrgKind.INSTITUTION, "bank"),
    Firm("demo-regulator", "地方金融管理局（示例）", OrgKind.REGULATOR),
)


@dataclass(frozen=True)
class World:
    """The founded market: organisations by slug, actors by e-mail."""

    orgs: dict[str, UUID]
    actors: dict[str, Actor]

    def actor(self, name: str) -> Actor:
        """Return the actor who signs in as `name`@example.com."""
        return self.actors[f"{name}@example.com"]


def found(*, at: datetime) -> World:
    """Create every organisation and account of the market."""
    orgs = {firm.slug: _firm(firm, at) for firm in FIRMS}
    actors = {
        email: _account(email, role, orgs[slug], at) for email, role, slug in DEMO_USERS + EXTRAS
    }
    return World(orgs, actors)


def load() -> World:
    """Return the market that was founded in this database before."""
    slugs = [firm.slug for firm in FIRMS]
    orgs = dict(Organisation.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    emails = [email for email, _role, _slug in DEMO_USERS + EXTRAS]
    users = dict(User.objects.filter(email__in=emails).values_list("email", "pk"))
    actors = {
        email: Actor(role=role, user_id=users[email], org_id=orgs[slug])
        for email, role, slug in DEMO_USERS + EXTRAS
    }
    return World(orgs, actors)


def _firm(firm: Firm, at: datetime) -> UUID:
    organisation: Organisation = register_organisation(
        slug=firm.slug,
        name=firm.name,
        kind=firm.kind,
        lender_kind=firm.lender_kind,
        actor=FOUNDER,
        at=at,
    )
    verify_organisation(org_id=organisation.pk, actor=FOUNDER, at=at)
    if firm.kind not in NEVER_PAID:
        bank(organisation.pk, firm.name, actor=FOUNDER, at=at)
    if firm.capacity:
        _licence(organisation.pk, firm, at)
        set_capacity(collector_id=organisation.pk, limit=firm.capacity, actor=FOUNDER, at=at)
        recognise_experience(
            collector_id=organisation.pk,
            step=Grade.REGULAR,
            reason="Made-up experience of a made-up firm.",
            actor=FOUNDER,
            at=at,
        )
    return organisation.pk


def _licence(org_id: UUID, firm: Firm, at: datetime) -> None:
    day = legal_day(at)
    licence = add_licence(
        org_id=org_id,
        kind=LicenceKind.COLLECTION,
        number=f"DEMO-{org_id.hex[-6:].upper()}",
        starts_on=day - timedelta(days=200),
        ends_on=day + timedelta(days=firm.licensed),
        region=firm.region,
        actor=FOUNDER,
        at=at,
    )
    verify_licence(licence_id=licence.pk, actor=FOUNDER, at=at)


def _account(email: str, role: Role, org_id: UUID, at: datetime) -> Actor:
    user = create_user(
        email=email,
        password=DEMO_PASSWORD,
        display_name=email.partition("@")[0],
        actor=FOUNDER,
        at=at,
    )
    add_membership(user_id=user.pk, org_id=org_id, role=role, actor=FOUNDER, at=at)
    actor = Actor(role=role, user_id=user.pk, org_id=org_id)
    if role is Role.COLLECTOR:
        _examined(actor, at)
    return actor


def _examined(actor: Actor, at: datetime) -> None:
    """Sit the exam and know every answer, as somebody does who read the rules."""
    sitting = start_sitting(actor=actor, at=at)
    answers = {each["key"]: each["order"].index(0) for each in sitting.drawn}
    finish_sitting(sitting_id=sitting.pk, answers=answers, actor=actor, at=at)
