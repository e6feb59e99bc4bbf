"""The order hall (接单大厅): what may be taken, without identity, and why not where it may not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, F, Q, QuerySet

from qinghe.kernel import prepared
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.market.bands import span_of
from qinghe.market.models import Listing, OpenOrder
from qinghe.market.queries.filters import HallFilters, listed
from qinghe.market.queries.hallreads import (
    COUNT_CAP,
    ELSEWHERE,
    ORDERS,
    PAGE_SIZE,
    Matches,
    keys_of,
    matches,
)
from qinghe.market.queries.seen import rates_of
from qinghe.market.queries.taker import CapacityRow, Seen, Taker, capacity_of, taker_of
from qinghe.market.refusals import NoSuchListing
from qinghe.market.terms import BAND_BOUNDS, ListingState
from qinghe.parties.models import Organisation
from qinghe.parties.roles import OVERSIGHT
from qinghe.parties.terms import OrgState
from qinghe.rules.contact.clock import NATIONAL, local_day

__all__ = [
    "COUNT_CAP",
    "ELSEWHERE",
    "ORDERS",
    "PAGE_SIZE",
    "CapacityRow",
    "HallFilters",
    "HallPage",
    "HallRow",
    "capacity_of",
    "full_months",
    "hall",
    "listing_for",
    "orders_for",
]

HELD: Final = """
SELECT l.id FROM market_listing l JOIN claims_claim c ON c.id = l.claim_id
WHERE l.id = ANY(%(ids)s::uuid[]) AND EXISTS (
    SELECT FROM claims_hold h
    WHERE h.person_id = c.debtor_id AND (h.claim_id IS NULL OR h.claim_id = c.id)
        AND h.lifted_at IS NULL AND h.placed_at <= %(at)s
        AND (h.ends_at IS NULL OR h.ends_at > %(at)s)
)
"""
# What is worked out for a row; the rest stands on the order.
OURS = (
    "state", "region", "band", "band_to", "age_months", "takeable", "why_not", "unsure",
    "commission_rate", "commission_to",
)  # fmt: skip


@dataclass(frozen=True)
class HallRow:
    """One order as the hall shows it. No field can hold an identity or an exact amount."""

    id: UUID
    number: str
    mode: str
    state: str
    creditor_kind: str
    # As fine as at least five open orders are alike; empty: not shown.
    region: str
    product: str
    stage: str
    # Full months past due, and from a year on full years: how old, not which contract it is.
    age_months: int
    hand: int
    currency: str
    # The lowest and the highest amount band it may be in.
    band: int
    band_to: int
    evidence_count: int
    # The lowest and the highest rate it may pay: under a plan, of the bands shown.
    commission_rate: Decimal
    commission_to: Decimal
    quality_share: Decimal
    period_days: int
    licence: str
    listed_at: datetime
    expires_at: datetime
    takeable: bool
    why_not: DomainError | None
    # What is shown is too coarse to know whether this collector may take it: taking decides.
    unsure: bool = False


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


def hall(
    *, actor: Actor, at: datetime, filters: HallFilters | None = None, page: int = 1
) -> HallPage:
    """
    Return one page of the open orders an actor may see, with what it may take and why not.

    Four to six short queries, however large the market. Pages count from 1.
    """
    filters, page = filters or HallFilters(), max(page, 1)
    found: Matches[Any]
    if actor.role == Role.COLLECTOR:
        found = matches(org_id=actor.org_id, at=at, filters=filters, page=page)
    else:
        found = _listed(actor, at, filters, page)
    total, rows = found.total, found.orders
    pages = max(-(-min(total, COUNT_CAP) // PAGE_SIZE), 1)
    taker = taker_of(actor, at)
    on_hold = _held([row.pk for row in rows], at)
    return HallPage(
        rows=[_row(row, taker, at, held=row.pk in on_hold) for row in rows],
        total=min(total, COUNT_CAP),
        capped=total > COUNT_CAP,
        page=min(page, pages),
        pages=pages,
        capacity=taker.capacity if taker else None,
        obstacle=taker.obstacle if taker else None,
    )


def _listed(actor: Actor, at: datetime, filters: HallFilters, page: int) -> Matches[Listing]:
    """Return a page of listings, for those who may see them as they are."""
    found = listed(_own(actor).filter(state=ListingState.OPEN, expires_at__gt=at), filters)
    total = found.order_by()[: COUNT_CAP + 1].count()
    start = PAGE_SIZE * (min(page, max(-(-min(total, COUNT_CAP) // PAGE_SIZE), 1)) - 1)
    rows = found.order_by(*keys_of(filters.order))[start : start + PAGE_SIZE]
    return Matches(list(rows) if total else [], total)


def listing_for(*, listing_id: UUID, actor: Actor, at: datetime) -> HallRow:
    """
    Return one order as an actor may see it, open or not.

    :raises NoSuchListing: unknown, or not for this actor's eyes
    """
    found: Any = None
    if actor.role == Role.COLLECTOR:
        found = _for_collector(OpenOrder.objects.all(), actor).filter(pk=listing_id).first()
        found = found or _over(listing_id, actor)
    else:
        found = _own(actor).filter(pk=listing_id).first()
    if found is None:
        raise NoSuchListing
    on_hold = _held([listing_id], at)
    return _row(found, taker_of(actor, at), at, held=listing_id in on_hold)


def orders_for(actor: Actor, at: datetime) -> QuerySet[OpenOrder]:
    """Return the open orders of the hall that a collector may see: designated ones if its own."""
    return _for_collector(OpenOrder.objects.filter(expires_at__gt=at), actor)


def _for_collector(rows: QuerySet[OpenOrder], actor: Actor) -> QuerySet[OpenOrder]:
    mine = Q(designated_to__isnull=True) | Q(designated_to=actor.org_id)
    return rows.filter(mine, _working(actor)).exclude(mode__in=ELSEWHERE)


def _over(listing_id: UUID, actor: Actor) -> Listing | None:
    """Return an order that is not in the hall (taken, ended): neither place nor amount is shown."""
    mine = Q(designated_to__isnull=True) | Q(designated_to=actor.org_id)
    rows = Listing.objects.filter(mine, _working(actor), pk=listing_id)
    over = rows.exclude(state=ListingState.OPEN).exclude(mode__in=ELSEWHERE)
    return over.annotate(due_month=F("claim__due_on")).first()


def _working(actor: Actor) -> Exists:
    """Whoever has only applied sees no market yet."""
    return Exists(Organisation.objects.filter(pk__in=[actor.org_id], state=OrgState.ACTIVE))


def _own(actor: Actor) -> QuerySet[Listing]:
    """Return the listings that an actor may see as they are: its own, or the platform's."""
    rows = Listing.objects.annotate(due_month=F("claim__due_on"))
    if actor.role in OVERSIGHT:
        return rows
    return rows.filter(claim__creditor=actor.org_id) if actor.role == Role.CREDITOR else rows.none()


def _held(ids: Iterable[UUID], at: datetime) -> frozenset[UUID]:
    """Return those of some orders whose debtor or claim is under a hold."""
    return frozenset(pk for (pk,) in prepared.execute(HELD, {"ids": list(ids), "at": at}))


def _row(order: Any, taker: Taker | None, at: datetime, *, held: bool) -> HallRow:
    """Return an order as one actor sees it."""
    is_open = getattr(order, "state", ListingState.OPEN) == ListingState.OPEN
    seen = _seen(order, taker)
    why_not = taker.refuses(seen, held=held) if taker else None
    takeable = bool(taker) and is_open and why_not is None
    low, high = _rates(order, taker)
    names = [name for name in HallRow.__dataclass_fields__ if name not in OURS]
    return HallRow(
        **{name: getattr(order, name) for name in names},
        state=getattr(order, "state", ListingState.OPEN),
        region=seen.region,
        band=seen.band,
        band_to=seen.band_to,
        commission_rate=low,
        commission_to=high,
        age_months=_age(order.due_month, local_day(NATIONAL, at)),
        takeable=takeable,
        why_not=why_not,
        unsure=takeable and taker is not None and taker.unsure(seen),
    )


def _seen(order: OpenOrder | Listing, taker: Taker | None) -> Seen:
    if isinstance(order, OpenOrder):
        return Seen(order.licence, order.region, *span_of(order.band))
    if taker is None:
        return Seen(order.licence, order.region, order.band, order.band)
    return Seen(order.licence, "", 0, len(BAND_BOUNDS) - 1)


def _rates(order: OpenOrder | Listing, taker: Taker | None) -> tuple[Decimal, Decimal]:
    if isinstance(order, OpenOrder):
        return order.commission_rate, order.commission_to
    return rates_of(order) if taker else (order.commission_rate, order.commission_rate)


def _age(since: date, until: date) -> int:
    months = full_months(since, until)
    return months if months < 12 else months // 12 * 12


def full_months(since: date, until: date) -> int:
    """Return how many months have passed in full between two days; none before the first."""
    months = (until.year - since.year) * 12 + until.month - since.month
    return max(months - (until.day < since.day), 0)
