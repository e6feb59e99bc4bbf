"""Agree a moment to call, checked against closed hours, wishes, holds and the day's budget."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import get_language

from qinghe.casework.models import CallBack
from qinghe.casework.refusals import BadDay, CallBackRefused
from qinghe.casework.terms import LONGEST_PROMISE_DAYS
from qinghe.contact.queries import allowed_at
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.queries import working_mandate
from qinghe.parties.roles import Permission, require
from qinghe.rules.explain import sentence


@verb("casework.plan-call-back")
def plan_call_back(*, claim_id: UUID, planned_at: datetime, actor: Actor, at: datetime) -> CallBack:
    """
    Plan a call at a moment the gate would allow now; it replaces an earlier plan.

    The gate decides again when the call is made.

    :raises NotPermitted: the role does not work cases
    :raises NoMandate: no live mandate on the claim
    :raises MandateSuspended: it may be read but not worked
    :raises BadDay: in the past, or too far ahead
    :raises CallBackRefused: closed hours, a wish, a hold, or no call left that day
    """
    require(actor, Permission.WORK_CASES)
    mandate = working_mandate(claim_id=claim_id, actor=actor, at=at)
    if not at < planned_at <= at + timedelta(days=LONGEST_PROMISE_DAYS):
        raise BadDay(days=LONGEST_PROMISE_DAYS)
    decision = allowed_at(claim=mandate.claim, mandate=mandate, planned_at=planned_at, at=at)
    if decision.denied:
        raise _refusal(decision.rules[0], decision.next_allowed_at)
    CallBack.objects.filter(claim=claim_id, done_at__isnull=True).update(done_at=at)
    planned = CallBack.objects.create(
        claim_id=claim_id, mandate=mandate, planned_at=planned_at, made_at=at
    )
    record(
        kind="casework.call-back-planned",
        subject=f"claim:{claim_id}",
        actor=actor,
        at=at,
        person_id=mandate.claim.debtor_id,
        pack=decision.pack,
        planned_at=planned_at.isoformat(),
    )
    return planned


def _refusal(rule: str, later: datetime | None) -> CallBackRefused:
    return CallBackRefused(
        rule=rule,
        sentence=sentence(rule, get_language() or "en"),
        next_allowed_at=later.isoformat() if later else None,
    )
