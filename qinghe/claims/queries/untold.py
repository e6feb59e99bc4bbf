"""Claims whose debtor nobody can tell: what their creditor is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.claims.terms import UNTOLD_DAYS
from qinghe.kernel.actor import Actor

LATEST = 50


@dataclass(frozen=True)
class UntoldRow:
    """One claim that waits for an address, until when, and whether its creditor was reminded."""

    id: UUID
    number: str
    until: datetime
    reminded: bool


def untold(*, actor: Actor) -> list[UntoldRow]:
    """Return an actor's own claims that wait for an address, the oldest first. One query."""
    rows = Claim.objects.filter(creditor=actor.org_id, untold_since__isnull=False)
    found = rows.order_by("untold_since", "pk")[:LATEST]
    return [
        UntoldRow(pk, number, since + timedelta(days=UNTOLD_DAYS), reminded is not None)
        for pk, number, since, reminded in found.values_list(
            "pk", "number", "untold_since", "reminded_at"
        )
        if since is not None
    ]
