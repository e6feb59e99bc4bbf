"""Take an order (接单), or place a claim with the operator's own team: where a mandate begins."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.claims.services import place_locked
from qinghe.journal.services import note, verb
from qinghe.kernel import prepared
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.market.models import Listing, Mandate
from qinghe.market.queries.placeable import obstacles
from qinghe.market.queries.taking import facts_of
from qinghe.market.refusals import (
    AlreadyTaken,
    NoSuchListing,
    NotACollector,
    NotForYou,
    OnlyByBid,
    OnlyInPackage,
)
from qinghe.market.services.capacity import use_place
from qinghe.market.services.listings import Offer, check_collector, check_offer, claim_to_place
from qinghe.market.services.signing import (
    Owed,
    Papers,
    Signature,
    both_sides,
    prepare,
    signature_in,
)
from qinghe.market.services.trying import UNTOLD, check_tries, told
from qinghe.market.taking import Facts, full, halted, obstacle, outside, still_open
from qinghe.market.terms import ListingState, Mode
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import OrgKind
from qinghe.risk.services import raise_flag

# The claim, then its order: as every writer of this room locks them; then the taker's capacity. An
# order never opens again, so whoever comes late waits for no lock. Nothing else is read here: this
# statement's snapshot is older than the locks it waits for.
LOCK: Final = f"""
    WITH wanted AS (
        SELECT c.id FROM market_listing l JOIN claims_claim c ON c.id = l.claim_id
        WHERE l.id = %(listing)s::uuid AND l.state = '{ListingState.OPEN.value}'
            AND l.mode NOT IN ('{Mode.BID.value}', '{Mode.PACKAGE.value}')
        FOR NO KEY UPDATE OF c, l
    ), used AS (
        UPDATE market_capacity k SET live = k.live + 1 FROM wanted
        WHERE k.collector_id = %(collector)s::uuid AND k.live < k."limit" RETURNING k.live
    )
    SELECT wanted.id, EXISTS (SELECT FROM used) FROM wanted
"""  # noqa: S608  constants of this house
TAKEN: Final = f"UPDATE market_listing SET state = '{ListingState.TAKEN.value}' WHERE id = %s"  # noqa: S608

# How an order is had that cannot simply be taken.
ELSEWHERE: Final[dict[str, type[DomainError]]] = {
    Mode.BID: OnlyByBid,
    Mode.PACKAGE: OnlyInPackage,
}


def take(*, listing_id: UUID, actor: Actor, at: datetime) -> Mandate:
    """
    Take an open order under the current terms: exactly one collector gets it.

    :raises NoSuchListing: there is no such order
    :raises NotForYou: it is designated to another collector
    :raises AlreadyTaken: somebody was faster, or it is over
    :raises OnlyByBid: it goes to the best sealed bid
    :raises OnlyInPackage: it is had with all orders of its package
    :raises OwnClaim: creditor and collector are one firm, or the taker acts for both
    :raises OnHold: outreach to the debtor is stopped
    :raises NotAssured: the collector was not reviewed yet
    :raises StandingLapsed: a licence, a deposit or a review of the collector has ended
    :raises NoCertificate: the taker has no valid certificate
    :raises CreditorLapsed: the creditor's own standing has ended
    :raises CoolingOff: the collector gave back too many orders of late
    :raises NoLicence: no valid registration for the region
    :raises OverBand: larger than this collector may take
    :raises OverExposure: the collector's deposit does not cover it
    :raises NoCapacity: the collector holds as many orders as it may
    :raises TakingStopped: a ruling lets the collector take nothing for a time
    :raises OutOfReach: place or amount do not fit, and what the hall shows did not tell; counted
    :raises TriesSpent: too many tries of today ended so, and what is shown does not tell either
    """
    try:
        return _take(listing_id=listing_id, actor=actor, at=at)
    except UNTOLD:
        raise told(listing_id, actor, at) from None


@verb("market.take")
def _take(*, listing_id: UUID, actor: Actor, at: datetime) -> Mandate:
    require(actor, Permission.TAKE_ORDERS)
    facts = lock_order(listing_id, actor, at)
    check_tries(facts, actor, at)
    order = facts.order
    if order is None or order.designated_to_id not in (None, facts.taker.pk):
        raise NotForYou
    if order.mode == Mode.DISPATCH:
        raise NotForYou
    return conclude(facts, actor, at)


def conclude(facts: Facts, actor: Actor, at: datetime) -> Mandate:
    """Give a locked order to an actor's organisation on the listed terms; refuses as `take`."""
    over = still_open(facts, at)
    if over is not None or facts.order is None:
        raise over or AlreadyTaken
    order = facts.order
    offer = Offer(order.mode, order.commission_rate, order.quality_share, order.period_days)
    return award(facts, offer, actor, at)


def award(facts: Facts, offer: Offer, actor: Actor, at: datetime) -> Mandate:
    """
    Give an open order, locked with its claim and a place used, to an actor's organisation.

    :raises DomainError: every refusal of `take`
    """
    reason = obstacle(facts, at)
    if reason is not None:
        raise reason
    with prepared.gathered():
        mandate = _begin(facts, offer, actor, at)
        # The cells of the hall are locked last of all.
        if facts.order is not None:
            prepared.later(TAKEN, [facts.order.pk])
    if facts.taker.signs:
        # A shared browser or mail domain proves nothing, but a person looks before anybody calls.
        raise_flag(claim_id=facts.case.pk, code="one-hand", actor=actor, at=at)
    return mandate


def org_of(actor: Actor) -> UUID:
    """
    Return the organisation an actor takes orders for.

    :raises NotACollector: the actor acts for nobody
    """
    if actor.org_id is None:
        raise NotACollector
    return actor.org_id


@verb("market.place-own-team")
def place_own_team(
    *,
    claim_id: UUID,
    collector_id: UUID,
    commission_rate: Decimal,
    quality_share: Decimal,
    period_days: int,
    actor: Actor,
    at: datetime,
) -> Mandate:
    """
    Hand a claim straight to the operator's own team: same gate, same books, same checks.

    :raises NotYourClaim: unknown, or another creditor's
    :raises NotACollector: not an active own team
    :raises NotReady: the claim is in another state (or on hold, not due, unreachable)
    """
    offer = Offer(Mode.OWN_TEAM, Decimal(commission_rate), Decimal(quality_share), period_days)
    check_offer(offer, actor)
    if check_collector(collector_id).kind != OrgKind.OWN_TEAM:
        raise NotACollector
    claim = claim_to_place(claim_id, actor)
    reason = obstacles([claim], at).get(claim.pk)
    if reason is not None:
        raise reason
    facts = facts_of(
        claim_id=claim.pk,
        listing_id=None,
        collector_id=collector_id,
        actor=actor,
        at=at,
        placed=use_place(collector_id),
    )
    reason = halted(facts, at) or full(facts) or outside(facts)
    if reason is not None:
        raise reason
    return _begin(facts, offer, actor, at, prepare(offer, actor, at))


def lock_order(listing_id: UUID, actor: Actor, at: datetime) -> Facts:
    """
    Lock claim, order and capacity, use a place, and return what decides, read under the locks.

    :raises NotACollector: the actor acts for nobody
    :raises NoSuchListing: there is no such order
    :raises OnlyByBid: it goes to the best sealed bid
    :raises OnlyInPackage: it is had with all orders of its package
    :raises AlreadyTaken: it is over, or somebody was faster
    """
    collector_id = org_of(actor)
    locked = prepared.execute(LOCK, {"listing": listing_id, "collector": collector_id})
    if not locked:
        raise _missing(listing_id)
    ((claim_id, placed),) = locked
    return facts_of(
        claim_id=claim_id,
        listing_id=listing_id,
        collector_id=collector_id,
        actor=actor,
        at=at,
        placed=placed,
    )


def _missing(listing_id: UUID) -> DomainError:
    mode = Listing.objects.filter(pk=listing_id).values_list("mode", flat=True).first()
    if mode is None:
        return NoSuchListing()
    return ELSEWHERE.get(mode, AlreadyTaken)()


def _begin(
    facts: Facts, offer: Offer, actor: Actor, at: datetime, papers: Papers | None = None
) -> Mandate:
    """Write the mandate, move the claim, and put both into the journal."""
    case, taker = facts.case, facts.taker
    signed = signature_in(facts, actor, at)
    columns = {
        "claim_id": case.pk,
        "listing_id": facts.order.pk if facts.order else None,
        **drawn_up(case, taker.pk, offer, at),
        **both_sides(case, facts.order, offer, actor, at, papers, signed),
    }
    mandate = prepared.create(Mandate, **columns)
    place_locked(
        claim_id=case.pk, debtor_id=case.debtor_id, came_from=case.state, actor=actor, at=at
    )
    subject = f"claim:{case.pk}"
    note(kind="market.taken", subject=subject, actor=actor, at=at, **signed_facts(mandate))
    return mandate


def mandate_of(
    claim: Claim,
    collector_id: UUID,
    offer: Offer,
    actor: Actor,
    at: datetime,
    papers: Papers,
    signed: Signature,
) -> Mandate:
    """
    Return a new mandate without an order, signed by both sides; not saved.

    `papers` is one text for many claims; `signed` is the collector's signature.
    """
    return Mandate(
        claim=claim,
        **drawn_up(claim, collector_id, offer, at),
        **both_sides(claim, None, offer, actor, at, papers, signed),
    )


def drawn_up(claim: Owed, collector_id: UUID, offer: Offer, at: datetime) -> dict[str, Any]:
    """Return what a mandate says of its sides, its terms and its time, by column."""
    ends_at = at + timedelta(days=offer.period_days)
    return {
        "creditor_id": claim.creditor_id,
        "collector_id": collector_id,
        "mode": offer.mode,
        "commission_rate": offer.commission_rate,
        "quality_share": offer.quality_share,
        "starts_at": at,
        "signed_at": at,
        "ends_at": ends_at,
        "agreed_ends_at": ends_at,
    }


def signed_facts(mandate: Mandate) -> dict[str, Any]:
    """Return what the journal keeps of a mandate's beginning."""
    return {
        "mandate": mandate.pk,
        "collector": mandate.collector_id,
        "mode": mandate.mode,
        "terms": mandate.terms_version,
        "terms_sha256": mandate.terms_sha256,
        "document_sha256": mandate.document_id,
        "creditor_signed": mandate.creditor_signed_by,
        "collector_signed": mandate.signed_by,
    }
