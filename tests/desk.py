"""A reviewer who does what the desk asks: opens every paper of a claim, then releases it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from qinghe.claims.models import Claim, Evidence
from qinghe.claims.services import verify_claim
from qinghe.journal.services import record
from qinghe.kernel.actor import Actor, Role
from qinghe.parties.models import Membership

SEEN = "The amount and the chain are shown by the papers."


def read_papers(claim_id: UUID, actor: Actor, at: datetime) -> None:
    """
    Put on record that somebody opened every file of a claim and who it is against, as opening each
    of them does; the checks for doubts have looked at it before.
    """
    Claim.objects.filter(pk=claim_id).update(unseen=False)
    for sha256 in Evidence.objects.filter(claim=claim_id).values_list("sha256", flat=True):
        opened: dict[str, Any] = {"subject": f"file:{sha256}", "claim": str(claim_id)}
        record(kind="parties.file-opened", **opened, actor=actor, at=at)
    record(kind="claims.identity-opened", subject=f"claim:{claim_id}", actor=actor, at=at)


def read_by_reviewers(claim_id: UUID, at: datetime) -> None:
    """Let everybody who signs in as a reviewer have opened every file of a claim."""
    for user_id in Membership.objects.filter(role=Role.REVIEWER).values_list("user_id", flat=True):
        read_papers(claim_id, Actor(Role.REVIEWER, user_id), at)


def release(*, claim_id: UUID, actor: Actor, at: datetime, **more: Any) -> Claim:
    """Open the papers and release, with an answer to what is left to a person."""
    read_papers(claim_id, actor, at)
    return verify_claim(claim_id=claim_id, actor=actor, at=at, **{"note": SEEN} | more)
