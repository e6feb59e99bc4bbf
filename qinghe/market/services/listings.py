"""Put claims into the hall without identity, and take them out again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, QuerySet

from qinghe.claims.models import Claim, Evidence
from qinghe.claims.queries import PROVES
from qinghe.claims.services import set_state, set_states
from qinghe.claims.terms import ClaimState
from qinghe.journal.services import record, record_many, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.market.bands import band_of
from qinghe.market.contracts.figures import USUAL, Levels
from qinghe.market.models import Listing
from qinghe.market.placing import Passed, by_code, passed_over
from qinghe.market.queries.placeable import obstacles
from qinghe.market.refusals import (
    AlreadyTaken,
    BadTerms,
    NoSuchListing,
    NotACollector,
    NotYourClaim,
)
from qinghe.market.services.capacity import COLLECTORS
from qinghe.market.services.plans import check_levels, check_plan
from qinghe.market.services.signing import prepare
from qinghe.market.terms import ListingState, Mode
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import OrgState

LISTED_FOR = timedelta(days=30)
LONGEST_PERIOD_DAYS = 365
# More decimals than these would be signed in one figure and kept in another.
STEP = Decimal("0.0001")
# Letters and digits that nobody confuses when reading a number out (Crockford's base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Offer:
    """The terms an order is offered on. Rates are shares of one (0.2 = a fifth)."""

    mode: str
    commission_rate: Decimal
    quality_share: Decimal
    period_days: int
    designated_to: UUID | None = None
    # A plan gives the rates of each case; rate and share above then count for nothing.
    plan_id: UUID | None = None
    levels: Levels = USUAL
    # When the order leaves the hall; sealed bids alone name it, the others stay for `LISTED_FOR`.
    until: datetime | None = None


@dataclass(frozen=True)
class Published:
    """What became of many claims: how many were listed, and which not, by reason."""

    listed: int
    passed: list[Passed] = field(default_factory=list)

    @property
    def skipped(self) -> dict[str, int]:
        """Return how many were not, by refusal code."""
        return by_code(self.passed)


@verb("market.publish")
def publish(
    *,
    claim_id: UUID,
    mode: str,
    commission_rate: Decimal,
    quality_share: Decimal,
    period_days: int,
    actor: Actor,
    at: datetime,
    designated_to: UUID | None = None,
    plan_id: UUID | None = None,
    levels: Levels = USUAL,
) -> Listing:
    """
    Offer one claim in the hall, without identity.

    :raises NotYourClaim: unknown, or another creditor's
    :raises BadTerms: a rate or the period is out of range, or nothing hangs on quality
    :raises NotReady: the claim is in another state
    :raises OnHold: a hold stands
    :raises NotDue: the claim is not past due
    :raises Unreachable: the debtor has no usable contact point
    :raises NotProven: a paper that it needs is missing
    """
    rates = (Decimal(commission_rate), Decimal(quality_share))
    offer = Offer(mode, *rates, period_days, designated_to, plan_id, levels)
    check_offer(offer, actor)
    claim = claim_to_place(claim_id, actor)
    reason = obstacles([claim], at, offered_to=offer.designated_to).get(claim.pk)
    if reason is not None:
        raise reason
    return list_claims([claim], offer, actor, at)[0]


@verb("market.publish-many")
def publish_many(
    *,
    claim_ids: Sequence[UUID],
    mode: str,
    commission_rate: Decimal,
    quality_share: Decimal,
    period_days: int,
    actor: Actor,
    at: datetime,
    designated_to: UUID | None = None,
    plan_id: UUID | None = None,
    levels: Levels = USUAL,
) -> Published:
    """
    Offer many claims on the same terms; those that cannot be offered are counted by reason.

    :raises BadTerms: a rate or the period is out of range, or nothing hangs on quality
    """
    rates = (Decimal(commission_rate), Decimal(quality_share))
    offer = Offer(mode, *rates, period_days, designated_to, plan_id, levels)
    check_offer(offer, actor)
    locked = claims_to_place(claim_ids, actor)
    refused = obstacles(locked, at, offered_to=offer.designated_to)
    listed = list_claims([claim for claim in locked if claim.pk not in refused], offer, actor, at)
    return Published(listed=len(listed), passed=not_placed(claim_ids, locked, refused))


def not_placed(
    claim_ids: Sequence[UUID], locked: Sequence[Claim], refused: dict[UUID, DomainError]
) -> list[Passed]:
    """Return what is told of those of many claims that were not placed."""
    found = passed_over((claim, refused[claim.pk]) for claim in locked if claim.pk in refused)
    missing = len(set(claim_ids)) - len(locked)
    return [*found, Passed(NotYourClaim.code, missing)] if missing else found


@verb("market.designate")
def designate(
    *,
    claim_id: UUID,
    collector_id: UUID,
    commission_rate: Decimal,
    quality_share: Decimal,
    period_days: int,
    actor: Actor,
    at: datetime,
) -> Listing:
    """
    Offer one claim to one collector, who accepts by taking it.

    :raises NotACollector: the organisation takes no orders
    """
    return publish(
        claim_id=claim_id,
        mode=Mode.DESIGNATED,
        commission_rate=commission_rate,
        quality_share=quality_share,
        period_days=period_days,
        designated_to=collector_id,
        actor=actor,
        at=at,
    )


@verb("market.withdraw-listing")
def withdraw_listing(*, listing_id: UUID, actor: Actor, at: datetime) -> Listing:
    """
    Take an open order out of the hall; its claim is ready to be placed again.

    :raises NoSuchListing: unknown, or another creditor's
    :raises AlreadyTaken: it is not open any more
    """
    require(actor, Permission.PLACE_CLAIMS)
    claim_id = Listing.objects.filter(pk=listing_id).values_list("claim_id", flat=True).first()
    if claim_id is None or not lock_claims(_own(actor), [claim_id]):
        raise NoSuchListing
    listing = Listing.objects.select_for_update().get(pk=listing_id)
    if listing.state != ListingState.OPEN:
        raise AlreadyTaken
    close_listing(listing, ListingState.WITHDRAWN, actor, at)
    return listing


def close_listing(listing: Listing, state: ListingState, actor: Actor, at: datetime) -> None:
    """End an open listing whose claim is locked; a listed claim becomes ready again."""
    listing.state = state
    listing.save(update_fields=["state"])
    if Claim.objects.filter(pk=listing.claim_id, state=ClaimState.LISTED).exists():
        set_state(claim_id=listing.claim_id, state=ClaimState.READY, actor=actor, at=at)
    record(
        kind=f"market.listing-{state.value}",
        subject=f"claim:{listing.claim_id}",
        actor=actor,
        at=at,
        listing=listing.number,
    )


def check_offer(offer: Offer, actor: Actor) -> None:
    """
    Check who offers, and the terms.

    :raises NotPermitted: the role may not place claims
    :raises BadTerms: a figure out of range; a commission on recovered money alone (CN-INC-01)
    :raises NoSuchPlan: the commission plan is unknown, retired or another creditor's
    :raises NotACollector: designated to somebody who takes no orders
    """
    require(actor, Permission.PLACE_CLAIMS)
    in_range = (
        _exact(offer.commission_rate)
        and _exact(offer.quality_share)
        and 0 <= offer.commission_rate < 1
        and 0 < offer.quality_share <= 1
        and 0 < offer.period_days <= LONGEST_PERIOD_DAYS
    )
    # What is bundled is offered by `bundling`, never one by one.
    if not in_range or offer.mode not in Mode.values or offer.mode == Mode.PACKAGE:
        raise BadTerms
    if (offer.mode == Mode.DESIGNATED) != (offer.designated_to is not None):
        raise BadTerms
    if (offer.mode == Mode.BID) != (offer.until is not None):
        raise BadTerms
    if offer.designated_to is not None:
        check_collector(offer.designated_to)
    check_levels(offer.levels)
    if offer.plan_id is not None:
        check_plan(offer.plan_id, actor)


def _exact(share: Decimal) -> bool:
    """Tell whether a share has no more decimals than the tables and the signed text keep."""
    return share.is_finite() and share == share.quantize(STEP)


def check_collector(collector_id: UUID) -> Organisation:
    """
    Return an active collector.

    :raises NotACollector: unknown, suspended, or no collector
    """
    found = Organisation.objects.filter(
        pk=collector_id, kind__in=COLLECTORS, state=OrgState.ACTIVE
    ).first()
    if found is None:
        raise NotACollector
    return found


def claim_to_place(claim_id: UUID, actor: Actor) -> Claim:
    """
    Lock and return a claim its creditor (or the operator) wants to place.

    :raises NotYourClaim: unknown, or another creditor's
    """
    locked = lock_claims(_own(actor).select_related("creditor"), [claim_id])
    if not locked:
        raise NotYourClaim
    return locked[0]


def claims_to_place(claim_ids: Iterable[UUID], actor: Actor) -> list[Claim]:
    """Lock and return those of many claims that the actor may place."""
    return lock_claims(_own(actor).select_related("creditor"), claim_ids)


def lock_claims(claims: QuerySet[Claim], ids: Iterable[UUID]) -> list[Claim]:
    """Lock claims in the order of their ids, so that two writers never wait for each other."""
    rows = claims.filter(pk__in=list(ids)).order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True))


def number_of(listing_id: UUID) -> str:
    """Return the number people use: ten letters and digits from the random part of the id."""
    bits = listing_id.int & ((1 << 50) - 1)
    letters = "".join(ALPHABET[(bits >> shift) & 31] for shift in range(45, -1, -5))
    return f"{letters[:5]}-{letters[5:]}"


def _own(actor: Actor) -> QuerySet[Claim]:
    rows = Claim.objects.all()
    return rows.filter(creditor=actor.org_id) if actor.role == Role.CREDITOR else rows


def list_claims(claims: Sequence[Claim], offer: Offer, actor: Actor, at: datetime) -> list[Listing]:
    """List claims that are locked and free of obstacles: a fixed number of statements."""
    files, papers = _evidence_counts(claims), prepare(offer, actor, at)
    made = ((claim, _listing(claim, offer, files.get(claim.pk, 0), at)) for claim in claims)
    # One statement: the cells of the hall are locked in one order by each.
    listings = Listing.objects.bulk_create([papers.sign(listing, claim) for claim, listing in made])
    ids = [listing.claim_id for listing in listings]
    set_states(claim_ids=ids, state=ClaimState.LISTED, actor=actor, at=at)
    rows = [(f"claim:{listing.claim_id}", None, _offered(listing)) for listing in listings]
    record_many(kind="market.published", rows=rows, actor=actor, at=at)
    return listings


def _offered(listing: Listing) -> dict[str, object]:
    return {
        "listing": listing.number,
        "mode": listing.mode,
        "commission_rate": listing.commission_rate,
        "quality_share": listing.quality_share,
        "period_days": listing.period_days,
        "document_sha256": listing.document_id,
    }


def _listing(claim: Claim, offer: Offer, files: int, at: datetime) -> Listing:
    listing = Listing(
        claim=claim,
        creditor_kind=claim.creditor.kind,
        mode=offer.mode,
        region=claim.region,
        product=claim.product,
        stage=claim.stage,
        hand=claim.hand,
        currency=claim.currency,
        band=band_of(claim.owed, claim.currency),
        evidence_count=files,
        commission_rate=offer.commission_rate,
        quality_share=offer.quality_share,
        period_days=offer.period_days,
        designated_to_id=offer.designated_to,
        listed_at=at,
        expires_at=offer.until or at + LISTED_FOR,
    )
    listing.number = number_of(listing.pk)
    return listing


def _evidence_counts(claims: Iterable[Claim]) -> dict[UUID, int]:
    rows = Evidence.objects.filter(PROVES, claim__in=list(claims)).values("claim_id")
    return dict(rows.annotate(files=Count("id")).values_list("claim_id", "files"))
