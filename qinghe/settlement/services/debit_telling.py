"""Tell debtors of debits, ahead, when one came back or all are over, through the gate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F

from qinghe.casework.models import Plan
from qinghe.casework.terms import PlanState
from qinghe.contact.models import Attempt
from qinghe.contact.services import request_contact
from qinghe.contact.terms import SILENT, AttemptState, ContactPurpose
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.errors import DomainError
from qinghe.parties.terms import Channel
from qinghe.settlement.debit_terms import (
    REPLACED,
    REPLACED_TOLD_DAYS,
    RETURN_TOLD_DAYS,
    RETURNED,
    DebitState,
    MandateState,
)
from qinghe.settlement.models import Debit, DebitMandate
from qinghe.settlement.services.debit_waits import let_wait

MACHINE: Final = system("settlement.debits")
# In this order; the first that the gate lets through tells.
CHANNELS: Final = (Channel.EMAIL, Channel.SMS, Channel.LETTER)


def tell_returns(*, at: datetime) -> int:
    """Tell whose debit came back and who may still pay it; return how many were told."""
    return sum(_try(tell_return, debit_id=pk, at=at) for pk in list(_untold(at)))


@verb("settlement.tell-return")
def tell_return(*, debit_id: UUID, actor: Actor, at: datetime) -> bool:
    """Tell a debtor that a debit came back; who is told later has the grace from that day."""
    rows = Debit.objects.select_related("mandate", "instalment").select_for_update(of=("self",))
    debit = rows.get(pk=debit_id)
    if debit.state != DebitState.RETURNED or debit.return_notice_id is not None:
        return False
    debit.return_notice = through_gate(debit.mandate.claim_id, RETURNED, actor, at)
    if debit.return_notice is None:
        return False
    debit.save(update_fields=["return_notice"])
    let_wait([debit], actor, at)
    return True


def tell_replaced(*, at: datetime) -> int:
    """Tell whose debit ended with a plan that was replaced; return how many were told."""
    ended = DebitMandate.objects.filter(
        state=MandateState.OVER,
        plan__state=PlanState.REPLACED,
        ended_at__gt=at - timedelta(days=REPLACED_TOLD_DAYS),
    )
    ids = list(ended.order_by("pk").values_list("pk", flat=True))
    return sum(_try(tell_over, mandate_id=pk, at=at) for pk in ids)


@verb("settlement.tell-replaced")
def tell_over(*, mandate_id: UUID, actor: Actor, at: datetime) -> bool:
    """Tell a debtor that a debit ended with its plan, and the new one is not debited; once."""
    rows = DebitMandate.objects.select_for_update(of=("self",))
    mandate = rows.get(pk=mandate_id)
    mandates = DebitMandate.objects.filter(claim=mandate.claim_id, state=MandateState.ACTIVE)
    runs = Plan.objects.filter(claim=mandate.claim_id, state=PlanState.ACTIVE)
    told = Attempt.objects.filter(
        claim=mandate.claim_id, template__startswith=f"{REPLACED}@", at__gte=mandate.ended_at
    ).exclude(state__in=SILENT)
    if mandates.exists() or told.exists() or not runs.exists():
        return False
    return through_gate(mandate.claim_id, REPLACED, actor, at) is not None


def through_gate(claim_id: UUID, template: str, actor: Actor, at: datetime) -> Attempt | None:
    """Ask for a message on the first channel that is let through; None where none is."""
    for channel in CHANNELS:
        attempt = request_contact(
            claim_id=claim_id,
            channel=channel,
            template=template,
            # Whoever debits an account must tell its holder; no wish for silence ends that.
            purpose=ContactPurpose.LEGAL_NOTICE,
            actor=actor,
            at=at,
        )
        if attempt.state == AttemptState.PERMITTED:
            return attempt
    return None


def _untold(at: datetime) -> list[UUID]:
    open_now = Debit.objects.filter(
        state=DebitState.RETURNED,
        return_notice__isnull=True,
        answered_at__gt=at - timedelta(days=RETURN_TOLD_DAYS),
        instalment__paid__lt=F("instalment__amount"),
        instalment__missed_at__isnull=True,
        mandate__plan__state=PlanState.ACTIVE,
    )
    return list(open_now.order_by("pk").values_list("pk", flat=True))


def _try(tell: Callable[..., bool], *, at: datetime, **what: UUID) -> bool:
    try:
        return tell(actor=MACHINE, at=at, **what)
    except DomainError:
        # Nobody may be told now; the clock tries again, and the page says it meanwhile.
        return False
