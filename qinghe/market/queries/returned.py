"""Orders that came back: why, and what to offer the next hand. And what earlier hands leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from qinghe.claims.terms import ClaimState
from qinghe.kernel.actor import Actor
from qinghe.market.models import Mandate
from qinghe.market.queries.mandates import visible
from qinghe.market.relisting import suggested
from qinghe.market.terms import MandateState

BACK = (MandateState.RETURNED, MandateState.RECALLED, MandateState.ENDED)
SHOWN = 500


@dataclass(frozen=True)
class BackRow:
    """A claim that came back and may be placed again; amounts in minor units."""

    claim_id: UUID
    claim_number: str
    debtor_masked: str
    stage: str
    currency: str
    owed: int
    hand: int
    mandate_id: UUID
    state: str
    return_code: str
    reason: str
    closed_at: datetime
    commission_rate: Decimal
    suggested_rate: Decimal
    has_plan: bool

    @property
    def suggested(self) -> str:
        """Return the suggested commission in per cent, as a field takes it."""
        return f"{self.suggested_rate * 100:.2f}"


@dataclass(frozen=True)
class HandRow:
    """One earlier mandate on a claim, without who held it."""

    mandate_id: UUID
    hand: int
    stage: str
    state: str
    return_code: str
    starts_at: datetime
    closed_at: datetime


def back(*, actor: Actor) -> list[BackRow]:
    """Return a creditor's claims that came back and are free to be offered, newest first."""
    rows = visible(actor).filter(state__in=BACK, claim__state=ClaimState.READY)
    last = rows.order_by("claim", "-closed_at", "-pk").distinct("claim")
    found = Mandate.objects.filter(pk__in=last.values("pk")).select_related("claim__debtor")
    return [_row(mandate) for mandate in found.order_by("-closed_at", "pk")[:SHOWN]]


def earlier_hands(claim_id: UUID) -> list[HandRow]:
    """Return the mandates on a claim that are over, oldest first; nobody's name stands there."""
    rows = Mandate.objects.filter(claim=claim_id, closed_at__isnull=False)
    return [
        HandRow(
            row.pk, row.hand, row.stage, row.state, row.return_code, row.starts_at, row.closed_at
        )
        for row in rows.order_by("starts_at", "pk")
        if row.closed_at
    ]


def _row(mandate: Mandate) -> BackRow:
    claim = mandate.claim
    return BackRow(
        claim_id=claim.pk,
        claim_number=claim.number,
        debtor_masked=claim.debtor.masked_name,
        stage=claim.stage,
        currency=claim.currency,
        owed=claim.owed,
        hand=claim.hand,
        mandate_id=mandate.pk,
        state=mandate.state,
        return_code=mandate.return_code,
        reason=mandate.reason,
        closed_at=mandate.closed_at or mandate.ends_at,
        commission_rate=mandate.commission_rate,
        suggested_rate=suggested(mandate.commission_rate),
        has_plan=mandate.commission_plan_id is not None,
    )
