"""Packages of orders as collectors and their creditor may see them: counts of five or more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from qinghe.claims.terms import ClaimState
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.money import to_major
from qinghe.market.mixing import Mix, mix, steps
from qinghe.market.models import Document, Package, PackageItem
from qinghe.market.queries.placeable import live_holds
from qinghe.market.refusals import NoSuchPackage
from qinghe.market.terms import ListingState, PackageState
from qinghe.parties.models import Organisation
from qinghe.parties.regions import province_of
from qinghe.parties.roles import OVERSIGHT
from qinghe.parties.terms import OrgState

PAGE_SIZE = 10


@dataclass(frozen=True)
class PackageRow:
    """
    One package. `orders` can be taken now, of `size` it began with; nothing tells an order apart.

    `worth` is a step of the claimed sum in major units: from, and to below.
    """

    id: UUID
    number: str
    state: str
    creditor_kind: str
    currency: str
    size: int
    minimum: int
    orders: int
    worth: tuple[int, int]
    stages: Mix[str]
    bands: Mix[int]
    provinces: Mix[str]
    products: Mix[str]
    commission_rate: Decimal
    quality_share: Decimal
    period_days: int
    listed_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class PackagePage:
    """One page of packages; pages count from 1."""

    rows: list[PackageRow]
    total: int
    page: int
    pages: int


def packages(*, actor: Actor, at: datetime, page: int = 1) -> PackagePage:
    """Return the packages an actor may see, the newest first: open ones to collectors, its own."""
    found = _visible(actor, at).order_by("-listed_at", "id")
    total = found.count()
    pages = max(-(-total // PAGE_SIZE), 1)
    page = min(max(page, 1), pages)
    rows = list(found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return PackagePage(_rows(rows, at), total, page, pages)


def package_for(*, package_id: UUID, actor: Actor, at: datetime) -> PackageRow:
    """
    Return one package as an actor may see it; a collector sees open ones and those it took.

    :raises NoSuchPackage: unknown, or not for this actor's eyes
    """
    rows = _visible(actor, at, taken=True).filter(pk=package_id)
    found = _rows(list(rows), at)
    if not found:
        raise NoSuchPackage
    return found[0]


def package_document(*, package_id: UUID, actor: Actor, at: datetime) -> Document:
    """
    Return the text that is signed by taking a package, the same for each of its orders.

    :raises NoSuchPackage: unknown, or not for this actor's eyes
    """
    signed = _visible(actor, at, taken=True).filter(pk=package_id).values("document")
    found = Document.objects.filter(pk__in=signed).first()
    if found is None:
        raise NoSuchPackage
    return found


def live_items(at: datetime) -> QuerySet[PackageItem]:
    """Return the orders that are still in a package: open, not on hold, nothing paid since."""
    mine = live_holds(at).filter(person=OuterRef("listing__claim__debtor"))
    held = mine.filter(Q(claim__isnull=True) | Q(claim=OuterRef("listing__claim")))
    return PackageItem.objects.filter(
        ~Exists(held),
        listing__state=ListingState.OPEN,
        listing__claim__state=ClaimState.LISTED,
        listing__claim__paid__lte=F("paid"),
    )


def _visible(actor: Actor, at: datetime, *, taken: bool = False) -> QuerySet[Package]:
    rows = Package.objects.all()
    if actor.role in OVERSIGHT:
        return rows
    if actor.role == Role.CREDITOR:
        return rows.filter(creditor=actor.org_id)
    if actor.role != Role.COLLECTOR:
        return rows.none()
    seen = Q(state=PackageState.OPEN, expires_at__gt=at)
    working = Organisation.objects.filter(pk__in=[actor.org_id], state=OrgState.ACTIVE)
    return rows.filter(Exists(working)).filter(seen | Q(taken_by=actor.org_id) if taken else seen)


def _rows(found: Iterable[Package], at: datetime) -> list[PackageRow]:
    """Return packages with what may be told of their orders. One query for all of them."""
    found = list(found)
    items: dict[UUID, list[tuple[str, int, str, str, int]]] = {each.pk: [] for each in found}
    rows = live_items(at).filter(package__in=found).values_list(
        "package_id", "listing__stage", "listing__band", "listing__region", "listing__product",
        "listing__claim__claimed",
    )  # fmt: skip
    for package_id, *facts in rows:
        items[package_id].append(cast("tuple[str, int, str, str, int]", tuple(facts)))
    return [_row(each, items[each.pk]) for each in found]


def _row(package: Package, items: list[tuple[str, int, str, str, int]]) -> PackageRow:
    stages, bands, regions, products, claimed = zip(*items, strict=True) if items else [()] * 5
    names = {name for name in PackageRow.__dataclass_fields__ if hasattr(package, name)}
    return PackageRow(
        **{name: getattr(package, name) for name in names},
        orders=len(items),
        worth=steps(int(to_major(sum(claimed), package.currency))),
        stages=mix(stages),
        bands=mix(bands),
        provinces=mix(province_of(region) for region in regions),
        products=mix(products),
    )
