"""Take a package of orders: all of it or nothing, every check of taking for every order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from qinghe.claims.services import set_states
from qinghe.claims.terms import ClaimState
from qinghe.graph.terms import IDENTICAL
from qinghe.journal.services import record, record_many, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.market.models import Capacity, Listing, Mandate, Package
from qinghe.market.queries.packages import live_items
from qinghe.market.queries.signed import figures_of
from qinghe.market.queries.taker import taker_of
from qinghe.market.refusals import (
    CreditorLapsed,
    NoSuchPackage,
    NotACollector,
    OwnClaim,
    PackageBand,
    PackageCapacity,
    PackageChanged,
    PackageLicence,
    PackageOver,
)
from qinghe.market.services.bundling import close, lock_package, release
from qinghe.market.services.listings import Offer
from qinghe.market.services.reaching import (
    UNTOLD,
    asked,
    check_tries,
    not_covered,
    outside_as_shown,
    told,
)
from qinghe.market.services.signing import Papers, Signature, signature_of
from qinghe.market.services.standing import check_package
from qinghe.market.services.stops import check_stop
from qinghe.market.services.taking import mandate_of, signed_facts
from qinghe.market.terms import ListingState, Mode, PackageState
from qinghe.parties.queries import licences_on
from qinghe.parties.regions import province_of
from qinghe.parties.roles import Permission, require
from qinghe.risk.services import raise_flag
from qinghe.rules.contact.clock import NATIONAL, local_day


@dataclass(frozen=True)
class PackageTaken:
    """How many orders were taken together."""

    package_id: UUID
    orders: int


def take_package(
    *, package_id: UUID, actor: Actor, at: datetime, seen: int | None = None
) -> PackageTaken:
    """
    Take every order of a package under its terms; exactly one collector gets all of them.

    Orders that were put on hold, contested or paid since leave it first. `seen` is how many the
    taker saw: who signs for a number gets that number or is asked to look again.

    :raises NoSuchPackage: there is no such package
    :raises PackageOver: taken, ended, or too few orders are left
    :raises PackageChanged: orders left it since the taker looked
    :raises CreditorLapsed: the creditor's own standing has ended
    :raises OwnClaim: creditor and collector are one firm, or the taker acts for both
    :raises PackageCapacity: fewer free places than orders
    :raises PackageLicence, PackageBand, PackageExposure: what is shown of the package says so
    :raises PackageOutOfReach: place, amount or sum do not fit, and nothing shown told; counted
    :raises TriesSpent: too many tries of today ended so, and what is shown does not tell either
    :raises DomainError: what `package_refusals` lists
    """
    try:
        return _take(package_id=package_id, actor=actor, at=at, seen=seen)
    except UNTOLD:
        raise told(package_id, actor, at) from None


@verb("market.take-package")
def _take(*, package_id: UUID, actor: Actor, at: datetime, seen: int | None = None) -> PackageTaken:
    require(actor, Permission.TAKE_ORDERS)
    if actor.org_id is None:
        raise NotACollector
    if not Package.objects.filter(pk=package_id).exists():
        raise NoSuchPackage
    package, listings = lock_package(package_id)
    live = set(live_items(at).filter(package=package).values_list("pk", flat=True))
    taken = [each for each in listings if each.pk in live]
    if not _open(package, at) or len(taken) < package.minimum:
        raise PackageOver
    if seen is not None and seen != len(taken):
        raise PackageChanged(seen=seen, now=len(taken))
    signs = _apart(taken, actor, at)
    check_tries(package.pk, actor, at)
    for refusal in [*_own_side(taken, actor, at), *_outside(taken, actor, at)]:
        raise refusal
    _use(actor.org_id, len(taken))
    mandates = _begin(package, taken, actor, at)
    _finish(package, taken, [each for each in listings if each.pk not in live], actor, at)
    for mandate in mandates if signs else ():
        raise_flag(claim_id=mandate.claim_id, code="one-hand", actor=actor, at=at)
    return PackageTaken(package.pk, len(mandates))


def package_refusals(*, package_id: UUID, actor: Actor, at: datetime) -> list[DomainError]:
    """
    Return the reasons for which an actor could not take a package now; nothing is written.

    Of place, amount and sum only what is shown of the package: the rest is judged when it takes,
    and so is whether it acts for the creditor too.

    :raises NoSuchPackage: there is no such package
    """
    package = Package.objects.filter(pk=package_id).first()
    if package is None:
        raise NoSuchPackage
    live = live_items(at).filter(package=package).values("listing")
    listings = list(Listing.objects.filter(pk__in=live).select_related("claim"))
    if not _open(package, at) or len(listings) < package.minimum:
        return [PackageOver()]
    return [*_own_side(listings, actor, at), *outside_as_shown(package.pk, actor, at)]


def _open(package: Package, at: datetime) -> bool:
    return package.state == PackageState.OPEN and at < package.expires_at


def _apart(taken: Sequence[Listing], actor: Actor, at: datetime) -> set[str]:
    """Refuse one hand on both sides, and a creditor without standing; return shared signs."""
    facts = asked(taken[0], actor, at)
    if not facts.case.creditor_stands:
        raise CreditorLapsed
    if facts.taker.same_hand or IDENTICAL.intersection(facts.taker.signs):
        raise OwnClaim
    return set(facts.taker.signs)


def _own_side(listings: Sequence[Listing], actor: Actor, at: datetime) -> Iterator[DomainError]:
    """Yield what on its own side keeps a collector from taking so many orders, gravest first."""
    taker = taker_of(actor, at)
    if actor.org_id is None or taker is None:
        yield NotACollector()
        return
    if taker.obstacle is not None:
        yield taker.obstacle
    try:
        check_stop(actor.org_id, at)
        check_package(collector_id=actor.org_id, size=len(listings))
    except DomainError as refusal:
        yield refusal
    capacity = taker.capacity
    if capacity is None or capacity.free < len(listings):
        yield PackageCapacity(size=len(listings), free=capacity.free if capacity else 0)


def _outside(listings: Sequence[Listing], actor: Actor, at: datetime) -> Iterator[DomainError]:
    """Yield that an order is too far, or orders are too large; `reaching` decides what is told."""
    facts = asked(listings[0], actor, at)
    highest = facts.taker.max_band
    if highest is not None and max(each.band for each in listings) > highest:
        yield PackageBand()
    if not _licensed(listings, facts.taker.pk, at):
        yield PackageLicence()
    yield from not_covered(facts, sum(each.claim.claimed for each in listings))


def _licensed(listings: Sequence[Listing], collector_id: UUID, at: datetime) -> bool:
    today = local_day(NATIONAL, at)
    for kind in {each.licence for each in listings}:
        valid = licences_on(org_id=collector_id, on=today, kind=kind)
        regions = set(valid.values_list("region", flat=True))
        asked = {each.region for each in listings if each.licence == kind}
        if any(not regions & {"", region, province_of(region)} for region in asked):
            return False
    return True


def _use(collector_id: UUID, places: int) -> None:
    """Use many places at once: compared and set in one statement, so no race can exceed them."""
    mine = Capacity.objects.filter(collector_id=collector_id)
    room = mine.filter(live__lte=F("limit") - places)
    if not room.update(live=F("live") + places):
        live, limit = mine.values_list("live", "limit").first() or (0, 0)
        raise PackageCapacity(size=places, free=max(limit - live, 0))


def _begin(package: Package, taken: Sequence[Listing], actor: Actor, at: datetime) -> list[Mandate]:
    assert actor.org_id is not None
    assert package.document is not None
    rates = (package.commission_rate, package.quality_share)
    offer = Offer(Mode.PACKAGE, *rates, package.period_days)
    who = package.signed_by or package.creditor_id
    by = Signature(who, package.signed_name, package.signed_role, package.listed_at)
    papers = Papers(package.document, figures_of(package.document.pk).levels, None, None, by)
    ours = signature_of(actor, at)
    made = []
    for listing in taken:
        claim = listing.claim
        one = mandate_of(claim, actor.org_id, offer, actor, at, papers=papers, signed=ours)
        one.listing = listing
        made.append(one)
    made = Mandate.objects.bulk_create(made)
    ids = [each.claim_id for each in made]
    set_states(claim_ids=ids, state=ClaimState.PLACED, actor=actor, at=at)
    told: list[tuple[str, UUID | None, dict[str, object]]] = [
        (f"claim:{each.claim_id}", None, signed_facts(each)) for each in made
    ]
    record_many(kind="market.taken", rows=told, actor=actor, at=at)
    return made


def _finish(
    package: Package,
    taken: Sequence[Listing],
    gone: Sequence[Listing],
    actor: Actor,
    at: datetime,
) -> None:
    package.state, package.taken_by_id, package.closed_at = PackageState.TAKEN, actor.org_id, at
    package.save(update_fields=["state", "taken_by", "closed_at"])
    facts: dict[str, Any] = {"collector": actor.org_id, "orders": len(taken)}
    subject = f"package:{package.pk}"
    record(kind="market.package-taken", subject=subject, actor=actor, at=at, **facts)
    gone = [each for each in gone if each.state == ListingState.OPEN]
    release(gone, actor, at)
    # The cells of the hall are locked last, by one statement for all.
    close(
        [
            *((each, ListingState.TAKEN) for each in taken),
            *((each, ListingState.WITHDRAWN) for each in gone),
        ]
    )
