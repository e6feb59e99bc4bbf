"""The order hall (接单大厅): what may be taken, without identity, and why not where it may not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.market.models import Capacity, Listing
from qinghe.market.queries.placeable import live_holds
from qinghe.market.refusals import NoCapacity, NoLicence, NoSuchListing, OnHold, OverBand
from qinghe.market.terms import ListingState, Mode
from qinghe.parties.models import Licence, Organisation
from qinghe.parties.queries.standing import work_obstacle
from qinghe.parties.regions import province_of
from qinghe.parties.roles import OVERSIGHT
from qinghe.parties.terms import OrgState
from qinghe.rules.contact.clock import NATIONAL, local_day

PAGE_SIZE = 25
# Beyond this the hall says "more than": counting a million rows would cost more than it tells.
COUNT_CAP = 10_000
ORDERS = {
    "recent": ("-listed_at", "id"),
    "commission": ("-commission_rate", "-listed_at", "id"),
    "band": ("-band", "-listed_at", "id"),
    "expiring": ("expires_at", "id"),
}

# What is worked out for a row; the rest stands on the listing.
OURS = ("age_months", "takeable", "why_not")


@dataclass(frozen=True)
class HallFilters:
    """What a visitor of the hall looks for; an empty filter lets everything through."""

    regions: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    bands: tuple[int, ...] = ()
    currency: str = ""
    min_commission: Decimal | None = None
    mode: str = ""
    order: str = "recent"


@dataclass(frozen=True)
class CapacityRow:
    """Places of a collector: used, in all, and the highest band it may take."""

    live: int
    limit: int
    max_band: int

    @property
    def free(self) -> int:
        """Return the places left."""
        return max(self.limit - self.live, 0)


@dataclass(frozen=True)
class HallRow:
    """One order as the hall shows it. No field can hold an identity or an exact amount."""

    id: UUID
    number: str
    mode: str
    state: str
    creditor_kind: str
    region: str
    product: str
    stage: str
    # Full months past due: how old, without the day that would tell which contract it is.
    age_months: int
    hand: int
    currency: str
    band: int
    evidence_count: int
    commission_rate: Decimal
    quality_share: Decimal
    period_days: int
    licence: str
    listed_at: datetime
    expires_at: datetime
    takeable: bool
    why_not: DomainError | None


@dataclass(frozen=True)
class HallPage:
    """One page of the hall. `total` stops at a cap; `capped` says that there are more."""

    rows: list[HallRow]
    total: int
    capped: bool
    page: int
    pages: int
    capacity: CapacityRow | None
    # Why this collector may take nothing at all today.
    obstacle: DomainError | None = None


@dataclass(frozen=True)
class _Taker:
    """What decides, for one collector, whether a row may be taken."""

    capacity: CapacityRow | None
    regions: dict[str, frozenset[str]] = field(default_factory=dict)
    obstacle: DomainError | None = None

    def refuses(self, listing: Listing, *, held: bool) -> DomainError | None:
        if self.obstacle is not None:
            return self.obstacle
        if held:
            return OnHold()
        if self.capacity is None or not self.capacity.free:
            live, limit = (self.capacity.live, self.capacity.limit) if self.capacity else (0, 0)
            return NoCapacity(live=live, limit=limit)
        if listing.band > self.capacity.max_band:
            return OverBand()
        mine = self.regions.get(listing.licence, frozenset())
        if not mine & {"", listing.region, province_of(listing.region)}:
            return NoLicence()
        return None


def hall(
    *, actor: Actor, at: datetime, filters: HallFilters | None = None, page: int = 1
) -> HallPage:
    """
    Return one page of the open orders an actor may see, with what it may take and why not.

    Five queries, however large the market. Pages count from 1.
    """
    filters = filters or HallFilters()
    open_now = _matching(
        _visible(actor).filter(state=ListingState.OPEN, expires_at__gt=at), filters
    )
    total = open_now[: COUNT_CAP + 1].count()
    pages = max(-(-min(total, COUNT_CAP) // PAGE_SIZE), 1)
    page = min(max(page, 1), pages)
    start = (page - 1) * PAGE_SIZE
    order = ORDERS.get(filters.order, ORDERS["recent"])
    rows = _with_holds(open_now.order_by(*order), at)[start : start + PAGE_SIZE]
    taker = _taker(actor, at)
    return HallPage(
        rows=[_row(listing, taker, at) for listing in rows],
        total=min(total, COUNT_CAP),
        capped=total > COUNT_CAP,
        page=page,
        pages=pages,
        capacity=taker.capacity if taker else None,
        obstacle=taker.obstacle if taker else None,
    )


def listing_for(*, listing_id: UUID, actor: Actor, at: datetime) -> HallRow:
    """
    Return one order as an actor may see it, open or not.

    :raises NoSuchListing: unknown, or not for this actor's eyes
    """
    found = _with_holds(_visible(actor).filter(pk=listing_id), at).first()
    if found is None:
        raise NoSuchListing
    return _row(found, _taker(actor, at), at)


def capacity_of(*, collector_id: UUID) -> CapacityRow | None:
    """Return the places of a collector; nothing when none were ever given."""
    row = Capacity.objects.filter(pk=collector_id).values_list("live", "limit", "max_band").first()
    return CapacityRow(*row) if row else None


def _visible(actor: Actor) -> QuerySet[Listing]:
    """Narrow to what an actor may see: designated orders only for the two they concern."""
    if actor.role in OVERSIGHT:
        return Listing.objects.all()
    if actor.role == Role.CREDITOR:
        return Listing.objects.filter(claim__creditor=actor.org_id)
    if actor.role == Role.COLLECTOR:
        # Whoever has only applied sees no market yet.
        works = Organisation.objects.filter(pk__in=[actor.org_id], state=OrgState.ACTIVE)
        mine = Q(designated_to__isnull=True) | Q(designated_to=actor.org_id)
        # What is dispatched comes as an offer and stands in no hall.
        return Listing.objects.filter(mine, Exists(works)).exclude(mode=Mode.DISPATCH)
    return Listing.objects.none()


def _matching(rows: QuerySet[Listing], filters: HallFilters) -> QuerySet[Listing]:
    wanted: dict[str, object] = {
        "stage__in": filters.stages,
        "product__in": filters.products,
        "band__in": filters.bands,
        "currency": filters.currency,
        "commission_rate__gte": filters.min_commission,
        "mode": filters.mode if filters.mode in Mode.values else "",
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value or value == 0})
    return rows.filter(_regions(filters.regions)) if filters.regions else rows


def _regions(codes: tuple[str, ...]) -> Q:
    """Match cities, and every city of a province that is asked for."""
    match = Q(region__in=codes)
    for code in codes:
        if code == province_of(code):
            match |= Q(region__startswith=code[:2])
    return match


def _with_holds(rows: QuerySet[Listing], at: datetime) -> QuerySet[Listing]:
    mine = live_holds(at).filter(person=OuterRef("claim__debtor"))
    return rows.annotate(
        held=Exists(mine.filter(Q(claim__isnull=True) | Q(claim=OuterRef("claim")))),
        due_on=F("claim__due_on"),
    )


def _taker(actor: Actor, at: datetime) -> _Taker | None:
    if actor.role != Role.COLLECTOR or actor.org_id is None:
        return None
    row = Capacity.objects.filter(pk=actor.org_id).values_list("live", "limit", "max_band").first()
    capacity = CapacityRow(*row) if row else None
    return _Taker(capacity, _licensed(actor.org_id, at), work_obstacle(actor=actor, at=at))


def _licensed(org_id: UUID, at: datetime) -> dict[str, frozenset[str]]:
    today = local_day(NATIONAL, at)
    rows = Licence.objects.filter(
        organisation=org_id,
        organisation__state=OrgState.ACTIVE,
        verified_at__isnull=False,
        starts_on__lte=today,
        ends_on__gt=today,
    )
    regions: dict[str, frozenset[str]] = {}
    for kind, region in rows.values_list("kind", "region"):
        regions[kind] = regions.get(kind, frozenset()) | {region}
    return regions


def _row(listing: Any, taker: _Taker | None, at: datetime) -> HallRow:
    """Return a listing, annotated with its holds and due day, as one taker sees it."""
    why_not = taker.refuses(listing, held=bool(listing.held)) if taker else None
    is_open = listing.state == ListingState.OPEN
    names = [name for name in HallRow.__dataclass_fields__ if name not in OURS]
    return HallRow(
        **{name: getattr(listing, name) for name in names},
        age_months=full_months(listing.due_on, local_day(NATIONAL, at)),
        takeable=bool(taker) and is_open and why_not is None,
        why_not=why_not,
    )


def full_months(since: date, until: date) -> int:
    """Return how many months have passed in full between two days; none before the first."""
    months = (until.year - since.year) * 12 + until.month - since.month
    return max(months - (until.day < since.day), 0)
