"""
What is told to who may not have a package because of its places, its amounts or their sum.

As with a single order (`trying`): no more than is shown of the package. The rest is one answer for
all such reasons, given only to who signs, and every such try counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.money import to_minor
from qinghe.market.models import Listing
from qinghe.market.queries.packages import PackageRow, live_items, package_for
from qinghe.market.queries.taker import Taker, taker_of
from qinghe.market.queries.taking import facts_of
from qinghe.market.refusals import (
    NotACollector,
    PackageBand,
    PackageExposure,
    PackageLicence,
    PackageOutOfReach,
    TriesSpent,
)
from qinghe.market.services.trying import TRIES, counted
from qinghe.market.taking import Facts, uncovered

UNTOLD: Final = (PackageLicence, PackageBand, PackageExposure)


def asked(listing: Listing, actor: Actor, at: datetime) -> Facts:
    """
    Return what decides about a collector and one order of a package: all have one creditor.

    :raises NotACollector: the actor acts for nobody
    """
    if actor.org_id is None:
        raise NotACollector
    return facts_of(
        claim_id=listing.claim_id,
        listing_id=listing.pk,
        collector_id=actor.org_id,
        actor=actor,
        at=at,
    )


def told(package_id: UUID, actor: Actor, at: datetime) -> DomainError:
    """Return what is told instead of one of `UNTOLD`, after its transaction was undone."""
    for known in outside_as_shown(package_id, actor, at):
        return known
    row = package_for(package_id=package_id, actor=actor, at=at)
    collector_id = actor.org_id
    if collector_id is None:
        return NotACollector()
    return counted(row.number, collector_id, PackageOutOfReach, actor, at)


def check_tries(package_id: UUID, actor: Actor, at: datetime) -> None:
    """
    Refuse a package that may prove out of reach to who has no try left today.

    :raises TriesSpent: what is shown of the package does not tell whether it is
    """
    facts = _facts(package_id, actor, at)
    if facts is None or facts.taker.tried < TRIES:
        return
    row, taker = package_for(package_id=package_id, actor=actor, at=at), taker_of(actor, at)
    most = to_minor(Decimal(row.worth[1]), row.currency)
    if taker is None or _unsure(row, taker) or uncovered(facts, most) is not None:
        raise TriesSpent(limit=TRIES)


def outside_as_shown(package_id: UUID, actor: Actor, at: datetime) -> Iterator[DomainError]:
    """Yield why places, amounts or their sum do not fit, as far as what is shown tells."""
    row, taker = package_for(package_id=package_id, actor=actor, at=at), taker_of(actor, at)
    facts = _facts(package_id, actor, at)
    if taker is None or facts is None:
        return
    highest = taker.capacity.max_band if taker.capacity else None
    if highest is not None and any(band > highest for band, _n in row.bands.groups):
        yield PackageBand()
    # No registration of any kind anywhere in a province in which at least five of them are.
    places = frozenset().union(*taker.regions.values())
    near = {region[:2] for region in places}
    if "" not in places and any(name[:2] not in near for name, _n in row.provinces.groups):
        yield PackageLicence()
    yield from not_covered(facts, to_minor(Decimal(row.worth[0]), row.currency))


def not_covered(facts: Facts, amount: int) -> Iterator[DomainError]:
    """Yield that a collector's deposit does not cover a sum more, in minor units."""
    refusal = uncovered(facts, amount)
    if refusal is not None:
        yield PackageExposure(**refusal.facts)


def _facts(package_id: UUID, actor: Actor, at: datetime) -> Facts | None:
    first = live_items(at).filter(package=package_id).values("listing")[:1]
    listing = Listing.objects.filter(pk__in=first).first()
    return asked(listing, actor, at) if listing else None


def _unsure(row: PackageRow, taker: Taker) -> bool:
    """Tell whether an order that is not told apart may be too far or too large."""
    highest = taker.capacity.max_band if taker.capacity else None
    bands_fit = highest is None or (
        not row.bands.other and all(band <= highest for band, _n in row.bands.groups)
    )
    # Which licence an order needs is not shown: every kind must cover every place.
    covered = all(
        "" in mine or (not row.provinces.other and {p for p, _n in row.provinces.groups} <= mine)
        for mine in taker.regions.values()
    )
    return not (bands_fit and covered and taker.regions)
