"""Take an order (接单), or place a claim with the operator's own team: where a mandate begins."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from qinghe.claims.models import Claim
from qinghe.claims.services import set_state
from qinghe.claims.terms import ClaimState
from qinghe.graph.queries import shared_signs
from qinghe.graph.terms import IDENTICAL
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.contracts import terms
from qinghe.market.models import Capacity, Listing, Mandate
from qinghe.market.queries.cooling import cooling_of
from qinghe.market.queries.placeable import held, obstacles
from qinghe.market.refusals import (
    AlreadyTaken,
    CoolingOff,
    CreditorLapsed,
    NoLicence,
    NoSuchListing,
    NotACollector,
    NotForYou,
    OnHold,
    OnlyByBid,
    OnlyInPackage,
    OverBand,
    OwnClaim,
)
from qinghe.market.services.capacity import check_exposure, use_one
from qinghe.market.services.listings import Offer, check_collector, check_offer, claim_to_place
from qinghe.market.services.signing import Papers, Signature, both_sides
from qinghe.market.services.stops import check_stop
from qinghe.market.terms import ListingState, Mode
from qinghe.parties.levels import Act
from qinghe.parties.models import Membership, Organisation
from qinghe.parties.queries import valid_licence
from qinghe.parties.queries.standing import below
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.assurance import check_standing
from qinghe.parties.services.exams import check_certificate
from qinghe.parties.terms import LicenceKind, OrgKind
from qinghe.risk.services import raise_flag
from qinghe.rules.contact.clock import NATIONAL, local_day


@verb("market.take")
def take(*, listing_id: UUID, actor: Actor, at: datetime) -> Mandate:
    """
    Take an open order under the current terms: exactly one collector gets it.

    :raises NoSuchListing: there is no such order
    :raises NotForYou: it is designated to another collector
    :raises AlreadyTaken: somebody was faster, or it is over
    :raises OnlyByBid: it goes to the best sealed bid
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
    """
    require(actor, Permission.TAKE_ORDERS)
    collector_id = _org(actor)
    claim, listing = lock_order(listing_id)
    if listing.designated_to_id not in (None, collector_id) or listing.mode == Mode.DISPATCH:
        raise NotForYou
    return conclude(claim, listing, actor, at)


def conclude(claim: Claim, listing: Listing, actor: Actor, at: datetime) -> Mandate:
    """Give a locked order to an actor's organisation on the listed terms; refuses as `take`."""
    if not _open(claim, listing, at):
        raise AlreadyTaken
    offer = Offer(listing.mode, listing.commission_rate, listing.quality_share, listing.period_days)
    return award(claim, listing, offer, actor, at)


def award(claim: Claim, listing: Listing, offer: Offer, actor: Actor, at: datetime) -> Mandate:
    """
    Give an open order, locked with its claim, to an actor's organisation: every check of taking.

    :raises NotACollector: the actor acts for nobody
    :raises DomainError: every refusal of `take`
    """
    collector_id = _org(actor)
    if held([claim], at):
        raise OnHold
    if below([claim.creditor_id], Act.WORK, at):
        raise CreditorLapsed
    signs = check_fit(claim, listing, actor, at)
    mandate = _begin(claim, collector_id, offer, actor, at, listing=listing)
    # The cells of the hall are locked last of all.
    listing.state = ListingState.TAKEN
    listing.save(update_fields=["state"])
    if signs:
        # A shared browser or mail domain proves nothing, but a person looks before anybody calls.
        raise_flag(claim_id=claim.pk, code="one-hand", actor=actor, at=at)
    return mandate


def check_fit(claim: Claim, listing: Listing, actor: Actor, at: datetime) -> set[str]:
    """
    Check whether an actor's organisation may work an order; return the signs it shares.

    :raises OwnClaim: creditor and collector are one firm, or the actor acts for both
    :raises DomainError: certificate, standing, licence or band, as in `take`
    """
    collector_id = _org(actor)
    signs = shared_signs(claim.creditor_id, collector_id)
    if signs & IDENTICAL or on_both_sides(claim, collector_id, actor, at):
        raise OwnClaim
    check_certificate(actor, at)
    check_cooling(collector_id, at)
    _check_taker(collector_id, listing.licence, claim.region, listing.band, at)
    return signs


def _org(actor: Actor) -> UUID:
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
    _check_taker(collector_id, LicenceKind.COLLECTION, claim.region, 0, at)
    return _begin(claim, collector_id, offer, actor, at, listing=None)


def check_cooling(collector_id: UUID, at: datetime) -> None:
    """
    Refuse a collector that gives orders back again and again.

    :raises CoolingOff: with the moment at which it may take again
    """
    until = cooling_of(collector_id=collector_id, at=at)
    if until is not None:
        raise CoolingOff.of(until)


def lock_order(listing_id: UUID) -> tuple[Claim, Listing]:
    """Lock the claim, then its listing: the order every writer of this room keeps."""
    seen = Listing.objects.filter(pk=listing_id).values_list("claim_id", "state", "mode").first()
    if seen is None:
        raise NoSuchListing
    claim_id, state, mode = seen
    if mode == Mode.BID:
        raise OnlyByBid
    if mode == Mode.PACKAGE:
        raise OnlyInPackage
    # An order never opens again: whoever comes late need not wait for a lock.
    if state != ListingState.OPEN:
        raise AlreadyTaken
    claim = Claim.objects.select_for_update(no_key=True).get(pk=claim_id)
    return claim, Listing.objects.select_for_update(no_key=True).get(pk=listing_id)


def _open(claim: Claim, listing: Listing, at: datetime) -> bool:
    return (
        listing.state == ListingState.OPEN
        and at < listing.expires_at
        and claim.state == ClaimState.LISTED
    )


def on_both_sides(claim: Claim, collector_id: UUID, actor: Actor, at: datetime) -> bool:
    """Tell whether one firm, or one person, would order the work and be paid for it."""
    code = Organisation.objects.filter(pk=collector_id).exclude(credit_code="")
    mine = Membership.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        organisation=OuterRef("pk"),
        user=actor.user_id,
        starts_at__lte=at,
    )
    creditor = Organisation.objects.filter(pk=claim.creditor_id)
    same_firm = Q(pk=collector_id) | Q(credit_code__in=code.values("credit_code"))
    return creditor.filter(same_firm | Exists(mine)).exists()


def _check_taker(collector_id: UUID, licence: str, region: str, band: int, at: datetime) -> None:
    check_stop(collector_id, at)
    check_standing(Organisation.objects.get(pk=collector_id), Act.WORK, at)
    today = local_day(NATIONAL, at)
    if not valid_licence(org_id=collector_id, kind=licence, region=region, on=today):
        raise NoLicence
    if Capacity.objects.filter(pk=collector_id, max_band__lt=band).exists():
        raise OverBand


def _begin(
    claim: Claim,
    collector_id: UUID,
    offer: Offer,
    actor: Actor,
    at: datetime,
    listing: Listing | None,
) -> Mandate:
    use_one(collector_id)
    check_exposure(collector_id, claim, at)
    mandate = mandate_of(claim, collector_id, offer, actor, at, listing=listing)
    mandate.save(force_insert=True)
    set_state(claim_id=claim.pk, state=ClaimState.PLACED, actor=actor, at=at)
    subject = f"claim:{claim.pk}"
    record(kind="market.taken", subject=subject, actor=actor, at=at, **signed_facts(mandate))
    return mandate


def mandate_of(
    claim: Claim,
    collector_id: UUID,
    offer: Offer,
    actor: Actor,
    at: datetime,
    listing: Listing | None = None,
    papers: Papers | None = None,
    signed: Signature | None = None,
) -> Mandate:
    """
    Return a new mandate on the offered terms, signed by both sides; not saved.

    `papers` spare writing the same text for many claims; `signed` is the collector's signature
    where it is not the one who acts.
    """
    current = terms()
    made = Mandate(
        claim=claim,
        creditor_id=claim.creditor_id,
        collector_id=collector_id,
        listing=listing,
        mode=offer.mode,
        commission_rate=offer.commission_rate,
        quality_share=offer.quality_share,
        terms_version=current.version,
        terms_sha256=current.sha256,
        signed_by=actor.user_id or collector_id,
        signed_at=at,
        starts_at=at,
        ends_at=at + timedelta(days=offer.period_days),
    )
    return both_sides(made, offer, actor, papers, signed)


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
