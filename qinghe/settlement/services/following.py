"""What follows from money on a claim, on the floors below: promises, plans, orders, listings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from qinghe.casework.models import EarlyOffer, Plan, Promise
from qinghe.casework.services import apply_paid, forget_before, undo_kept
from qinghe.casework.terms import EarlyState, PlanState, PromiseState
from qinghe.claims.terms import ClaimState
from qinghe.kernel.actor import Actor, system
from qinghe.market.models import Listing, Mandate
from qinghe.market.services import Undone, complete, reinstate, withdraw_listing
from qinghe.market.terms import LIVE, ListingState
from qinghe.settlement.models import Allocation, Payment


def after_payments(*, claim_ids: Sequence[UUID], actor: Actor, at: datetime) -> None:
    """Judge promises, plans and offers of paid claims; end orders and listings of settled ones."""
    machine = system("settlement")
    for claim_id in _expecting(claim_ids):
        apply_paid(claim_id=claim_id, actor=machine, at=at)
    for mandate_id in _done(claim_ids):
        complete(mandate_id=mandate_id, actor=machine, at=at)
    for listing_id in _listed(claim_ids):
        withdraw_listing(listing_id=listing_id, actor=machine, at=at)


def undo_settling(claim_id: UUID, settled_at: datetime, at: datetime) -> Undone | None:
    """Undo what a settling did to the order of a claim that owes again; None: it ended no order."""
    machine = system("settlement")
    return reinstate(claim_id=claim_id, settled_at=settled_at, actor=machine, at=at)


def forget(payment: Payment) -> None:
    """Let plans that began after a payment that is undone count only what was paid since."""
    parts = Allocation.objects.filter(payment=payment).values_list("amount", flat=True)
    if payment.claim_id is not None:
        told_at = payment.received_at
        forget_before(claim_id=payment.claim_id, amount=sum(parts), told_at=told_at)


def undo_completing(claim_id: UUID, at: datetime) -> None:
    """Bring back the plan and the promise that a payment ended which does not stay."""
    undo_kept(claim_id=claim_id, actor=system("settlement"), at=at)


def _expecting(claim_ids: Sequence[UUID]) -> list[UUID]:
    promises = Promise.objects.filter(claim__in=claim_ids, state=PromiseState.OPEN)
    plans = Plan.objects.filter(
        claim__in=claim_ids, state__in=(PlanState.PROPOSED, PlanState.ACTIVE)
    )
    offers = EarlyOffer.objects.filter(
        claim__in=claim_ids,
        state__in=(EarlyState.ASKED, EarlyState.OFFERED, EarlyState.ACCEPTED, EarlyState.KEPT),
    )
    found = promises.values_list("claim_id").union(
        plans.values_list("claim_id"), offers.values_list("claim_id")
    )
    return sorted(claim_id for (claim_id,) in found)


def _done(claim_ids: Sequence[UUID]) -> list[UUID]:
    done = Mandate.objects.filter(
        claim__in=claim_ids, state__in=LIVE, claim__state=ClaimState.CLOSED
    )
    return list(done.order_by("claim_id").values_list("pk", flat=True))


def _listed(claim_ids: Sequence[UUID]) -> list[UUID]:
    listed = Listing.objects.filter(
        claim__in=claim_ids, state=ListingState.OPEN, claim__state=ClaimState.CLOSED
    )
    return list(listed.order_by("claim_id").values_list("pk", flat=True))
