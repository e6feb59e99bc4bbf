"""What a collector was offered, its standing orders, and what the windows decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from qinghe.kernel.actor import Actor, Role
from qinghe.market.dispatch.worth import KNOWN, MILLION
from qinghe.market.models import DispatchOffer, DispatchRound, Listing, StandingOrder
from qinghe.market.queries.seen import Told, told_of
from qinghe.market.queries.window import week_of
from qinghe.market.refusals import NoSuchRound
from qinghe.market.terms import OfferState, StandingState
from qinghe.parties.models import Organisation
from qinghe.parties.roles import Permission, require

LATEST = 50
ROUND_OFFERS = 100


@dataclass(frozen=True)
class OfferRow:
    """
    One offer as its collector sees it: as the hall would show it, until it is accepted.

    That the collector knew the debtor weighs in the choice, but is a fact of the debtor: never
    told, nor to be worked out from the rest.
    """

    id: UUID
    number: str
    product: str
    stage: str
    region: str
    band: int
    band_to: int
    currency: str
    commission_rate: Decimal
    commission_to: Decimal
    quality_share: Decimal
    period_days: int
    state: str
    reason: str
    offered_at: datetime
    expires_at: datetime
    # How well this collector does with the kind, in per cent of the average.
    fit_pct: int
    # What is signed by accepting; None: the terms of before creditors signed too.
    document_sha256: str | None
    wished: bool


@dataclass(frozen=True)
class StandingRow:
    """One standing order with what it brought: this week, offered, accepted, waiting."""

    id: UUID
    regions: list[str]
    products: list[str]
    stages: list[str]
    max_band: int
    min_commission: Decimal
    weekly_cap: int
    auto_accept: bool
    ends_on: date
    state: str
    week: int
    offered: int
    accepted: int
    waits: int

    @property
    def left(self) -> int:
        """Return how many more this week may bring."""
        return max(self.weekly_cap - self.week, 0)


@dataclass(frozen=True)
class RoundPage:
    """One window with its offers, and the names of all collectors it speaks of."""

    round: DispatchRound
    offers: list[dict[str, Any]]
    scarce: list[dict[str, Any]]


OFFERED = (
    "id", "listing__number", "listing__product", "listing__stage", "listing__region",
    "listing__band", "listing__band", "listing__currency", "listing__commission_rate",
    "listing__commission_rate", "listing__quality_share", "listing__period_days", "state",
    "reason", "offered_at", "expires_at", "explanation__fit", "listing__document_id",
    "standing_order_id",
)  # fmt: skip


def offers_for(*, actor: Actor, waiting: bool) -> list[OfferRow]:
    """Return a collector's offers: those that wait, soonest over first; or the latest answered."""
    if actor.role != Role.COLLECTOR:
        return []
    mine = DispatchOffer.objects.filter(collector=actor.org_id)
    if waiting:
        rows = mine.filter(state=OfferState.OPEN).order_by("expires_at", "id")
    else:
        rows = mine.exclude(state=OfferState.OPEN).order_by("-decided_at", "id")[:LATEST]
    found = list(rows.values_list("listing_id", "explanation__known", *OFFERED))
    orders = Listing.objects.filter(pk__in=[pk for pk, *_row in found])
    told = told_of(orders.only("commission_rate", "band_rates"))
    return [_offer(row, told[pk], known=known) for pk, known, *row in found]


def standing_orders(*, actor: Actor, at: datetime) -> list[StandingRow]:
    """Return a collector's standing orders, running ones first, with what each brought."""
    if actor.role != Role.COLLECTOR:
        return []
    mine = list(StandingOrder.objects.filter(collector=actor.org_id).order_by("-made_at", "id"))
    brought: dict[UUID, dict[str, Any]] = {
        row["standing_order"]: {**row}
        for row in DispatchOffer.objects.filter(standing_order__in=mine)
        .values("standing_order")
        .annotate(
            offered=Count("id"),
            accepted=Count("id", filter=Q(state=OfferState.ACCEPTED)),
            waits=Count("id", filter=Q(state=OfferState.OPEN)),
        )
        .order_by()
    }
    monday = week_of(at)
    order = [StandingState.ACTIVE, StandingState.PAUSED, StandingState.ENDED]
    rows = [_standing(each, brought.get(each.pk, {}), monday) for each in mine]
    return sorted(rows, key=lambda row: order.index(StandingState(row.state)))


def rounds(*, actor: Actor, limit: int = LATEST) -> list[DispatchRound]:
    """
    Return the latest dispatch windows to the operator.

    :raises NotPermitted: another role
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    return list(DispatchRound.objects.order_by("-ran_at", "id")[:limit])


def round_for(*, round_id: UUID, actor: Actor) -> RoundPage:
    """
    Return one window with its offers of highest value, to the operator.

    :raises NotPermitted: another role
    :raises NoSuchRound: unknown
    """
    require(actor, Permission.MANAGE_ACCOUNTS)
    found = DispatchRound.objects.filter(pk=round_id).first()
    if found is None:
        raise NoSuchRound
    rows = DispatchOffer.objects.filter(round=found).select_related("listing", "collector")
    offers = list(rows.order_by("-value", "id")[:ROUND_OFFERS])
    spoken = {each["collector"] for offer in offers for each in offer.alternatives}
    spoken |= {each["collector"] for each in found.scarce}
    names = Organisation.objects.filter(pk__in=spoken).values_list("pk", "name")
    name = {str(pk): text for pk, text in names}
    return RoundPage(
        round=found,
        offers=[_decided(offer, name) for offer in offers],
        scarce=[{**each, "name": name.get(each["collector"], "")} for each in found.scarce],
    )


def _offer(row: list[Any], seen: Told, *, known: bool) -> OfferRow:
    told = dict(zip(OfferRow.__dataclass_fields__, row, strict=True))
    fit, standing = told["fit_pct"], told["wished"] is not None
    if known:
        # What knowing the debtor added, taken off again: rounded up, as it was rounded down.
        fit = -(-fit * MILLION // KNOWN)
    if told["state"] != OfferState.ACCEPTED:
        rates = {"commission_rate": seen.commission_rate, "commission_to": seen.commission_to}
        told |= {**seen.place._asdict(), **rates}
    return OfferRow(**{**told, "fit_pct": fit // 10_000, "wished": standing})


def _standing(each: StandingOrder, brought: dict[str, Any], monday: date) -> StandingRow:
    copied = {name: getattr(each, name) for name in StandingRow.__dataclass_fields__
              if hasattr(each, name)}  # fmt: skip
    return StandingRow(
        **{k: v for k, v in copied.items() if k not in {"week", "left"}},
        week=each.used if each.week_on == monday else 0,
        offered=brought.get("offered", 0),
        accepted=brought.get("accepted", 0),
        waits=brought.get("waits", 0),
    )


def _decided(offer: DispatchOffer, name: dict[str, str]) -> dict[str, Any]:
    told = offer.explanation
    return {
        **told,
        "number": offer.listing.number,
        "collector": offer.collector.name,
        "state": offer.state,
        "likelihood": told["likelihood"] / 1_000_000,
        "fit": told["fit"] / 1_000_000,
        "alternatives": [
            {**each, "name": name.get(each["collector"], "")} for each in offer.alternatives
        ],
    }
