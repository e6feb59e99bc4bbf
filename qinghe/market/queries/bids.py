"""Sealed bids as each side may see them: the invitation, one's own bid, and what came out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, QuerySet

from qinghe.kernel.actor import Actor, Role
from qinghe.market.bid_refusals import BidsSealed, NotByBid
from qinghe.market.costs import Floor
from qinghe.market.envelopes import Content, read
from qinghe.market.models import Bid, BidEnvelope, BidRefusal, Invitation
from qinghe.market.queries.costs import figures_of, floor_of_listing
from qinghe.market.queries.seen import Place, places_of
from qinghe.market.sealing import opened
from qinghe.market.terms import BidReason
from qinghe.parties.models import Organisation
from qinghe.parties.roles import OVERSIGHT
from qinghe.parties.terms import OrgState

LATEST = 200
UNTOLD = (BidReason.NO_LICENCE, BidReason.OVER_BAND, BidReason.OVER_EXPOSURE)


@dataclass(frozen=True)
class InvitationView:
    """
    What may be known of an invitation; it is the same whoever has bid.

    To collectors `region`, `band` to `band_to` and `floor` are what the hall shows at this moment.
    """

    listing_id: UUID
    number: str
    state: str
    product: str
    stage: str
    region: str
    band: int
    band_to: int
    currency: str
    quality_share: Decimal
    period_days: int
    listed_at: datetime
    closes_at: datetime
    opens_at: datetime
    rule_version: str
    commitment: str
    floor: Floor
    opened_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True)
class OwnBid:
    """
    The last word of one bidder, with its receipt: the hash of `plain` is the commitment.

    `rate` is None once it was withdrawn; `reason` and `rank` are known after the opening.
    """

    listing_id: UUID
    number: str
    state: str
    product: str
    stage: str
    region: str
    band: int
    band_to: int
    currency: str
    closes_at: datetime
    opens_at: datetime
    opened_at: datetime | None
    bid_id: UUID
    at: datetime
    rate: Decimal | None
    quality_share: Decimal | None
    commitment: str
    plain: str
    box: int | None
    rank: int | None
    reason: str
    detail: str
    claim_id: UUID | None

    @property
    def stands(self) -> bool:
        """Tell whether there is a bid that was not taken back."""
        return self.rate is not None


@dataclass(frozen=True)
class ResultRow:
    """
    One bid of an opened box. Who lost is not named; `mine` marks the reader's own.

    What a record adds is known of every collector, and why somebody was refused is often known too:
    of others, competitors see only what was compared, and who won.
    """

    rank: int | None
    rate: Decimal | None
    quality_share: Decimal | None
    adjustment: Decimal | None
    # The rate by which bids are compared.
    effective: Decimal | None
    reason: str
    mine: bool


def last_word(listing_id: UUID, collector_id: UUID) -> tuple[BidEnvelope, Content] | None:
    """Return the newest envelope of one bidder, and what it holds."""
    mine = BidEnvelope.objects.filter(listing=listing_id, collector=collector_id)
    found = mine.order_by("-turn").first()
    return (found, read(plain_of(found))) if found else None


def plain_of(envelope: BidEnvelope) -> bytes:
    """
    Return the plain bytes of an envelope.

    :raises VaultDamaged: its key is gone, or somebody altered or moved it
    """
    return opened(envelope.pk, envelope.key_id, envelope.sealed)


def invitation_for(*, listing_id: UUID, actor: Actor) -> InvitationView:
    """
    Return an invitation to an active collector, its creditor or the platform. Constant work.

    :raises NotByBid: unknown, not for this actor's eyes, or no bids are asked for it
    """
    found = _invited(actor).filter(pk=listing_id).first()
    if found is None:
        raise NotByBid
    return _views([found], actor)[0]


def listing_numbered(number: str) -> UUID:
    """
    Return the order by bids that has a number.

    :raises NotByBid: there is none
    """
    found = Invitation.objects.filter(listing__number=number.strip().upper())
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        raise NotByBid
    return pk


def invitations(*, actor: Actor) -> list[InvitationView]:
    """Return the latest invitations of a creditor (or, to the platform, of all), newest first."""
    if actor.role == Role.COLLECTOR:
        return []
    return _views(list(_invited(actor).order_by("-opens_at", "pk")[:LATEST]), actor)


def my_bid(*, listing_id: UUID, actor: Actor) -> OwnBid | None:
    """Return the own last word on an order, or nothing. Others' are never read."""
    return next(iter(_own(actor, listing_id)), None)


def my_bids(*, actor: Actor) -> list[OwnBid]:
    """Return the own last word on every order, the latest hand-ins first."""
    return sorted(_own(actor), key=lambda bid: (bid.at, bid.bid_id), reverse=True)


def my_refusals(*, listing_id: UUID, actor: Actor) -> list[str]:
    """Return why bids of one's own were not accepted for an order, by reason."""
    if actor.role != Role.COLLECTOR:
        return []
    mine = BidRefusal.objects.filter(listing=listing_id, collector=actor.org_id)
    return list(mine.order_by("at", "id").values_list("reason", flat=True))


def result(*, listing_id: UUID, actor: Actor) -> list[ResultRow]:
    """
    Return what lay in an opened box, best first: to the creditor, the platform, and who bid.

    :raises NotByBid: unknown, or not for this actor's eyes
    :raises BidsSealed: the box is closed; the same whatever lies in it
    """
    seen = invitation_for(listing_id=listing_id, actor=actor)
    if seen.opened_at is None:
        raise BidsSealed(opens_at=seen.opens_at.isoformat(timespec="minutes"))
    fields = ("rank", "rate", "quality_share", "adjustment", "reason", "collector_id")
    rows = Bid.objects.filter(listing=listing_id).order_by("rank", "id").values_list(*fields)
    mine = actor.org_id if actor.role == Role.COLLECTOR else None
    found = [_result(row, mine) for row in rows]
    if actor.role != Role.COLLECTOR:
        return found
    if not any(row.mine for row in found):
        raise NotByBid
    # Of a bid that did not count nothing is compared, so nothing of it is told.
    return [_to_bidder(row) for row in found if row.mine or row.rank is not None]


def _result(row: tuple[Any, ...], mine: UUID | None) -> ResultRow:
    rank, rate, share, added, reason, org = row
    effective = None if rate is None or added is None else rate + added
    return ResultRow(rank, rate, share, added, effective, reason, mine is not None and org == mine)


def _to_bidder(row: ResultRow) -> ResultRow:
    if row.mine:
        return replace(row, reason=_told(row.reason))
    won = row.reason == BidReason.WON
    reason = row.reason if won else BidReason.NOT_CHOSEN.value
    return replace(row, rate=None, quality_share=None, adjustment=None, reason=reason)


def _told(reason: str) -> str:
    """Return a reason as its bidder may know it: never which of place and amount it was."""
    return BidReason.OUT_OF_REACH.value if reason in UNTOLD else reason


def _invited(actor: Actor) -> QuerySet[Invitation]:
    rows = Invitation.objects.select_related("listing")
    if actor.role == Role.CREDITOR:
        return rows.filter(listing__claim__creditor=actor.org_id)
    if actor.role == Role.COLLECTOR:
        # As in the hall: whoever has only applied sees no market yet.
        works = Organisation.objects.filter(pk__in=[actor.org_id], state=OrgState.ACTIVE)
        return rows.filter(Exists(works))
    return rows if actor.role in OVERSIGHT else rows.none()


def _views(found: list[Invitation], actor: Actor) -> list[InvitationView]:
    places = places_of([each.listing for each in found], actor)
    return [_view(each, places[each.pk]) for each in found]


def _view(found: Invitation, place: Place) -> InvitationView:
    listing = found.listing
    return InvitationView(
        listing_id=listing.pk,
        number=listing.number,
        state=listing.state,
        product=listing.product,
        stage=listing.stage,
        **place._asdict(),
        currency=listing.currency,
        quality_share=listing.quality_share,
        period_days=listing.period_days,
        listed_at=listing.listed_at,
        closes_at=found.closes_at,
        opens_at=found.opens_at,
        rule_version=found.rule_version,
        commitment=found.commitment,
        floor=floor_of_listing(listing, figures_of(found.costs_version), place),
        opened_at=found.opened_at,
        closed_at=found.closed_at,
    )


def _own(actor: Actor, listing_id: UUID | None = None) -> list[OwnBid]:
    """Return the last words of one's own organisation: four queries, however many bids."""
    if actor.role != Role.COLLECTOR or actor.org_id is None:
        return []
    rows = BidEnvelope.objects.filter(collector=actor.org_id).select_related("listing")
    if listing_id is not None:
        rows = rows.filter(listing=listing_id)
    latest = rows.distinct("listing_id")
    # The newest orders have the highest ids.
    words = list(latest.order_by("-listing_id", "-turn")[:LATEST])
    ids = [word.listing_id for word in words]
    invited = Invitation.objects.in_bulk(ids)
    bids = Bid.objects.filter(collector=actor.org_id, listing__in=ids).select_related("mandate")
    results = {bid.listing_id: bid for bid in bids}
    places = places_of([word.listing for word in words], actor)
    return [
        _own_bid(word, invited[word.listing_id], results.get(word.listing_id), places)
        for word in words
    ]


def _own_bid(
    word: BidEnvelope, invited: Invitation, bid: Bid | None, places: dict[UUID, Place]
) -> OwnBid:
    plain, listing = plain_of(word), word.listing
    content = read(plain)
    won = bid is not None and bid.reason == BidReason.WON and bid.mandate is not None
    return OwnBid(
        listing_id=listing.pk,
        number=listing.number,
        state=listing.state,
        product=listing.product,
        stage=listing.stage,
        **places[listing.pk]._asdict(),
        currency=listing.currency,
        closes_at=invited.closes_at,
        opens_at=invited.opens_at,
        opened_at=invited.opened_at,
        bid_id=word.pk,
        at=word.at,
        rate=content.rate,
        quality_share=content.quality_share,
        commitment=word.commitment,
        plain=plain.decode(),
        box=word.box_id,
        rank=bid.rank if bid else None,
        reason=_told(bid.reason) if bid else "",
        detail=bid.detail if bid and bid.reason not in UNTOLD else "",
        claim_id=bid.mandate.claim_id if won and bid and bid.mandate else None,
    )
