"""Why bids lose, published per reason: never a small number, never one that can be worked out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from qinghe.market.models import Bid, BidRefusal

WINDOW = timedelta(days=90)
# Nothing is published below these, and no reason with fewer different bidders than `K`.
FEWEST_BIDS = 30
K = 5


@dataclass(frozen=True)
class ReasonCount:
    """One published line; `reason` is empty for those that are too few to stand alone."""

    reason: str
    bids: int


def reasons_published(*, at: datetime) -> list[ReasonCount]:
    """Return the published counts of the last ninety days; nothing below the minimum volume."""
    since = at - WINDOW
    opened = Bid.objects.filter(opened_at__gt=since, opened_at__lte=at)
    found: dict[str, list[UUID]] = defaultdict(list)
    for reason, collector in opened.values_list("reason", "collector_id"):
        found[reason].append(collector)
    # Of orders that are not open yet nothing is counted: it would tell that somebody bids.
    kept = BidRefusal.objects.filter(listing__in=opened.values("listing_id"), at__lte=at)
    for reason, collector in kept.values_list("reason", "collector_id"):
        found[reason].append(collector)
    return published(found)


def published(found: Mapping[str, Iterable[UUID]]) -> list[ReasonCount]:
    """
    Return the lines that may be shown, the largest first. Pure.

    A reason of fewer than `K` different bidders joins the others; when those together are too few
    as well, the next larger reason joins them, so that no difference gives them away.
    """
    bidders = {reason: list(each) for reason, each in found.items()}
    everybody = [one for each in bidders.values() for one in each]
    if len(everybody) < FEWEST_BIDS or len(set(everybody)) < K:
        return []
    order = sorted(bidders, key=lambda reason: (len(set(bidders[reason])), reason))
    joined: list[UUID] = []
    alone: list[ReasonCount] = []
    for reason in order:
        too_few = len(set(bidders[reason])) < K
        if too_few or 0 < len(set(joined)) < K:
            joined += bidders[reason]
        else:
            alone.append(ReasonCount(reason, len(bidders[reason])))
    alone.sort(key=lambda row: (-row.bids, row.reason))
    return [*alone, *([ReasonCount("", len(joined))] if joined else [])]
