"""
Open the box of an order: judge every bid anew, rank by the published rule, give one mandate.

Twice is once: the rows are locked and the invitation remembers. Two who open at the same instant
wait for each other; the second finds what the first left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from qinghe.claims.models import Claim
from qinghe.claims.terms import ClaimState
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.errors import DomainError
from qinghe.market import bidding
from qinghe.market.bid_refusals import BidsNotDue, NotByBid
from qinghe.market.bidding import Standing
from qinghe.market.contracts import terms
from qinghe.market.envelopes import Content, commitment, read, unpacked
from qinghe.market.models import Bid, BidEnvelope, Invitation, Listing, Mandate
from qinghe.market.queries.bids import plain_of
from qinghe.market.queries.quality import quality_adjustment
from qinghe.market.queries.signers import check_signer
from qinghe.market.queries.taking import facts_of
from qinghe.market.reasons import CLAIM_WIDE, reason_of
from qinghe.market.refusals import TermsChanged
from qinghe.market.sealing import opened
from qinghe.market.services.boxes import seal_box
from qinghe.market.services.capacity import use_place
from qinghe.market.services.listings import Offer, close_listing, lock_claims
from qinghe.market.services.taking import award
from qinghe.market.terms import BidReason, ListingState, Mode
from qinghe.parties.vault import VaultDamaged

# One run of the clock opens at most so many; the next minute goes on.
AT_ONCE = 500


@dataclass(frozen=True)
class _Word:
    """The last word of one bidder, and whether it came before the box closed."""

    envelope: BidEnvelope
    plain: bytes
    content: Content
    in_time: bool

    @property
    def counts(self) -> bool:
        return self.in_time and not self.content.withdrawn


@dataclass
class _Verdict:
    """What becomes of one bid."""

    reason: BidReason
    detail: str = ""
    rank: int | None = None
    standing: Standing | None = None
    mandate: Mandate | None = None


def open_due(*, at: datetime) -> int:
    """Seal what lies about, then open every box whose moment has come; return how many were."""
    actor = system("market.bids")
    waiting = Invitation.objects.filter(opened_at__isnull=True, listing__state=ListingState.OPEN)
    if not waiting.exists():
        return 0
    seal_box(actor=actor, at=at)
    due = waiting.filter(opens_at__lte=at).order_by("opens_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:AT_ONCE])
    for listing_id in ids:
        open_bids(listing_id=listing_id, actor=actor, at=at)
    return len(ids)


@verb("market.open-bids")
def open_bids(*, listing_id: UUID, actor: Actor, at: datetime) -> Invitation:
    """
    Open one box and give the order to its winner; opened before, or taken back: nothing happens.

    :raises NotByBid: unknown, or no bids are asked for it
    :raises BidsNotDue: its moment has not come
    :raises VaultDamaged: an envelope was altered, moved, or its key is gone
    """
    claim, listing, invitation = _lock(listing_id)
    if invitation.opened_at is not None or listing.state != ListingState.OPEN:
        return invitation
    if at < invitation.opens_at:
        raise BidsNotDue(opens_at=invitation.opens_at.isoformat(timespec="minutes"))
    seal_box(actor=actor, at=at)
    if claim.state != ClaimState.LISTED:
        close_listing(listing, ListingState.WITHDRAWN, actor, at)
        return invitation
    secret = opened(listing.pk, invitation.key_id, invitation.sealed)
    seed = bytes.fromhex(unpacked(secret)["seed"])
    reserve = Decimal(unpacked(secret)["reserve"])
    invitation.opened_at = at
    invitation.closed_at = bidding.closing(seed, invitation.closes_at)
    invitation.save(update_fields=["opened_at", "closed_at"])
    words = _last_words(listing, invitation.closed_at)
    verdicts = _judge(words, claim, listing, (seed, reserve, invitation.floor_rate), at)
    if listing.state == ListingState.OPEN:
        close_listing(listing, ListingState.EXPIRED, actor, at)
    bids = _kept(words, verdicts, at)
    _record(invitation, secret, words, bids, actor, at)
    return invitation


def _lock(listing_id: UUID) -> tuple[Claim, Listing, Invitation]:
    """Lock claim, listing, invitation; a bid that is just being handed in is waited for."""
    claim_id = Listing.objects.filter(pk=listing_id, mode=Mode.BID).values_list("claim_id").first()
    if claim_id is None:
        raise NotByBid
    (claim,) = lock_claims(Claim.objects.all(), claim_id)
    listing = Listing.objects.select_for_update().get(pk=listing_id)
    return claim, listing, Invitation.objects.select_for_update().get(pk=listing_id)


def _last_words(listing: Listing, closed_at: datetime) -> list[_Word]:
    """Return each bidder's last word in time; of who only came late, the last word at all."""
    words: dict[UUID, _Word] = {}
    for envelope in BidEnvelope.objects.filter(listing=listing).order_by("turn", "id"):
        in_time = envelope.at <= closed_at
        if not in_time and envelope.collector_id in words and words[envelope.collector_id].in_time:
            continue
        plain = plain_of(envelope)
        words[envelope.collector_id] = _Word(envelope, plain, _true(envelope, plain), in_time)
    return [words[key] for key in sorted(words)]


def _true(envelope: BidEnvelope, plain: bytes) -> Content:
    """
    Return what an envelope holds, after its outside was compared with its inside.

    :raises VaultDamaged: the row was altered
    """
    content = read(plain)
    outside = (envelope.listing_id, envelope.collector_id, envelope.at, envelope.commitment)
    inside = (content.listing_id, content.collector_id, content.at, commitment(plain))
    if outside != inside:
        raise VaultDamaged("the row of an envelope was altered")
    return content


def _judge(
    words: Sequence[_Word],
    claim: Claim,
    listing: Listing,
    rule: tuple[bytes, Decimal, Decimal],
    at: datetime,
) -> dict[UUID, _Verdict]:
    """Return what becomes of every bid: the first that passes every check gets the order."""
    seed, reserve, floor = rule
    verdicts = {
        word.envelope.pk: _Verdict(BidReason.WITHDRAWN if word.in_time else BidReason.LATE)
        for word in words
        if not word.counts
    }
    standing = {word.envelope.pk: word for word in words if word.counts}
    won = stopped = False
    for rank, bid in enumerate(bidding.ranked(_standings(standing, seed, at)), start=1):
        verdict = _without_checks(bid, reserve, floor, won=won, stopped=stopped)
        if verdict is None:
            verdict = _try(standing[bid.bid_id], claim, listing, at)
        won = won or verdict.reason == BidReason.WON
        stopped = stopped or verdict.detail in CLAIM_WIDE
        verdict.rank, verdict.standing = rank, bid
        verdicts[bid.bid_id] = verdict
    return verdicts


def _standings(words: dict[UUID, _Word], seed: bytes, at: datetime) -> list[Standing]:
    found = []
    for bid_id, word in words.items():
        rate, share = word.content.rate, word.content.quality_share
        assert rate is not None
        assert share is not None
        adjustment = quality_adjustment(word.content.collector_id, at)
        found.append(Standing(bid_id, rate, share, adjustment, bidding.draw(seed, bid_id)))
    return found


def _without_checks(
    bid: Standing, reserve: Decimal, floor: Decimal, *, won: bool, stopped: bool
) -> _Verdict | None:
    """Return the verdict that needs no look at the bidder."""
    if bid.rate > reserve:
        return _Verdict(BidReason.ABOVE_RESERVE)
    if bid.rate < floor:
        return _Verdict(BidReason.BELOW_FLOOR)
    if stopped:
        return _Verdict(BidReason.STOPPED)
    return _Verdict(BidReason.OUTRANKED) if won else None


def _try(word: _Word, claim: Claim, listing: Listing, at: datetime) -> _Verdict:
    """Give the order to one bidder by every check of taking, or say which one it did not pass."""
    said = word.content
    assert said.rate is not None
    assert said.quality_share is not None
    bidder = Actor(role=Role.COLLECTOR, user_id=said.user_id, org_id=said.collector_id)
    offer = Offer(Mode.BID, said.rate, said.quality_share, listing.period_days)
    try:
        with transaction.atomic():
            if said.terms_sha256 != terms().sha256:
                raise TermsChanged
            check_signer(user_id=said.user_id, org_id=said.collector_id, at=at)
            facts = facts_of(
                claim_id=claim.pk,
                listing_id=listing.pk,
                collector_id=said.collector_id,
                actor=bidder,
                at=at,
                placed=use_place(said.collector_id),
            )
            mandate = award(facts, offer, bidder, at)
    except DomainError as refusal:
        return _Verdict(reason_of(refusal) or BidReason.NO_STANDING, refusal.code)
    listing.state = ListingState.TAKEN
    return _Verdict(BidReason.WON, mandate=mandate)


def _kept(words: Sequence[_Word], verdicts: dict[UUID, _Verdict], at: datetime) -> dict[UUID, Bid]:
    made = [_bid(word, verdicts[word.envelope.pk], at) for word in words]
    Bid.objects.bulk_create(made)
    return {bid.envelope_id: bid for bid in made}


def _bid(word: _Word, verdict: _Verdict, at: datetime) -> Bid:
    standing = verdict.standing
    return Bid(
        listing_id=word.content.listing_id,
        collector_id=word.content.collector_id,
        envelope=word.envelope,
        rate=standing.rate if standing else None,
        quality_share=standing.quality_share if standing else None,
        adjustment=standing.adjustment if standing else None,
        rank=verdict.rank,
        reason=verdict.reason,
        detail=verdict.detail,
        mandate=verdict.mandate,
        opened_at=at,
    )


def _record(
    invitation: Invitation,
    secret: bytes,
    words: Sequence[_Word],
    bids: dict[UUID, Bid],
    actor: Actor,
    at: datetime,
) -> None:
    """Open the commitments: with these facts every hash and the ranking can be checked."""
    boxes = dict(BidEnvelope.objects.filter(listing=invitation.pk).values_list("pk", "box_id"))
    facts = [
        {
            "bid": word.envelope.pk,
            "plain": word.plain.decode().rstrip(),
            "commitment": word.envelope.commitment,
            "box": boxes[word.envelope.pk],
            "adjustment": bids[word.envelope.pk].adjustment,
            "rank": bids[word.envelope.pk].rank,
            "reason": bids[word.envelope.pk].reason,
            "detail": bids[word.envelope.pk].detail,
        }
        for word in words
    ]
    record(
        kind="market.bids-opened",
        subject=f"listing:{invitation.pk}",
        actor=actor,
        at=at,
        secret=secret.decode().rstrip(),
        commitment=invitation.commitment,
        closed_at=invitation.closed_at,
        rule=invitation.rule_version,
        bids=facts,
    )
