"""First rights that stand: for the two parties, and for whoever wants to offer such a claim."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from qinghe.claims.terms import ClaimState
from qinghe.kernel.actor import Actor
from qinghe.market.models import FirstRight


@dataclass(frozen=True)
class RightRow:
    """One order that may be had back first, without anything about its debtor."""

    id: UUID
    claim_id: UUID
    claim_number: str
    creditor_name: str
    collector_name: str
    until: datetime


def standing(at: datetime) -> QuerySet[FirstRight]:
    """Return the rights that stand at a moment."""
    return FirstRight.objects.filter(ended_at__isnull=True, until__gt=at)


def kept_for_others(
    claim_ids: Collection[UUID], offered_to: UUID | None, at: datetime
) -> dict[UUID, datetime]:
    """Return until when claims are kept for a collector other than the one they are offered to."""
    rows = standing(at).filter(claim__in=list(claim_ids))
    if offered_to is not None:
        rows = rows.exclude(collector=offered_to)
    return dict(rows.values_list("claim_id", "until"))


def rights_of(*, actor: Actor, at: datetime) -> list[RightRow]:
    """Return the rights that an actor's organisation has or has given, soonest end first."""
    mine = Q(creditor=actor.org_id) | Q(collector=actor.org_id)
    if actor.org_id is None:
        return []
    rows = standing(at).filter(mine, claim__state=ClaimState.READY)
    found = rows.select_related("claim", "creditor", "collector").order_by("until", "pk")
    return [
        RightRow(
            id=each.pk,
            claim_id=each.claim_id,
            claim_number=each.claim.number,
            creditor_name=each.creditor.name,
            collector_name=each.collector.name,
            until=each.until,
        )
        for each in found[:200]
    ]
