"""Place and amount of an order as an actor may know them: to collectors, what the hall shows."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from qinghe.kernel.actor import Actor, Role
from qinghe.market.bands import span_of
from qinghe.market.models import Listing, Mandate, OpenOrder
from qinghe.market.terms import BAND_BOUNDS, LIVE, ListingState


class Place(NamedTuple):
    """A city, a province or nothing, and the lowest and highest band the order may be in."""

    region: str
    band: int
    band_to: int

    @property
    def bands(self) -> range:
        """Return every band it may be in."""
        return range(self.band, self.band_to + 1)


class Told(NamedTuple):
    """Place and amount of an order, and the lowest and highest rate it may pay."""

    place: Place
    commission_rate: Decimal
    commission_to: Decimal


# What the hall shows of an order that is over.
HIDDEN: Final = Place("", 0, len(BAND_BOUNDS) - 1)


def places_of(listings: Collection[Listing], actor: Actor) -> dict[UUID, Place]:
    """Return where some orders are and how large, as an actor may know it. Two queries at most."""
    exact = {each.pk: Place(each.region, each.band, each.band) for each in listings}
    if actor.role != Role.COLLECTOR:
        return exact
    taken = [each.pk for each in listings if each.state == ListingState.TAKEN]
    mine = Mandate.objects.filter(listing__in=taken, collector=actor.org_id, state__in=LIVE)
    own = set(mine.values_list("listing_id", flat=True)) if taken else set()
    return {**shown_places(list(exact)), **{pk: exact[pk] for pk in own}}


def told_of(listings: Collection[Listing]) -> dict[UUID, Told]:
    """Return what a collector may know of some orders: of those that are over, no place."""
    columns = ("region", "band", "commission_rate", "commission_to")
    rows = OpenOrder.objects.filter(pk__in=[each.pk for each in listings])
    found = {
        pk: Told(Place(region, *span_of(code)), low, high)
        for pk, region, code, low, high in rows.values_list("pk", *columns)
    }
    return {each.pk: found.get(each.pk) or Told(HIDDEN, *rates_of(each)) for each in listings}


def rates_of(listing: Listing) -> tuple[Decimal, Decimal]:
    """Return the lowest and highest rate of an order of which no amount is shown."""
    rates = listing.band_rates or [listing.commission_rate]
    return min(rates), max(rates)


def shown_places(ids: Collection[UUID]) -> dict[UUID, Place]:
    """Return what the hall shows of some orders now; of those that are over, nothing."""
    rows = OpenOrder.objects.filter(pk__in=list(ids)).values_list("pk", "region", "band")
    found = {pk: Place(region, *span_of(code)) for pk, region, code in rows}
    return {pk: found.get(pk, HIDDEN) for pk in ids}
