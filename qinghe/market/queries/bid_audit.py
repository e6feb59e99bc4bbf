"""Prove that an opening was honest, from the journal and the envelopes alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from qinghe.journal import seals
from qinghe.journal.queries import timeline
from qinghe.market import bidding
from qinghe.market.bidding import Standing
from qinghe.market.envelopes import LENGTH, commitment, read, unpacked
from qinghe.market.models import BidBox, BidEnvelope, Invitation
from qinghe.market.terms import BidReason

UNRANKED = {BidReason.LATE.value, BidReason.WITHDRAWN.value}


def audit(*, listing_id: UUID) -> list[str]:
    """
    Return what does not fit in an opening; nothing when it was honest.

    Compared are: the reserve and the seed with the hash published on the first day, every bid with
    its envelope, every envelope with the root its box left in the journal before the opening, the
    closing moment with the seed, the order of bids with the published rule.
    """
    rows = timeline(subject=f"listing:{listing_id}")
    opening = next((row for row in rows if row.kind == "market.bids-opened"), None)
    if opening is None:
        return ["not opened"]
    invitation = Invitation.objects.get(pk=listing_id)
    return [*_secret(invitation, opening.facts), *_bids(invitation, opening.facts, opening.at)]


def _secret(invitation: Invitation, facts: dict[str, Any]) -> Iterator[str]:
    secret = _filled(facts["secret"])
    if commitment(secret) != invitation.commitment:
        yield "reserve and seed are not those of the first day"
    seed = bytes.fromhex(unpacked(secret)["seed"])
    if bidding.closing(seed, invitation.closes_at) != invitation.closed_at:
        yield "the box was not closed at the drawn moment"


def _bids(invitation: Invitation, facts: dict[str, Any], at: datetime) -> Iterator[str]:
    told = {UUID(row["bid"]): row for row in facts["bids"]}
    envelopes = BidEnvelope.objects.filter(listing=invitation.pk).in_bulk()
    yield from _boxes(envelopes.values(), at)
    for bid_id, row in told.items():
        plain = _filled(row["plain"])
        if bid_id not in envelopes or commitment(plain) != envelopes[bid_id].commitment:
            yield f"bid {bid_id} is not what lay in its envelope"
    missing = {e.collector_id for e in envelopes.values()} - {
        read(_filled(row["plain"])).collector_id for row in told.values()
    }
    if missing:
        yield f"{len(missing)} bidders were left out"
    yield from _ranking(facts)


def _boxes(envelopes: Any, at: datetime) -> Iterator[str]:
    """Compare every box these envelopes lie in with its root in the journal."""
    for box in BidBox.objects.filter(pk__in={each.box_id for each in envelopes}).order_by("pk"):
        inside = BidEnvelope.objects.filter(box=box).order_by("place")
        leaves = [each.encode() for each in inside.values_list("commitment", flat=True)]
        root = seals.root([bytes(box.filler), *leaves]).hex()
        known = next(iter(timeline(subject=f"bids:{box.pk}")), None)
        if known is None or known.facts["root"] != root or known.at > at:
            yield f"box {box.pk} is not the one the journal knows"


def _ranking(facts: dict[str, Any]) -> Iterator[str]:
    """Rank again what was opened, and see that nobody acceptable was passed over unasked."""
    secret = unpacked(_filled(facts["secret"]))
    seed, reserve = bytes.fromhex(secret["seed"]), Decimal(secret["reserve"])
    rows = {UUID(row["bid"]): row for row in facts["bids"] if row["reason"] not in UNRANKED}
    again = bidding.ranked(_standing(bid_id, row, seed) for bid_id, row in rows.items())
    if [rows[bid.bid_id]["rank"] for bid in again] != list(range(1, len(rows) + 1)):
        yield "the order of the bids is not that of the published rule"
    for bid in again:
        reason = rows[bid.bid_id]["reason"]
        if (bid.rate > reserve) != (reason == BidReason.ABOVE_RESERVE):
            yield f"bid {bid.bid_id} was not held against the reserve"
        if reason == BidReason.WON:
            break
        if reason == BidReason.OUTRANKED:
            yield f"bid {bid.bid_id} stood before the winner and was passed over"


def _standing(bid_id: UUID, row: dict[str, Any], seed: bytes) -> Standing:
    content = read(_filled(row["plain"]))
    rate, share = content.rate or Decimal(0), content.quality_share or Decimal(0)
    return Standing(bid_id, rate, share, Decimal(row["adjustment"]), bidding.draw(seed, bid_id))


def _filled(text: str) -> bytes:
    return text.ljust(LENGTH).encode()
