"""What money does to promises and plans; the floor of money calls it after every posting."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.casework.models import Instalment, Plan, Promise
from qinghe.casework.services.plans import LIVE, end_plan
from qinghe.casework.services.promises import decide_promise
from qinghe.casework.terms import PlanState, PromiseState
from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim
from qinghe.claims.terms import ClaimState
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor


@verb("casework.apply-paid")
def apply_paid(*, claim_id: UUID, actor: Actor, at: datetime) -> None:
    """
    Bring the promise and the plan of a claim in line with what has been paid, up or down.

    Run again it changes nothing. A payment taken back lowers the instalments again.

    :raises NoSuchClaim: unknown claim
    """
    claim = Claim.objects.select_for_update(of=("self",), no_key=True).filter(pk=claim_id).first()
    if claim is None:
        raise NoSuchClaim
    for promise in Promise.objects.filter(claim=claim, state=PromiseState.OPEN):
        if settled(claim) or claim.paid - promise.paid_before >= promise.amount:
            decide_promise(promise, PromiseState.KEPT, actor, at)
    for plan in Plan.objects.filter(claim=claim, state__in=LIVE):
        _apply(plan, claim, actor, at)


def settled(claim: Claim) -> bool:
    """Tell whether nothing is owed any more."""
    return claim.state == ClaimState.CLOSED


def _apply(plan: Plan, claim: Claim, actor: Actor, at: datetime) -> None:
    complete = settled(claim)
    if plan.state == PlanState.ACTIVE:
        parts = list(Instalment.objects.filter(plan=plan).order_by("seq"))
        complete = spread(parts, max(claim.paid - plan.paid_before, 0)) or complete
        Instalment.objects.bulk_update(parts, ["paid"])
    if complete:
        end_plan(plan, PlanState.COMPLETED, actor, at)


def spread(parts: list[Instalment], money: int) -> bool:
    """Give money to parts in their order; tell whether every part is paid."""
    for part in parts:
        part.paid = min(part.amount, money)
        money -= part.paid
    return all(part.paid == part.amount for part in parts)
