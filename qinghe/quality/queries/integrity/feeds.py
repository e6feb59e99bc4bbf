"""Opened bids and best ratings: plain rows for the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from qinghe.market.models import Bid
from qinghe.market.terms import BidReason
from qinghe.quality.models import Rating
from qinghe.quality.signs.rings import OpenedBid
from qinghe.settlement.models import Lowering
from qinghe.settlement.terms import LoweringState

BEST = 5
# What of a lowering tells that the collector had worked.
WORKED = ("contacts", "promised_on", "plan")


@dataclass(frozen=True)
class Lowered:
    """A placed claim that its creditor lowered; `worked`: shortly after a contact or a promise."""

    lowering: UUID
    creditor: UUID
    worked: bool
    upheld: bool


@dataclass(frozen=True)
class Praise:
    """Best marks in every answer, given by one organisation to another."""

    rating: UUID
    by: UUID
    about: UUID


def opened_bids(since: datetime) -> list[OpenedBid]:
    """
    Return the bids of auctions opened after a moment, within product, stage and amount band.

    Bids that never counted (withdrawn, late) have no rate and are left out.
    """
    rows = Bid.objects.filter(opened_at__gt=since, rate__isnull=False)
    fields = ("listing_id", "collector_id", "rate", "reason")
    of = ("listing__product", "listing__stage", "listing__band")
    return [
        OpenedBid(auction, f"{product}/{stage}/{band}", bidder, rate, reason == BidReason.WON)
        for auction, bidder, rate, reason, product, stage, band in rows.values_list(*fields, *of)
    ]


def praises(since: datetime, until: datetime) -> list[Praise]:
    """Return the ratings of a span that gave the best mark in every answer."""
    best = dict.fromkeys(("first", "second", "third", "fourth"), BEST)
    rows = Rating.objects.filter(given_at__gt=since, given_at__lte=until, **best)
    return [Praise(*row) for row in rows.values_list("pk", "by_id", "about_id")]


def lowered(since: datetime, until: datetime) -> list[Lowered]:
    """Return the lowerings of a span, and those that officers upheld in it."""
    told = Q(told_at__gt=since, told_at__lte=until)
    upheld = Q(state=LoweringState.UPHELD)
    decided = upheld & Q(decided_at__gt=since, decided_at__lte=until)
    return [
        Lowered(
            lowering=each.pk,
            creditor=each.creditor_id,
            worked=any(each.seen.get(name) for name in WORKED),
            upheld=each.state == LoweringState.UPHELD,
        )
        for each in Lowering.objects.filter(told | decided).order_by("pk")
    ]
