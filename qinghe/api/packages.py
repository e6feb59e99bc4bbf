"""Packages: bundling claims, looking at what is open, taking all of a package at once."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from qinghe.api.auth import actor_of, writer_of
from qinghe.api.errors import Problem, problem_of
from qinghe.api.paging import Piece, pack, page_of
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor, Role
from qinghe.market.mixing import Mix
from qinghe.market.queries.packages import PackageRow, package_for, packages
from qinghe.market.services import (
    make_packages,
    package_refusals,
    take_package,
    withdraw_package,
)

router = Router(tags=["packages"])
MIXES = ("stages", "bands", "provinces", "products")


class MixOut(Schema):
    """Counts of groups, none smaller than five; `other` is what is not told apart."""

    groups: dict[str, int]
    other: int


class PackageOut(Schema):
    """One package. It never carries an identity, an exact amount or a count below five."""

    id: UUID
    number: str
    state: str
    creditor_kind: str
    currency: str
    size: int = Field(description="Orders it began with.")
    minimum: int = Field(description="Below so many it ends.")
    orders: int = Field(description="Orders that can be taken now.")
    worth: tuple[int, int] = Field(description="Step of the claimed sum, in major units.")
    stages: MixOut
    bands: MixOut
    provinces: MixOut
    products: MixOut
    commission_rate: Decimal
    quality_share: Decimal
    period_days: int
    listed_at: datetime
    expires_at: datetime
    why_not: list[Problem] = Field([], description="What stands against you taking it now.")


class PackageIn(Schema):
    """Claims to bundle, and the one commission for all of them. Rates are shares of one."""

    claim_ids: list[UUID] = Field(max_length=5_000)
    minimum: int = 10
    maximum: int = 100
    commission_rate: Decimal
    quality_share: Decimal
    period_days: int


class PackagedOut(Schema):
    """What became of the claims: packages made, claims in them, and how many not, by code."""

    packages: int
    listed: int
    skipped: dict[str, int]


class TakeIn(Schema):
    """How many orders you saw in it; if it is fewer by now, nothing is taken."""

    seen: int | None = None


class TakenOut(Schema):
    """How many orders are yours now."""

    package_id: UUID
    orders: int


@router.get("/packages", response=Piece[PackageOut], url_name="packages")
def list_packages(request: HttpRequest, cursor: str = "") -> Piece[PackageOut]:
    """Return the packages your organisation may see, the newest first."""
    found = packages(actor=actor_of(request), at=clock.now(), page=page_of(cursor))
    more = pack(found.page + 1) if found.page < found.pages else None
    return Piece[PackageOut](items=[_out(row) for row in found.rows], next_cursor=more)


@router.get("/packages/{uuid:package_id}", response=PackageOut, url_name="package")
def get_package(request: HttpRequest, package_id: UUID) -> PackageOut:
    """Return one package, and to a collector what stands against taking it."""
    actor, at = actor_of(request), clock.now()
    return _out(
        package_for(package_id=package_id, actor=actor, at=at), _why_not(package_id, actor, at)
    )


@router.post("/packages", response={201: PackagedOut}, url_name="make-packages")
def create_packages(request: HttpRequest, body: PackageIn) -> Status[Any]:
    """Bundle claims into packages that are taken as a whole."""
    made = make_packages(**body.dict(), actor=writer_of(request), at=clock.now())
    return Status(201, made)


@router.post(
    "/packages/{uuid:package_id}/withdrawal", response=PackageOut, url_name="withdraw-package"
)
def create_withdrawal(request: HttpRequest, package_id: UUID) -> PackageOut:
    """Take an open package of yours back; its claims are ready again."""
    actor, at = writer_of(request), clock.now()
    withdraw_package(package_id=package_id, actor=actor, at=at)
    return _out(package_for(package_id=package_id, actor=actor, at=at))


@router.post(
    "/packages/{uuid:package_id}/mandates", response={201: TakenOut}, url_name="take-package"
)
def create_mandates(request: HttpRequest, package_id: UUID, body: TakeIn) -> Status[Any]:
    """Take every order of a package under its terms, or none of them."""
    taken = take_package(
        package_id=package_id, actor=writer_of(request), at=clock.now(), seen=body.seen
    )
    return Status(201, vars(taken))


def _why_not(package_id: UUID, actor: Actor, at: datetime) -> list[Problem]:
    if actor.role != Role.COLLECTOR:
        return []
    found = package_refusals(package_id=package_id, actor=actor, at=at)
    return [problem_of(each) for each in found]


def _out(row: PackageRow, why_not: list[Problem] | None = None) -> PackageOut:
    facts = {**vars(row), **{name: _mix(getattr(row, name)) for name in MIXES}}
    return PackageOut(**facts, why_not=why_not or [])


def _mix(found: Mix[Any]) -> MixOut:
    return MixOut(groups={str(value): n for value, n in found.groups}, other=found.other)
