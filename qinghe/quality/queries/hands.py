"""Who worked a claim, for the officer who says whose act a complaint is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.market.models import Mandate


@dataclass(frozen=True)
class HandRow:
    """One mandate of a claim: who held it, from when until when."""

    mandate_id: UUID
    collector_name: str
    starts_at: datetime
    ends_at: datetime


def hands_of(claim_id: UUID) -> list[HandRow]:
    """Return everybody who ever worked a claim, the latest first."""
    rows = Mandate.objects.filter(claim=claim_id).select_related("collector")
    return [
        HandRow(row.pk, row.collector.name, row.starts_at, row.closed_at or row.ends_at)
        for row in rows.order_by("-starts_at", "-pk")
    ]
