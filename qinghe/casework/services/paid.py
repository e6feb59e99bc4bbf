"""What money does to promises and plans; the floor of money calls it after every posting."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.casework.models import EarlyOffer, Instalment, Plan, Promise
from qinghe.casework.services.early import OPEN, PAYABLE, end_offer
from qinghe.casework.services.plans import LIVE, complete_plan
from qinghe.casework.services.promises import decide_promise
from qinghe.casework.terms import EarlyState, OfferRole, PlanState, PromiseState, last_chance
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim
from qinghe.claims.queries.earlier import paid_earlier
from qinghe.claims.services import restore_rest, waive_rest
from qinghe.claims.terms import ClaimState
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor


@verb("casework.apply-paid")
def apply_paid(*, claim_id: UUID, actor: Actor, at: datetime) -> None:
    """
    Bring promise, plan and offer of a claim in line with what has been paid, up or down.

    Run again it changes nothing. A payment taken back lowers the instalments again, and what was
    waived for it is owed again.

    :raises NoSuchClaim: unknown claim
    """
    claim = Claim.objects.select_for_update(of=("self",), no_key=True).filter(pk=claim_id).first()
    if claim is None:
        raise NoSuchClaim
    for promise in Promise.objects.filter(claim=claim, state=PromiseState.OPEN):
        if settled(claim) or came(promise, claim) >= promise.amount:
            decide_promise(promise, PromiseState.KEPT, actor, at)
    for offer in EarlyOffer.objects.filter(claim=claim, state__in=(*OPEN, EarlyState.KEPT)):
        _settle_early(offer, claim, actor, at)
    claim.refresh_from_db()
    for plan in Plan.objects.filter(claim=claim, state__in=LIVE):
        _apply(plan, claim, actor, at)


def settled(claim: Claim) -> bool:
    """Tell whether nothing is owed any more."""
    return claim.state == ClaimState.CLOSED


def came(agreed: Promise | EarlyOffer, claim: Claim) -> int:
    """Return what was paid since something was agreed, whenever it is told."""
    earlier = paid_earlier(claim_id=claim.pk, since=agreed.made_at)
    if earlier != agreed.paid_earlier:
        agreed.paid_earlier = earlier
        agreed.save(update_fields=["paid_earlier"])
    return claim.paid - agreed.paid_before - earlier


def _settle_early(offer: EarlyOffer, claim: Claim, actor: Actor, at: datetime) -> None:
    """Waive the rest once the offered sum came in time; take the waiver back with the money."""
    enough = came(offer, claim) >= offer.amount
    cause = f"early-offer:{offer.pk}"
    if offer.state == EarlyState.KEPT:
        if not enough:
            restore_rest(claim_id=claim.pk, cause=cause, actor=actor, at=at)
            end_offer(offer, EarlyState.LAPSED, actor, at)
    elif settled(claim):
        end_offer(offer, EarlyState.WITHDRAWN, actor, at)
    elif enough and offer.state in PAYABLE and day_of(at) <= last_chance(offer.last_day):
        _keep(offer, claim, actor, at)


def _keep(offer: EarlyOffer, claim: Claim, actor: Actor, at: datetime) -> None:
    # What a creditor gives away by itself is told to its collector, who may object.
    own = offer.made_by == OfferRole.CREDITOR
    kind = "claims.written-off" if own else "claims.rest-waived"
    facts = {
        "authority": str(offer.authority_id or offer.consented_at),
        "until": offer.last_day.isoformat(),
    }
    cause = f"early-offer:{offer.pk}"
    offer.waived = waive_rest(
        claim_id=claim.pk, cause=cause, facts=facts, kind=kind, actor=actor, at=at
    )
    end_offer(offer, EarlyState.KEPT, actor, at)


def _apply(plan: Plan, claim: Claim, actor: Actor, at: datetime) -> None:
    complete = settled(claim)
    if plan.state == PlanState.ACTIVE:
        complete = fill(plan, claim, at) or complete
    if complete:
        complete_plan(plan, claim, actor, at)


def fill(plan: Plan, claim: Claim, at: datetime, *, over_since: datetime | None = None) -> bool:
    """
    Give what came since a plan began to its parts; tell whether every part is paid.

    What fell due while it counted as paid, or while the plan was over, has its grace from today.
    """
    parts = list(Instalment.objects.filter(plan=plan).order_by("seq"))
    since, today = day_of(over_since) if over_since else None, day_of(at)
    counted = {part.pk for part in parts if _open(part) == 0 or (since and part.due_on >= since)}
    complete = spread(parts, max(claim.paid - plan.paid_before, 0))
    for part in parts:
        if part.pk in counted and _open(part) and part.due_on < today:
            part.expected_on = max(part.expected_on or today, today)
    Instalment.objects.bulk_update(parts, ["paid", "expected_on"])
    return complete


def _open(part: Instalment) -> int:
    return part.amount - part.paid


def spread(parts: list[Instalment], money: int) -> bool:
    """Give money to parts in their order; tell whether every part is paid."""
    for part in parts:
        part.paid = min(part.amount, money)
        money -= part.paid
    return all(part.paid == part.amount for part in parts)
