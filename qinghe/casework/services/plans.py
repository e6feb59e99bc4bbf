"""Instalment plans: the debtor proposes, the creditor decides; a kept one stops collecting."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from typing import Any
from uuid import UUID

from qinghe.casework.models import Instalment, Plan, Promise
from qinghe.casework.refusals import (
    BadAmount,
    NoSuchPlan,
    PlanDecided,
    PlanExists,
    PlanTooLong,
)
from qinghe.casework.services.guard import locked_claim
from qinghe.casework.services.promises import decide_promise
from qinghe.casework.terms import LONGEST_PLAN_MONTHS, PlanState, PromiseState
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim
from qinghe.claims.services import accrue_interest, lift_hold, place_hold
from qinghe.claims.terms import HoldKind
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.services import extend_for
from qinghe.market.terms import ExtensionKind
from qinghe.parties.roles import Permission, require

LIVE = (PlanState.PROPOSED, PlanState.ACTIVE)


@verb("casework.propose-plan")
def propose_plan(*, claim_id: UUID, monthly: int, actor: Actor, at: datetime) -> Plan:
    """
    Propose to pay what is owed in monthly parts (minor units), the first in a month.

    :raises NotPermitted: the role proposes no plans
    :raises NoSuchClaim: somebody else's claim
    :raises ClaimOver: nothing is owed any more
    :raises BadAmount: nothing, or more than is owed
    :raises PlanTooLong: more months than law and platform allow
    :raises PlanExists: one is waiting or running
    """
    require(actor, Permission.PROPOSE_PLAN)
    claim = _up_to_date(locked_claim(claim_id, actor), actor, at)
    count = months(claim.owed, monthly)
    if Plan.objects.filter(claim=claim, state__in=LIVE).exists():
        raise PlanExists
    plan = Plan.objects.create(
        claim=claim,
        total=claim.owed,
        monthly=monthly,
        count=count,
        first_due_on=month_later(day_of(at), 1),
        proposed_by=actor.role,
        proposed_at=at,
    )
    _note("casework.plan-proposed", plan, actor, at, monthly=monthly, count=count)
    return plan


@verb("casework.decide-plan")
def decide_plan(*, plan_id: UUID, agreed: bool, actor: Actor, at: datetime) -> Plan:
    """
    Agree to a proposed plan or not. Agreeing writes the instalments and stops all collecting.

    The plan runs over what is owed at this moment.

    :raises NotPermitted: the role decides no plans
    :raises NoSuchPlan: unknown, or on another creditor's claim
    :raises PlanDecided: it was decided before
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


def end_plan(plan: Plan, state: PlanState, actor: Actor, at: datetime) -> None:
    """End a live plan whose claim is locked, and let go of the hold it put on outreach."""
    plan.state, plan.ended_at = state, at
    plan.save(update_fields=["state", "ended_at"])
    lift_hold(cause=f"plan:{plan.pk}", actor=actor, at=at)
    _note(f"casework.plan-{state.value}", plan, actor, at)


def months(total: int, monthly: int) -> int:
    """
    Return how many monthly parts a total needs; the last may be smaller.

    :raises BadAmount: nothing, or more than the total
    :raises PlanTooLong: more months than law and platform allow
    """
    if not 0 < monthly <= total:
        raise BadAmount
    count = -(-total // monthly)
    if count > LONGEST_PLAN_MONTHS:
        raise PlanTooLong(months=LONGEST_PLAN_MONTHS)
    return count


def parts(total: int, monthly: int, first_due_on: date) -> list[tuple[date, int]]:
    """Return due day and amount of every part; their sum is the total."""
    count = -(-total // monthly)
    return [
        (month_later(first_due_on, seq), min(monthly, total - seq * monthly))
        for seq in range(count)
    ]


def month_later(day: date, count: int) -> date:
    """Return the same day some months later, or that month's last day when it has none."""
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _up_to_date(claim: Claim, actor: Actor, at: datetime) -> Claim:
    """Book the interest of the last days: a plan runs over what is owed that day, to the cent."""
    return accrue_interest(claim_id=claim.pk, to=day_of(at), actor=actor, at=at)


def _begin(plan: Plan, claim: Claim, actor: Actor, at: datetime) -> None:
    plan.state, plan.total, plan.paid_before = PlanState.ACTIVE, claim.owed, claim.paid
    plan.monthly = min(plan.monthly, plan.total)
    plan.count = months(plan.total, plan.monthly)
    plan.first_due_on = max(plan.first_due_on, month_later(day_of(at), 1))
    Instalment.objects.bulk_create(
        Instalment(plan=plan, seq=seq, due_on=due_on, amount=amount)
        for seq, (due_on, amount) in enumerate(
            parts(plan.total, plan.monthly, plan.first_due_on), start=1
        )
    )
    last = month_later(plan.first_due_on, plan.count - 1)
    kind = ExtensionKind.PLAN
    extend_for(claim_id=claim.pk, kind=kind, source=plan.pk, day=last, actor=actor, at=at)
    for promise in Promise.objects.filter(claim=claim, state=PromiseState.OPEN):
        decide_promise(promise, PromiseState.CANCELLED, actor, at)
    place_hold(
        person_id=claim.debtor_id,
        claim_id=claim.pk,
        kind=HoldKind.PLAN,
        cause=f"plan:{plan.pk}",
        ends_at=None,
        actor=actor,
        at=at,
    )


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
