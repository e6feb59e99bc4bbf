"""What the journal says of a batch: the file by its hash, and its counts."""

from __future__ import annotations

from datetime import datetime

from qinghe.claims.models import Batch
from qinghe.journal.services import record
from qinghe.kernel.actor import Actor


def note(what: str, batch: Batch, actor: Actor, at: datetime, **facts: bool | str) -> None:
    """Write one row about a batch into the journal."""
    record(
        kind=f"claims.batch-{what}",
        subject=f"batch:{batch.pk}",
        actor=actor,
        at=at,
        sha256=batch.sha256,
        read=batch.read,
        accepted=batch.accepted,
        rejected=batch.rejected,
        unchanged=batch.unchanged,
        amount=batch.amount,
        currency=batch.currency,
        about=facts,
    )
