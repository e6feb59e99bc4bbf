"""What keeps claims from being placed in one way: read before placing, and by placing itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.kernel.errors import DomainError
from qinghe.market.bid_refusals import ReserveBelowFloor
from qinghe.market.costs import Figures
from qinghe.market.models import Capacity
from qinghe.market.placing import Wish, bundles
from qinghe.market.queries.costs import figures_at, floor_of_claim
from qinghe.market.queries.placeable import obstacles
from qinghe.market.refusals import NoLicence, PackageTooSmall, TeamFull
from qinghe.market.terms import SMALLEST_PACKAGE, Mode
from qinghe.parties.queries import licences_on
from qinghe.parties.regions import province_of
from qinghe.parties.terms import LicenceKind
from qinghe.rules.contact.clock import NATIONAL, local_day


def refusals(claims: Sequence[Claim], wish: Wish, at: datetime) -> dict[UUID, DomainError]:
    """
    Return why claims cannot be placed in a way now; claims without a reason are absent.

    At most seven queries, however many claims.
    """
    refused = obstacles(claims, at)
    fit = [claim for claim in claims if claim.pk not in refused]
    return {**refused, **unfit(fit, wish, at)}


def unfit(claims: Sequence[Claim], wish: Wish, at: datetime) -> dict[UUID, DomainError]:
    """Return what a way of placing has against claims that nothing else stands against."""
    if wish.mode == Mode.BID and wish.reserve is not None:
        return below_floor(claims, wish.reserve, figures_at(at))
    if wish.mode == Mode.PACKAGE:
        return left_over(claims, wish.minimum, wish.maximum)
    if wish.mode == Mode.OWN_TEAM and wish.collector_id is not None:
        return _not_by_team(claims, wish.collector_id, at)
    return {}


def below_floor(
    claims: Sequence[Claim], reserve: Decimal, figures: Figures
) -> dict[UUID, DomainError]:
    """
    Return the claims whose bare cost the highest commission does not cover.

    The creditor knows its claim, so the exact floor counts; a bidder is held to the floor of what
    the hall shows, which is never higher.
    """
    floors = {claim.pk: floor_of_claim(claim, figures).rate for claim in claims}
    return {
        pk: ReserveBelowFloor(reserve=_percent(reserve), floor=_percent(floor))
        for pk, floor in floors.items()
        if floor > reserve
    }


def left_over(claims: Sequence[Claim], minimum: int, maximum: int) -> dict[UUID, DomainError]:
    """Return the claims that find no package."""
    if not SMALLEST_PACKAGE <= minimum <= maximum:
        return {}
    bundled = {claim.pk for bundle in bundles(claims, minimum, maximum) for claim in bundle}
    return {claim.pk: PackageTooSmall() for claim in claims if claim.pk not in bundled}


def unlicensed(
    claims: Sequence[Claim], collector_id: UUID, at: datetime
) -> dict[UUID, DomainError]:
    """Return the claims whose region no registration of a collector covers today."""
    today = local_day(NATIONAL, at)
    valid = licences_on(org_id=collector_id, on=today, kind=LicenceKind.COLLECTION)
    regions = set(valid.values_list("region", flat=True))
    return {
        claim.pk: NoLicence()
        for claim in claims
        if not regions & {"", claim.region, province_of(claim.region)}
    }


def _not_by_team(
    claims: Sequence[Claim], collector_id: UUID, at: datetime
) -> dict[UUID, DomainError]:
    refused = unlicensed(claims, collector_id, at)
    fit = [claim for claim in claims if claim.pk not in refused]
    room = Capacity.objects.filter(collector_id=collector_id).first()
    free = max(room.limit - room.live, 0) if room else 0
    return {**refused, **{claim.pk: TeamFull() for claim in fit[free:]}}


def _percent(share: Decimal) -> str:
    return f"{share * 100:.2f} %"
