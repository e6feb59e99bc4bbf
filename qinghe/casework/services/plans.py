"""Instalment plans: the debtor proposes, the creditor decides; a kept one stops collecting."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from qinghe.casework.fairness import check_fits
from qinghe.casework.models import Instalment, Plan, Promise
from qinghe.casework.refusals import (
    NoSuchPlan,
    PlanContested,
    PlanDecided,
    PlanExists,
    PlanTooHeavy,
    ReplacedTooOften,
)
from qinghe.casework.schedules import EQUAL, Part, Variation, first_day, schedule, wished_day
from qinghe.casework.services.guard import locked_claim
from qinghe.casework.services.pausing import paused_until, wished_of
from qinghe.casework.services.promises import decide_promise
from qinghe.casework.terms import QUIET_DAYS, REPLACED_A_YEAR, PlanState, PromiseState
from qinghe.claims.days import day_of, end_of
from qinghe.claims.models import Claim, Dispute
from qinghe.claims.queries import NoSuchClaim
from qinghe.claims.services import accrue_interest, lift_hold, place_hold
from qinghe.claims.terms import DisputeState, HoldKind
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.services import extend_for
from qinghe.market.terms import ExtensionKind
from qinghe.parties.roles import Permission, require

LIVE = (PlanState.PROPOSED, PlanState.ACTIVE)
YEAR = timedelta(days=365)


@verb("casework.propose-plan")
def propose_plan(
    *,
    claim_id: UUID,
    monthly: int,
    actor: Actor,
    at: datetime,
    variation: Variation = EQUAL,
    affordable: int | None = None,
) -> Plan:
    """
    Propose to pay what is owed in monthly parts (minor units), the first in a month, or behind a
    pause that was granted.

    While a plan runs it goes on until this one is agreed and comes in its place. `affordable` is
    the most that can be spared a month, if the debtor told it.

    :raises NotPermitted: the role proposes no plans
    :raises NoSuchClaim: somebody else's claim
    :raises ClaimOver: nothing is owed any more
    :raises BadAmount: nothing, or more than is owed
    :raises BadShape: the facts of the variation do not belong to its rhythm
    :raises PlanTooLong: more months than law and platform allow
    :raises InstalmentTooSmall: one but the last is less than half of the smallest equal one
    :raises PlanTooSteep: it rises to more than four times the first instalment
    :raises PlanTooHeavy: an instalment is more than can be spared
    :raises PlanContested: what it would pay is contested
    :raises PlanExists: one is waiting
    :raises ReplacedTooOften: a running plan was replaced before, as often as it may be in a year
    """
    require(actor, Permission.PROPOSE_PLAN)
    claim = _up_to_date(_uncontested(locked_claim(claim_id, actor)), actor, at)
    first = _first_day(claim, at)
    on = wished_day(first, day_of(at))
    parts = check_fits(claim.owed, monthly, first, variation, claim.currency, on=on)
    if Plan.objects.filter(claim=claim, state=PlanState.PROPOSED).exists():
        raise PlanExists
    plan = Plan.objects.create(
        claim=claim,
        total=claim.owed,
        monthly=monthly,
        count=len(parts),
        first_due_on=first,
        rhythm=variation.rhythm,
        step=variation.step,
        step_months=variation.step_months,
        months=list(variation.months),
        otherwise=variation.otherwise,
        largest=_bearable(parts, affordable),
        affordable=affordable,
        replaces=_running(claim, at),
        proposed_by=actor.role,
        proposed_at=at,
    )
    facts = {"monthly": monthly, "count": plan.count, "rhythm": plan.rhythm}
    _note("casework.plan-proposed", plan, actor, at, **facts)
    return plan


@verb("casework.decide-plan")
def decide_plan(*, plan_id: UUID, agreed: bool, actor: Actor, at: datetime) -> Plan:
    """
    Agree to a proposed plan or not. Agreeing writes the instalments and stops all collecting.

    The plan runs over what is owed at this moment.

    :raises NotPermitted: the role decides no plans
    :raises NoSuchPlan: unknown, or on another creditor's claim
    :raises PlanDecided: it was decided before
    :raises PlanTooLong: so much interest was added since that it would run too long
    :raises PlanTooHeavy: an instalment is more than can be spared
    """
    require(actor, Permission.DECIDE_PLANS)
    plan, claim = _locked(plan_id, actor)
    if plan.state != PlanState.PROPOSED:
        raise PlanDecided
    plan.decided_at = at
    if agreed:
        _begin(plan, _up_to_date(claim, actor, at), actor, at)
    else:
        plan.state = PlanState.DECLINED
    plan.save()
    _note(f"casework.plan-{plan.state}", plan, actor, at, total=plan.total, count=plan.count)
    return plan


@verb("casework.withdraw-plan")
def withdraw_plan(*, claim_id: UUID, actor: Actor, at: datetime) -> Plan:
    """
    Take a proposal back that nobody has decided; a plan that runs goes on.

    :raises NotPermitted: only debtors take back what is proposed for them
    :raises NoSuchClaim: somebody else's claim
    :raises ClaimOver: nothing is owed any more
    :raises NoSuchPlan: none is waiting, or it was decided meanwhile
    """
    require(actor, Permission.CONTEST_CLAIM)
    claim = locked_claim(claim_id, actor)
    plan = Plan.objects.filter(claim=claim, state=PlanState.PROPOSED).first()
    if plan is None:
        raise NoSuchPlan
    end_plan(plan, PlanState.WITHDRAWN, actor, at)
    return plan


def end_plan(plan: Plan, state: PlanState, actor: Actor, at: datetime) -> None:
    """End a live plan whose claim is locked, and let go of the hold it put on outreach."""
    plan.state, plan.ended_at = state, at
    plan.save(update_fields=["state", "ended_at"])
    lift_hold(cause=f"plan:{plan.pk}", actor=actor, at=at)
    _note(f"casework.plan-{state.value}", plan, actor, at)


def complete_plan(plan: Plan, claim: Claim, actor: Actor, at: datetime) -> None:
    """
    End a plan whose every part came, on a locked claim.

    Interest that ran meanwhile may be left. Whoever kept the plan is not collected from for it at
    once: the new hold stands before the plan's own is let go.
    """
    if claim.owed:
        place_hold(
            person_id=claim.debtor_id,
            claim_id=claim.pk,
            kind=HoldKind.PLAN,
            cause=f"plan-kept:{plan.pk}",
            ends_at=end_of(day_of(at) + timedelta(days=QUIET_DAYS)),
            actor=actor,
            at=at,
        )
    end_plan(plan, PlanState.COMPLETED, actor, at)


def resume_plan(plan: Plan, claim: Claim, actor: Actor, at: datetime) -> None:
    """
    Undo that a plan was completed, on a locked claim: it runs, or waits for its answer, as before.

    The hold of a plan that runs stands before the one for having kept it is let go.
    """
    plan.state = PlanState.ACTIVE if plan.decided_at else PlanState.PROPOSED
    plan.ended_at, plan.reinstated_at = None, at
    plan.save(update_fields=["state", "ended_at", "reinstated_at"])
    if plan.state == PlanState.ACTIVE:
        _keep_away(plan, claim, actor, at)
        lift_hold(cause=f"plan-kept:{plan.pk}", actor=actor, at=at)
    _note("casework.plan-reinstated", plan, actor, at, state=plan.state)


def _keep_away(plan: Plan, claim: Claim, actor: Actor, at: datetime) -> None:
    place_hold(
        person_id=claim.debtor_id,
        claim_id=claim.pk,
        kind=HoldKind.PLAN,
        cause=f"plan:{plan.pk}",
        ends_at=None,
        actor=actor,
        at=at,
    )


def _up_to_date(claim: Claim, actor: Actor, at: datetime) -> Claim:
    """Book the interest of the last days: a plan runs over what is owed that day, to the cent."""
    return accrue_interest(claim_id=claim.pk, to=day_of(at), actor=actor, at=at)


def _uncontested(claim: Claim) -> Claim:
    """Return a locked claim: whoever contests what is asked does not offer to pay it as well."""
    if Dispute.objects.filter(claim=claim, state=DisputeState.OPEN).exists():
        raise PlanContested
    return claim


def _first_day(claim: Claim, at: datetime) -> date:
    return first_day(day_of(at), paused_until(claim.pk, day_of(at)))


def variation_of(plan: Plan) -> Variation:
    """Return how the instalments of a plan differ from its monthly amount."""
    months = tuple(plan.months)
    return Variation(plan.rhythm, plan.step, plan.step_months, months, plan.otherwise)


def _bearable(parts: list[Part], affordable: int | None) -> int:
    """Return the largest part; it must not be more than can be spared."""
    largest = max(amount for _day, amount in parts)
    if affordable is not None and largest > affordable:
        raise PlanTooHeavy
    return largest


def _running(claim: Claim, at: datetime) -> Plan | None:
    """Return the plan that runs on a locked claim and may be replaced; None without one."""
    running = Plan.objects.filter(claim=claim, state=PlanState.ACTIVE).first()
    replaced = Plan.objects.filter(claim=claim, state=PlanState.REPLACED, ended_at__gt=at - YEAR)
    if running is not None and replaced.count() >= REPLACED_A_YEAR:
        raise ReplacedTooOften(times=REPLACED_A_YEAR)
    return running


def _begin(plan: Plan, claim: Claim, actor: Actor, at: datetime) -> None:
    for older in Plan.objects.filter(claim=claim, state=PlanState.ACTIVE):
        end_plan(older, PlanState.REPLACED, actor, at)
    plan.state, plan.total, plan.paid_before = PlanState.ACTIVE, claim.owed, claim.paid
    plan.monthly = min(plan.monthly, plan.total)
    on, later = wished_of(plan), _first_day(claim, at)
    if later > plan.first_due_on:
        plan.first_due_on, on = later, wished_day(later, day_of(at))
    parts = schedule(plan.total, plan.monthly, plan.first_due_on, variation_of(plan), on=on)
    plan.count, plan.largest = len(parts), _bearable(parts, plan.affordable)
    # The state first: no two plans run at once, and the older one has ended.
    plan.save()
    Instalment.objects.bulk_create(
        Instalment(plan=plan, seq=seq, due_on=due_on, amount=amount)
        for seq, (due_on, amount) in enumerate(parts, start=1)
    )
    last = parts[-1][0]
    kind = ExtensionKind.PLAN
    extend_for(claim_id=claim.pk, kind=kind, source=plan.pk, day=last, actor=actor, at=at)
    for promise in Promise.objects.filter(claim=claim, state=PromiseState.OPEN):
        decide_promise(promise, PromiseState.CANCELLED, actor, at)
    _keep_away(plan, claim, actor, at)


def _locked(plan_id: UUID, actor: Actor) -> tuple[Plan, Claim]:
    claim_id = Plan.objects.filter(pk=plan_id).values_list("claim_id", flat=True).first()
    if claim_id is None:
        raise NoSuchPlan
    try:
        claim = locked_claim(claim_id, actor)
    except NoSuchClaim:
        raise NoSuchPlan from None
    return Plan.objects.get(pk=plan_id), claim


def _note(kind: str, plan: Plan, actor: Actor, at: datetime, **facts: Any) -> None:
    record(kind=kind, subject=f"claim:{plan.claim_id}", actor=actor, at=at, plan=plan.pk, **facts)
