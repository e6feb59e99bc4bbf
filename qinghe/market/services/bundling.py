"""Bundle claims into packages (案件包), take them back, and end those that became too small."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q

from qinghe.claims.models import Claim
from qinghe.claims.services import set_states
from qinghe.claims.terms import ClaimState
from qinghe.journal.services import record, record_many, verb
from qinghe.kernel.actor import Actor, Role, system
from qinghe.market.contracts.figures import USUAL, Levels
from qinghe.market.models import Listing, Package, PackageItem
from qinghe.market.placing import Passed, Wish, bundles, by_code
from qinghe.market.queries.packages import live_items
from qinghe.market.queries.wished import refusals
from qinghe.market.refusals import (
    BadPackage,
    NoSuchPackage,
    PackageOver,
)
from qinghe.market.services.listings import (
    Offer,
    check_offer,
    claims_to_place,
    list_claims,
    lock_claims,
    not_placed,
    number_of,
)
from qinghe.market.services.signing import signature_of
from qinghe.market.terms import (
    LARGEST_PACKAGE,
    SMALLEST_PACKAGE,
    ListingState,
    Mode,
    PackageState,
)
from qinghe.parties.roles import Permission, require

# What every listing of a package shares with it.
SHARED = (
    "creditor_kind", "commission_rate", "quality_share", "period_days", "listed_at", "expires_at",
    "document", "signed_by", "signed_role",
)  # fmt: skip


@dataclass(frozen=True)
class Packaged:
    """What became of many claims: packages made, claims in them, and which not, by reason."""

    packages: int
    listed: int
    passed: list[Passed] = field(default_factory=list)

    @property
    def skipped(self) -> dict[str, int]:
        """Return how many were not, by refusal code."""
        return by_code(self.passed)


@verb("market.make-packages")
def make_packages(
    *,
    claim_ids: Sequence[UUID],
    minimum: int,
    maximum: int,
    commission_rate: Decimal,
    quality_share: Decimal,
    period_days: int,
    actor: Actor,
    at: datetime,
    levels: Levels = USUAL,
) -> Packaged:
    """
    Bundle claims of one creditor and currency into packages of at most `maximum`, evenly.

    Neighbouring regions stay together. One commission counts for all; below `minimum` orders that
    can be taken a package ends and its claims are ready again.

    :raises BadPackage: the numbers are out of range
    :raises BadTerms: a rate or the period is out of range, or nothing hangs on quality
    """
    if not SMALLEST_PACKAGE <= minimum <= maximum <= LARGEST_PACKAGE:
        raise BadPackage(low=SMALLEST_PACKAGE, high=LARGEST_PACKAGE)
    rates = (Decimal(commission_rate), Decimal(quality_share))
    offer = Offer(Mode.GRAB, *rates, period_days, levels=levels)
    check_offer(offer, actor)
    locked = claims_to_place(claim_ids, actor)
    refused = refusals(locked, Wish(Mode.PACKAGE, minimum=minimum, maximum=maximum), at)
    fit = [claim for claim in locked if claim.pk not in refused]
    made = list(bundles(fit, minimum, maximum))
    bundled = [claim for bundle in made for claim in bundle]
    listings = list_claims(bundled, replace(offer, mode=Mode.PACKAGE), actor, at)
    _make(made, {listing.claim_id: listing for listing in listings}, minimum, actor, at)
    return Packaged(len(made), len(bundled), not_placed(claim_ids, locked, refused))


@verb("market.withdraw-package")
def withdraw_package(*, package_id: UUID, actor: Actor, at: datetime) -> Package:
    """
    Take a package out of the market; its claims are ready to be placed again.

    :raises NoSuchPackage: unknown, or another creditor's
    :raises PackageOver: it is not open any more
    """
    require(actor, Permission.PLACE_CLAIMS)
    known = Package.objects.filter(pk=package_id)
    if actor.role == Role.CREDITOR:
        known = known.filter(creditor=actor.org_id)
    if not known.exists():
        raise NoSuchPackage
    package, listings = lock_package(package_id)
    if package.state != PackageState.OPEN:
        raise PackageOver
    end_package(package, listings, PackageState.WITHDRAWN, actor, at)
    return package


def tidy_packages(*, at: datetime) -> dict[str, int]:
    """
    Take out of open packages what was stopped or paid, and end those too small or too old.

    Each in a transaction of its own; looks at packages that are open, and at nothing else.
    """
    live = Count("items", filter=Q(items__in=live_items(at)))
    open_ = Count("items", filter=Q(items__listing__state=ListingState.OPEN))
    rows = Package.objects.filter(state=PackageState.OPEN).annotate(live=live, still=open_)
    due = rows.filter(Q(expires_at__lte=at) | Q(live__lt=F("still")) | Q(still__lt=F("minimum")))
    actor = system("market.packages")
    ids = list(due.values_list("pk", flat=True))
    ended = [tidy_package(package_id=pk, actor=actor, at=at) for pk in ids]
    return {"looked": len(ended), "ended": sum(ended)}


@verb("market.tidy-package")
def tidy_package(*, package_id: UUID, actor: Actor, at: datetime) -> bool:
    """Take out what was stopped or paid since; tell whether the package ended by that."""
    package, listings = lock_package(package_id)
    if package.state != PackageState.OPEN:
        return False
    live = set(live_items(at).filter(package=package).values_list("pk", flat=True))
    if len(live) < package.minimum or package.expires_at <= at:
        end_package(package, listings, PackageState.ENDED, actor, at)
        return True
    gone = [each for each in listings if each.state == ListingState.OPEN and each.pk not in live]
    release(gone, actor, at)
    close([(each, ListingState.WITHDRAWN) for each in gone])
    return False


def lock_package(package_id: UUID) -> tuple[Package, list[Listing]]:
    """Lock the claims of a package, their listings, then itself: the order of this room."""
    items = PackageItem.objects.filter(package=package_id, listing__state=ListingState.OPEN)
    pairs = list(items.values_list("listing_id", "listing__claim_id"))
    locked = lock_claims(Claim.objects.all(), [claim_id for _listing, claim_id in pairs])
    claims = {claim.pk: claim for claim in locked}
    rows = Listing.objects.filter(pk__in=[pk for pk, _claim in pairs]).order_by("pk")
    listings = list(rows.select_for_update(no_key=True))
    for each in listings:
        each.claim = claims[each.claim_id]
    package = Package.objects.select_for_update(no_key=True).get(pk=package_id)
    return package, listings


def end_package(
    package: Package, listings: list[Listing], state: PackageState, actor: Actor, at: datetime
) -> None:
    """End a locked package that nobody took; its claims that wait are ready again."""
    open_ = [each for each in listings if each.state == ListingState.OPEN]
    package.state, package.closed_at = state, at
    package.save(update_fields=["state", "closed_at"])
    subject = f"package:{package.pk}"
    record(kind=f"market.package-{state.value}", subject=subject, actor=actor, at=at)
    release(open_, actor, at)
    over = ListingState.EXPIRED if package.expires_at <= at else ListingState.WITHDRAWN
    close([(each, over) for each in open_])


def release(listings: Sequence[Listing], actor: Actor, at: datetime) -> None:
    """Make the claims of locked listings ready that are listed, and note why they are free."""
    ids = [each.claim_id for each in listings]
    listed = Claim.objects.filter(pk__in=ids, state=ClaimState.LISTED)
    ready = list(listed.values_list("pk", flat=True))
    set_states(claim_ids=ready, state=ClaimState.READY, actor=actor, at=at)
    told: list[tuple[str, UUID | None, dict[str, object]]] = [
        (f"claim:{each.claim_id}", None, {"listing": each.number}) for each in listings
    ]
    record_many(kind="market.listing-withdrawn", rows=told, actor=actor, at=at)


def close(states: Iterable[tuple[Listing, ListingState]]) -> None:
    """End listings in one statement, as the last act: the cells of the hall are locked by it."""
    ended = []
    for listing, state in states:
        listing.state = state
        ended.append(listing)
    if ended:
        Listing.objects.bulk_update(ended, ["state"])


def _make(
    made: Sequence[Sequence[Claim]],
    listings: dict[UUID, Listing],
    minimum: int,
    actor: Actor,
    at: datetime,
) -> None:
    name = signature_of(actor, at).name
    for bundle in made:
        first = listings[bundle[0].pk]
        package = Package(
            creditor_id=bundle[0].creditor_id,
            currency=bundle[0].currency,
            size=len(bundle),
            minimum=minimum,
            signed_name=name,
            **{field: getattr(first, field) for field in SHARED},
        )
        package.number = number_of(package.pk)
        package.save(force_insert=True)
        PackageItem.objects.bulk_create(
            PackageItem(listing=listings[claim.pk], package=package, paid=claim.paid)
            for claim in bundle
        )
        subject = f"package:{package.pk}"
        facts: dict[str, Any] = {
            "number": package.number,
            "orders": package.size,
            "minimum": minimum,
        }
        record(kind="market.package-made", subject=subject, actor=actor, at=at, **facts)
