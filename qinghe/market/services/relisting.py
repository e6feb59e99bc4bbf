"""Offer a claim again that came back from a collector: one press, better terms, the next hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.market.models import CommissionPlan, Listing, Mandate
from qinghe.market.queries.returned import BACK
from qinghe.market.refusals import NotBack
from qinghe.market.relisting import suggested
from qinghe.market.services.listings import claim_to_place, publish
from qinghe.market.terms import Mode
from qinghe.parties.roles import Permission, require


@verb("market.relist")
def relist(
    *, claim_id: UUID, actor: Actor, at: datetime, commission_rate: Decimal | None = None
) -> Listing:
    """
    Offer a claim in the hall again, on the terms of before with the suggested or a given rate.

    A commission plan that is still offered gives the rate of the next hand itself.

    :raises NotYourClaim: unknown, or another creditor's
    :raises NotBack: no collector has had it, or it is placed
    :raises BadTerms: the rate is out of range
    :raises OnHold: a hold stands
    :raises NotReady: the claim is in another state
    """
    require(actor, Permission.PLACE_CLAIMS)
    claim = claim_to_place(claim_id, actor)
    last = Mandate.objects.filter(claim=claim).order_by("-closed_at", "-pk").first()
    if last is None or last.state not in BACK:
        raise NotBack
    plan_id = None if commission_rate is not None else _still_offered(last.commission_plan_id)
    return publish(
        claim_id=claim_id,
        mode=Mode.GRAB,
        commission_rate=suggested(last.commission_rate)
        if commission_rate is None
        else commission_rate,
        quality_share=last.quality_share,
        period_days=max(
            (last.agreed_ends_at or last.ends_at) - last.starts_at, timedelta(days=1)
        ).days,
        plan_id=plan_id,
        actor=actor,
        at=at,
    )


def _still_offered(plan_id: UUID | None) -> UUID | None:
    plans = CommissionPlan.objects.filter(retired_at__isnull=True)
    return plan_id if plan_id and plans.filter(pk=plan_id).exists() else None
