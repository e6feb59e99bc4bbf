"""Contesting a claim while a proposal to pay it in parts waits: the one takes the other back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.casework.models import Plan
from qinghe.casework.services.plans import end_plan
from qinghe.casework.terms import PlanState
from qinghe.claims.models import Dispute
from qinghe.claims.services import open_dispute
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor


@verb("casework.contest-claim")
def contest_claim(
    *,
    claim_id: UUID,
    reason: str,
    statement: str,
    actor: Actor,
    at: datetime,
    shared: bool = False,
) -> Dispute:
    """
    Contest a claim; what was proposed for it and nobody has decided ends in the same moment.

    A plan that was agreed goes on: it keeps collectors away, and is for its parties to end.

    :raises NotPermitted: only debtors contest
    :raises NoSuchClaim: unknown, or not the debtor's own
    :raises WrongClaimState: the claim is over
    :raises DisputeOpen: contested already and not decided
    """
    dispute = open_dispute(
        claim_id=claim_id, reason=reason, statement=statement, shared=shared, actor=actor, at=at
    )
    for plan in Plan.objects.filter(claim=claim_id, state=PlanState.PROPOSED):
        end_plan(plan, PlanState.WITHDRAWN, actor, at)
    return dispute
