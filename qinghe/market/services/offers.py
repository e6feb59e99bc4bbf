"""What becomes of an offer: accepted with every check of taking, declined with a reason, lapsed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.models import DispatchOffer, Mandate, StandingOrder
from qinghe.market.queries.window import week_of
from qinghe.market.refusals import AlreadyTaken, BadReason, NoSuchOffer, OfferOver, WeekFull
from qinghe.market.services.taking import conclude, lock_order
from qinghe.market.terms import DeclineReason, ListingState, OfferState
from qinghe.parties.roles import Permission, require

NO_ANSWER = "no-answer"
LISTING_OVER = "listing-over"
# Offers lapsed in one run of the sweep.
SWEEP_AT_MOST = 20_000


@verb("market.accept-offer")
def accept_offer(*, offer_id: UUID, actor: Actor, at: datetime) -> Mandate:
    """
    Accept an offered order under the current terms; it passes every check of `take`.

    :raises NoSuchOffer: unknown, or another collector's
    :raises OfferOver: answered before, or its time has passed
    :raises WeekFull: its standing order has brought all of this week
    :raises AlreadyTaken: the order was withdrawn or has expired
    """
    require(actor, Permission.TAKE_ORDERS)
    listing_id = _mine(offer_id, actor).listing_id
    try:
        facts = lock_order(listing_id, actor, at)
    except AlreadyTaken:
        # Withdrawn and answered look alike from here; the offer knows which.
        if _mine(offer_id, actor).state != OfferState.OPEN:
            raise OfferOver from None
        raise
    offer = _locked(offer_id, at)
    if offer.standing_order_id is not None:
        _use_week(offer.standing_order_id, at)
    mandate = conclude(facts, actor, at)
    _answer(offer, OfferState.ACCEPTED, "", actor, at, mandate=mandate.pk)
    return mandate


@verb("market.decline-offer")
def decline_offer(*, offer_id: UUID, reason: str, actor: Actor, at: datetime) -> DispatchOffer:
    """
    Decline an offered order; in the next window it goes to somebody else.

    :raises NoSuchOffer: unknown, or another collector's
    :raises OfferOver: answered before, or its time has passed
    :raises BadReason: not a reason of the list
    """
    require(actor, Permission.TAKE_ORDERS)
    if reason not in DeclineReason.values:
        raise BadReason
    _mine(offer_id, actor)
    offer = _locked(offer_id, at)
    _answer(offer, OfferState.DECLINED, reason, actor, at)
    return offer


def lapse(
    *, at: datetime, actor: Actor, offer_id: UUID | None = None, reason: str = NO_ANSWER
) -> int:
    """
    End offers whose time or whose order is over, or one that could not be accepted; count them.

    Each in a transaction of its own.
    """
    waits = DispatchOffer.objects.filter(state=OfferState.OPEN)
    if offer_id is not None:
        due = waits.filter(pk=offer_id)
    else:
        due = waits.filter(Q(expires_at__lte=at) | ~Q(listing__state=ListingState.OPEN))
    ids = list(due.order_by("pk").values_list("pk", flat=True)[:SWEEP_AT_MOST])
    return sum(_lapse(pk, reason, actor, at) for pk in ids)


@transaction.atomic
def _lapse(offer_id: UUID, reason: str, actor: Actor, at: datetime) -> bool:
    offer = DispatchOffer.objects.select_for_update(of=("self",)).select_related("listing")
    found = offer.get(pk=offer_id)
    if found.state != OfferState.OPEN:
        return False
    over = found.listing.state != ListingState.OPEN
    _answer(found, OfferState.LAPSED, LISTING_OVER if over else reason, actor, at)
    return True


def _mine(offer_id: UUID, actor: Actor) -> DispatchOffer:
    found = DispatchOffer.objects.filter(pk=offer_id, collector=actor.org_id).first()
    if found is None:
        raise NoSuchOffer
    return found


def _locked(offer_id: UUID, at: datetime) -> DispatchOffer:
    offer = DispatchOffer.objects.select_for_update().get(pk=offer_id)
    if offer.state != OfferState.OPEN or offer.expires_at <= at:
        raise OfferOver
    return offer


def _use_week(standing_id: UUID, at: datetime) -> None:
    """Count one order against the week: compared and set in one statement, as the places are."""
    monday = week_of(at)
    mine = StandingOrder.objects.filter(pk=standing_id)
    mine.filter(week_on__lt=monday).update(week_on=monday, used=0)
    if not mine.filter(used__lt=F("weekly_cap")).update(used=F("used") + 1):
        raise WeekFull(cap=mine.values_list("weekly_cap", flat=True).get())


def _answer(
    offer: DispatchOffer,
    state: OfferState,
    reason: str,
    actor: Actor,
    at: datetime,
    **facts: Any,
) -> None:
    offer.state, offer.reason, offer.decided_at = state, reason, at
    offer.save(update_fields=["state", "reason", "decided_at"])
    record(
        kind=f"market.offer-{state.value}",
        subject=f"offer:{offer.pk}",
        actor=actor,
        at=at,
        reason=reason,
        collector=offer.collector_id,
        **facts,
    )
