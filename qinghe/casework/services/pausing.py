"""What a granted pause does to a plan: what is due inside it moves behind it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Max

from qinghe.casework.models import Hardship, Instalment, Plan
from qinghe.casework.schedules import YEAR, month_later, months_behind, wished_day
from qinghe.casework.terms import HardshipState, PlanState, Rhythm
from qinghe.claims.days import day_of
from qinghe.journal.services import record
from qinghe.kernel.actor import Actor
from qinghe.market.services import extend_for
from qinghe.market.terms import ExtensionKind


def paused_until(claim_id: UUID, today: date) -> date | None:
    """Return the first day behind the granted pauses of a claim; None where none lasts."""
    granted = Hardship.objects.filter(claim=claim_id, state=HardshipState.GRANTED)
    lasting = granted.filter(pause_until__gt=today)
    until: date | None = lasting.aggregate(until=Max("pause_until"))["until"]
    return until


def move_behind(asked: Hardship, until: date, actor: Actor, at: datetime) -> None:
    """
    Move what is open of a plan behind a pause, all by as many months, so that no two fall together.

    By the seasons it moves by whole years: each payment stays in its own month. Part of granting
    the pause; the claim is locked.
    """
    _move_proposal(asked.claim_id, until)
    plan = Plan.objects.filter(claim=asked.claim_id, state=PlanState.ACTIVE).first()
    rows = Instalment.objects.filter(plan=plan, paid__lt=F("amount"), missed_at__isnull=True)
    parts = list(rows.order_by("seq"))
    if plan is None or not parts:
        return
    months = months_behind(parts[0].due_on, until, step=_step(plan))
    if not months:
        return
    on = _day_of_month(plan)
    for part in parts:
        part.due_on = month_later(part.due_on, months, on)
    Instalment.objects.bulk_update(parts, ["due_on"])
    kind, last = ExtensionKind.PLAN, parts[-1].due_on
    extend_for(claim_id=plan.claim_id, kind=kind, source=asked.pk, day=last, actor=actor, at=at)
    record(
        kind="casework.plan-moved",
        subject=f"claim:{plan.claim_id}",
        actor=actor,
        at=at,
        plan=plan.pk,
        hardship=asked.pk,
        months=months,
        next_on=parts[0].due_on,
        last_on=last,
    )


def _move_proposal(claim_id: UUID, until: date) -> None:
    """Let a plan that nobody has decided begin behind the pause."""
    for plan in Plan.objects.filter(claim=claim_id, state=PlanState.PROPOSED):
        months = months_behind(plan.first_due_on, until)
        plan.first_due_on = month_later(plan.first_due_on, months, wished_of(plan))
        plan.save(update_fields=["first_due_on"])


def wished_of(plan: Plan) -> int:
    """Return the day of the month on which a plan that was proposed is to be paid."""
    return wished_day(plan.first_due_on, day_of(plan.proposed_at))


def _day_of_month(plan: Plan) -> int:
    """Return the day of the month of a running plan: the latest that any of its months has."""
    days = Instalment.objects.filter(plan=plan).values_list("due_on", flat=True)
    return max(day.day for day in days)


def _step(plan: Plan) -> int:
    return YEAR if plan.rhythm == Rhythm.SEASONAL else 1
