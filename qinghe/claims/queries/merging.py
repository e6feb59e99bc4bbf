"""Batches that are just being taken over, and claims of which more are still to come."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.claims.models import Batch, Claim
from qinghe.claims.queries.progress import Progress, progress
from qinghe.claims.terms import BatchState
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import OVERSIGHT


@dataclass(frozen=True)
class Taking:
    """One batch on its way; without its name, for names of files hold names of people."""

    id: UUID
    creditor_name: str
    accepted: int
    begun_at: datetime | None
    worked_at: datetime | None
    progress: Progress


def being_taken(*, actor: Actor) -> list[Taking]:
    """Return the batches whose rows are becoming claims, the oldest first; for oversight only."""
    if actor.role not in OVERSIGHT:
        return []
    rows = Batch.objects.filter(state=BatchState.MERGING).order_by("begun_at", "id")
    names = (
        "id", "creditor__name", "accepted", "begun_at", "worked_at", "whole", "rows", "valid",
        "done", "begun_done",
    )  # fmt: skip
    return [_taking(*row) for row in rows.values_list(*names)]


def half_taken(claim_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of some claims whose batch is still being taken over. One query."""
    rows = Claim.objects.filter(pk__in=claim_ids, batch__state=BatchState.MERGING)
    return frozenset(rows.values_list("pk", flat=True))


def _taking(
    batch_id: UUID,
    creditor: str,
    accepted: int,
    begun_at: datetime | None,
    worked_at: datetime | None,
    whole: bool,
    *counts: int,
) -> Taking:
    rows, valid, done, begun_done = counts
    found = progress(
        state=BatchState.MERGING,
        whole=whole,
        counts=(rows, valid, done, begun_done),
        begun_at=begun_at,
        worked_at=worked_at,
    )
    assert found is not None
    return Taking(batch_id, creditor, accepted, begun_at, worked_at, found)
