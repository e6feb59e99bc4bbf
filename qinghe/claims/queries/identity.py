"""Whether a reviewer has looked at who a claim is against: the journal has each look."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from qinghe.journal.queries import recorded_about
from qinghe.kernel.actor import Actor

OPENED: Final = "claims.identity-opened"


def identity_seen(claim_id: UUID, actor: Actor) -> bool:
    """Tell whether an actor has opened name and number for this claim. One query."""
    subjects = [f"claim:{claim_id}"]
    return bool(recorded_about(kind=OPENED, by=actor.label, subjects=subjects, facts={}))
