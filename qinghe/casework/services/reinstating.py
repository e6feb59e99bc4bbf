"""
Money that does not stay keeps no plan and no promise: they are as if it had never come.

Who paid all at once and gets that money back loses nothing by it: the plan runs again with what
keeps collectors away, and what fell due meanwhile can be paid in its grace.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from qinghe.casework.models import Plan, Promise
from qinghe.casework.services.paid import came, fill, settled
from qinghe.casework.services.plans import resume_plan
from qinghe.casework.services.promises import reopen_promise
from qinghe.casework.terms import PlanState, PromiseState
from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim
from qinghe.kernel.actor import Actor

BEGUN = (PlanState.ACTIVE, PlanState.COMPLETED, PlanState.BROKEN, PlanState.REPLACED)


def undo_kept(*, claim_id: UUID, actor: Actor, at: datetime) -> None:
    """
    Bring back what only money that was undone had ended: a plan, a proposal, a promise.

    Called once every payment that stays is applied again. What ended otherwise stays ended, and so
    does what something newer of the debtor has taken the place of.

    Part of the caller's transaction.

    :raises NoSuchClaim: unknown claim
    """
    claim = Claim.objects.select_for_update(of=("self",), no_key=True).filter(pk=claim_id).first()
    if claim is None:
        raise NoSuchClaim
    if settled(claim):
        return
    _open_again(claim, actor, at)
    _run_again(claim, actor, at)
    _wait_again(claim, actor, at)


def forget_before(*, claim_id: UUID, amount: int, told_at: datetime) -> None:
    """
    Take money that is undone out of what had been paid before a plan began.

    Else what was paid into the plan would count for less than it is. Part of the caller's
    transaction, which has locked the claim.
    """
    plans = Plan.objects.filter(claim=claim_id, decided_at__gt=told_at, state__in=BEGUN)
    plans.update(paid_before=F("paid_before") - amount)


def _open_again(claim: Claim, actor: Actor, at: datetime) -> None:
    """Open the latest promise again, unless its money came all the same or a plan began since."""
    promise = Promise.objects.filter(claim=claim).order_by("-made_at", "-pk").first()
    if promise is None or promise.state != PromiseState.KEPT:
        return
    since = _begun(claim).filter(decided_at__gte=promise.decided_at)
    if not since.exists() and came(promise, claim) < promise.amount:
        reopen_promise(promise, actor, at)


def _run_again(claim: Claim, actor: Actor, at: datetime) -> None:
    """Let the latest plan that began run again, unless all its parts are paid all the same."""
    plan = _begun(claim).order_by("-decided_at", "-pk").first()
    if plan is None or plan.state != PlanState.COMPLETED:
        return
    if fill(plan, claim, at, over_since=plan.ended_at):
        return
    resume_plan(plan, claim, actor, at)
    waiting = Plan.objects.filter(claim=claim, state=PlanState.PROPOSED, replaces__isnull=True)
    waiting.update(replaces=plan)


def _wait_again(claim: Claim, actor: Actor, at: datetime) -> None:
    """Let a proposal wait again that the money left nothing for, unless another was made since."""
    over = Plan.objects.filter(claim=claim, state=PlanState.COMPLETED, decided_at__isnull=True)
    plan = over.order_by("-proposed_at", "-pk").first()
    if plan is None or Plan.objects.filter(claim=claim, proposed_at__gte=plan.ended_at).exists():
        return
    resume_plan(plan, claim, actor, at)


def _begun(claim: Claim) -> QuerySet[Plan]:
    return Plan.objects.filter(claim=claim, state__in=BEGUN, decided_at__isnull=False)
