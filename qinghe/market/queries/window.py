"""The facts of a dispatch window, read in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from qinghe.claims.models import Hold
from qinghe.claims.terms import ClaimState, HoldKind
from qinghe.graph.models import Trace
from qinghe.graph.terms import TELLING
from qinghe.market.models import (
    Capacity,
    DispatchOffer,
    DispatchRound,
    Listing,
    Mandate,
    StandingOrder,
    TakingStop,
)
from qinghe.market.queries.cooling import cooling_among
from qinghe.market.queries.placeable import live_holds
from qinghe.market.terms import LIVE, ListingState, Mode, OfferState, StandingState
from qinghe.parties.levels import Act
from qinghe.parties.models import Licence, Organisation
from qinghe.parties.services.covers import caps
from qinghe.parties.terms import OrgKind, OrgState
from qinghe.rules.contact.clock import NATIONAL, local_day

# More than this waits for the next window.
AT_MOST = 1_000_000
# Whoever never had an order is offered so many before others before it waits like everybody else:
# one declined offer shall not cost weeks, and declining shall not keep the first place.
FIRST_OFFERS = 3
# The share of newcomers is held over so many days: a window may be too small for a twentieth.
LATELY = timedelta(days=7)


class Order(NamedTuple):
    """One open order that waits to be dispatched; no identity, but the exact balance."""

    listing_id: UUID
    claim_id: UUID
    creditor_id: UUID
    debtor_id: UUID
    region: str
    licence: str
    product: str
    stage: str
    band: int
    commission: Any
    hand: int
    balance: int
    claimed: int


@dataclass(frozen=True)
class Facts:
    """Everything a window is solved from; ids stand where the engine has numbers."""

    orders: list[Order]
    # By collector: free places, the highest band, mandates ever held.
    free: dict[UUID, int]
    max_band: dict[UUID, int]
    held: dict[UUID, int]
    # By collector: mandates whose debtor complained.
    complained: dict[UUID, int]
    licences: list[tuple[UUID, str, str]]
    standing: list[StandingOrder]
    # What of the deposit is still free, in minor units; absent without limit.
    cover: dict[UUID, int]
    # By collector (None for all) and product, and by product and stage: claimed and paid.
    record: dict[tuple[UUID | None, str], tuple[int, int]]
    stages: dict[tuple[str, str], tuple[int, int]]
    # Creditor and collector of one hand; listing and collector that had it offered before.
    conflicts: set[tuple[UUID, UUID]]
    offered: set[tuple[UUID, UUID]]
    # By debtor: the collector that knew it last, unless the debtor complained.
    handlers: dict[UUID, UUID]
    # Of the windows of the last days: orders that found a place, and those newcomers got.
    lately: tuple[int, int]
    # Collectors that never had an order, have no offer open, and were offered few.
    untried: set[UUID]


def currencies(at: datetime) -> list[str]:
    """Return the currencies in which orders wait for a dispatch."""
    return sorted(set(waiting(at).values_list("currency", flat=True).distinct()))


def waiting(at: datetime) -> QuerySet[Listing]:
    """Return the orders that wait: open, not on hold, not offered to anybody now."""
    open_offer = DispatchOffer.objects.filter(listing=OuterRef("pk"), state=OfferState.OPEN)
    mine = live_holds(at).filter(person=OuterRef("claim__debtor"))
    held = mine.filter(Q(claim__isnull=True) | Q(claim=OuterRef("claim")))
    return Listing.objects.filter(
        ~Exists(open_offer),
        ~Exists(held),
        mode=Mode.DISPATCH,
        state=ListingState.OPEN,
        expires_at__gt=at,
        claim__state=ClaimState.LISTED,
    )


def facts(*, currency: str, at: datetime) -> Facts:
    """Return the facts of one currency's window."""
    orders = [Order(*row) for row in _orders(currency, at)]
    creditors = {order.creditor_id for order in orders}
    seats = _seats(at)
    collectors = [row[0] for row in seats]
    pending = _counts(DispatchOffer.objects.filter(state=OfferState.OPEN))
    mandates = Mandate.objects.filter(collector__in=collectors)
    held = _counts(mandates)
    return Facts(
        orders=orders,
        free={pk: max(limit - live - pending.get(pk, 0), 0) for pk, live, limit, _b in seats},
        max_band={pk: band for pk, _live, _limit, band in seats},
        held=held,
        complained=_counts(mandates.filter(Exists(_complaints("claim")))),
        licences=_licences(collectors, at),
        standing=_standing(collectors),
        cover=_cover(collectors, currency, at),
        record=_record(currency),
        stages=_stages(currency),
        conflicts=conflicts(creditors, collectors),
        offered=_offered(currency, at),
        handlers=_handlers(currency, at),
        lately=_lately(currency, at),
        untried=_untried([pk for pk in collectors if not held.get(pk)]),
    )


def pending_of_standing() -> dict[UUID, int]:
    """Return how many offers of each standing order wait for an answer."""
    rows = DispatchOffer.objects.filter(state=OfferState.OPEN, standing_order__isnull=False)
    return dict(rows.values_list("standing_order").annotate(n=Count("id")).order_by())


def week_of(at: datetime) -> date:
    """Return the Monday of the week that counts for standing orders."""
    day = local_day(NATIONAL, at)
    return day - timedelta(days=day.weekday())


def _orders(currency: str, at: datetime) -> Iterable[tuple[Any, ...]]:
    owed = F("claim__principal") + F("claim__interest") + F("claim__costs")
    rows = waiting(at).filter(currency=currency).order_by("id")
    return rows.values_list(
        "id", "claim_id", "claim__creditor_id", "claim__debtor_id", "region", "licence", "product",
        "stage", "band", "commission_rate", "hand", owed, "claim__claimed",
    )[:AT_MOST]  # fmt: skip


def _seats(at: datetime) -> list[tuple[UUID, int, int, int]]:
    today = local_day(NATIONAL, at)
    works = Organisation.objects.filter(
        Q(level_until__isnull=True) | Q(level_until__gt=today),
        kind__in=(OrgKind.AGENCY, OrgKind.OWN_TEAM),
        state=OrgState.ACTIVE,
        level__gte=Act.WORK,
    )
    stops = TakingStop.objects.filter(
        collector=OuterRef("pk"), lifted_at__isnull=True, starts_at__lte=at, ends_at__gt=at
    )
    rows = Capacity.objects.filter(collector__in=works.exclude(Exists(stops)))
    seats = rows.order_by("collector_id").values_list("collector_id", "live", "limit", "max_band")
    # Whoever could not accept now is offered nothing.
    cooling = cooling_among([row[0] for row in seats], at)
    return [row for row in seats if row[0] not in cooling]


def _counts(rows: QuerySet[Any]) -> dict[UUID, int]:
    return dict(rows.values_list("collector_id").annotate(n=Count("id")).order_by())


def _complaints(claim: str) -> QuerySet[Hold]:
    """What is known here of complaints: the holds that the conscience of the house places."""
    return Hold.objects.filter(claim=OuterRef(claim), kind=HoldKind.COMPLAINT)


def _licences(collectors: list[UUID], at: datetime) -> list[tuple[UUID, str, str]]:
    today = local_day(NATIONAL, at)
    rows = Licence.objects.filter(
        organisation__in=collectors,
        verified_at__isnull=False,
        starts_on__lte=today,
        ends_on__gt=today,
    )
    return list(rows.values_list("organisation_id", "kind", "region"))


def _standing(collectors: list[UUID]) -> list[StandingOrder]:
    rows = StandingOrder.objects.filter(collector__in=collectors)
    return list(rows.exclude(state=StandingState.ENDED).order_by("collector_id", "id"))


def _cover(collectors: list[UUID], currency: str, at: datetime) -> dict[UUID, int]:
    """Return what deposits still cover: what is held and what is offered is taken off."""
    most = caps(org_ids=collectors, currency=currency, at=at)
    held = Mandate.objects.filter(state__in=LIVE, claim__currency=currency, collector__in=most)
    asked = DispatchOffer.objects.filter(
        state=OfferState.OPEN, listing__currency=currency, collector__in=most
    )
    taken = dict(held.values_list("collector_id").annotate(n=Sum("claim__claimed")).order_by())
    open_ = asked.values_list("collector_id").annotate(n=Sum("listing__claim__claimed"))
    waits = dict(open_.order_by())
    return {
        pk: max(cap - int(taken.get(pk, 0)) - int(waits.get(pk, 0)), 0) for pk, cap in most.items()
    }


def _record(currency: str) -> dict[tuple[UUID | None, str], tuple[int, int]]:
    rows = Mandate.objects.filter(closed_at__isnull=False, claim__currency=currency)
    summed = rows.values_list("collector_id", "claim__product").annotate(
        claimed=Sum("claim__claimed"), paid=Sum("claim__paid")
    )
    found: dict[tuple[UUID | None, str], tuple[int, int]] = {}
    for collector, product, claimed, paid in summed.order_by():
        found[collector, product] = (int(claimed), int(paid))
        before = found.get((None, product), (0, 0))
        found[None, product] = (before[0] + int(claimed), before[1] + int(paid))
    return found


def _stages(currency: str) -> dict[tuple[str, str], tuple[int, int]]:
    rows = Mandate.objects.filter(closed_at__isnull=False, claim__currency=currency)
    rows = rows.filter(listing__isnull=False)
    summed = rows.values_list("listing__product", "listing__stage").annotate(
        claimed=Sum("claim__claimed"), paid=Sum("claim__paid")
    )
    return {(product, stage): (int(c), int(p)) for product, stage, c, p in summed.order_by()}


def conflicts(creditors: set[UUID], collectors: list[UUID]) -> set[tuple[UUID, UUID]]:
    """Return pairs that share a telling sign, a registration number or a member."""
    signs = Trace.objects.filter(kind__in=TELLING)
    ours: dict[tuple[str, bytes], list[UUID]] = {}
    rows = signs.filter(organisation__in=creditors)
    for org, kind, digest in rows.values_list("organisation_id", "kind", "digest"):
        ours.setdefault((kind, bytes(digest)), []).append(org)
    theirs = signs.filter(
        organisation__in=collectors, digest__in=[digest for _kind, digest in ours]
    )
    pairs = {
        (creditor, org)
        for org, kind, digest in theirs.values_list("organisation_id", "kind", "digest")
        for creditor in ours.get((kind, bytes(digest)), ())
    }
    codes = Organisation.objects.exclude(credit_code="")
    owners: dict[str, list[UUID]] = {}
    for pk, code in codes.filter(pk__in=creditors).values_list("pk", "credit_code"):
        owners.setdefault(code, []).append(pk)
    same = codes.filter(pk__in=collectors, credit_code__in=owners)
    for pk, code in same.values_list("pk", "credit_code"):
        pairs |= {(creditor, pk) for creditor in owners[code]}
    return pairs | {(pk, pk) for pk in creditors}


def _offered(currency: str, at: datetime) -> set[tuple[UUID, UUID]]:
    rows = DispatchOffer.objects.filter(listing__in=waiting(at).filter(currency=currency))
    return set(rows.values_list("listing_id", "collector_id"))


def _lately(currency: str, at: datetime) -> tuple[int, int]:
    rounds = DispatchRound.objects.filter(currency=currency, ran_at__gt=at - LATELY, ran_at__lte=at)
    found = rounds.aggregate(all=Sum("assigned"), new=Sum("newcomers"))
    return int(found["all"] or 0), int(found["new"] or 0)


def _untried(collectors: list[UUID]) -> set[UUID]:
    """Return whose first order is still to come, of collectors that never held one."""
    offers = DispatchOffer.objects.filter(collector__in=collectors).values_list("collector_id")
    open_ = Count("id", filter=Q(state=OfferState.OPEN))
    told = offers.annotate(all=Count("id"), open=open_).order_by()
    return set(collectors) - {pk for pk, n, now in told if now or n >= FIRST_OFFERS}


def _handlers(currency: str, at: datetime) -> dict[UUID, UUID]:
    debtors = waiting(at).filter(currency=currency).values("claim__debtor")
    complaint = Hold.objects.filter(person=OuterRef("claim__debtor"), kind=HoldKind.COMPLAINT)
    rows = Mandate.objects.filter(~Exists(complaint), claim__debtor__in=debtors)
    known = rows.order_by("signed_at", "id").values_list("claim__debtor_id", "collector_id")
    return dict(known)
