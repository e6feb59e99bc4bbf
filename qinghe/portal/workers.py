"""Who may work on a claim now, as its person needs to know: others who ask are strangers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.market.queries import live_mandate_of
from qinghe.market.queries.extensions import extensions
from qinghe.parties.terms import OrgKind


@dataclass(frozen=True)
class Worker:
    """One collector with a live mandate, until when, and the debtor's last act that moved it."""

    name: str
    own_team: bool
    ends_at: datetime
    moved_by: str


def worker_of(claim_id: UUID) -> Worker | None:
    """Return who may work on a claim now; none when nobody may."""
    mandate = live_mandate_of(claim_id=claim_id)
    if mandate is None:
        return None
    collector = mandate.collector
    kinds = [row.kind for row in extensions([mandate.pk]).get(mandate.pk, [])]
    return Worker(
        name=collector.name,
        own_team=collector.kind == OrgKind.OWN_TEAM,
        ends_at=mandate.ends_at,
        moved_by=kinds[-1] if kinds else "",
    )
