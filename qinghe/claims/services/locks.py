"""Find a claim to change, locked, past its guard."""

from __future__ import annotations

from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim, visible
from qinghe.kernel.actor import Actor


def locked(claim_id: UUID, actor: Actor | None = None) -> Claim:
    """
    Return a claim with its row locked; with an actor, only one that the actor may see.

    :raises NoSuchClaim: unknown, or a stranger's
    """
    rows = Claim.objects.select_for_update(of=("self",), no_key=True).filter(pk=claim_id)
    claim = (rows if actor is None else rows.filter(visible(actor))).first()
    if claim is None:
        raise NoSuchClaim
    return claim
