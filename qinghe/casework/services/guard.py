"""Who may work on a claim here, and the claim itself, locked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.casework.refusals import ClaimOver
from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim, visible
from qinghe.claims.terms import OPEN_STATES
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from qinghe.market.queries import live_mandate_of, working_mandate


def locked_claim(claim_id: UUID, actor: Actor) -> Claim:
    """
    Lock and return an open claim that an actor may see; collectors pass by their mandate first.

    :raises NoSuchClaim: unknown, or not for this actor's eyes
    :raises ClaimOver: settled, withdrawn or rejected
    """
    claims = Claim.objects.select_for_update(of=("self",), no_key=True).filter(pk=claim_id)
    if actor.role != Role.COLLECTOR:
        claims = claims.filter(visible(actor))
    claim = claims.first()
    if claim is None:
        raise NoSuchClaim
    if claim.state not in OPEN_STATES:
        raise ClaimOver
    return claim


def mandate_of(claim_id: UUID, actor: Actor, at: datetime) -> Mandate | None:
    """
    Return the mandate a collector works under; for others the live one, if any.

    :raises NoMandate: a collector without one
    :raises MandateSuspended: it may be read but not worked
    """
    if actor.role == Role.COLLECTOR:
        return working_mandate(claim_id=claim_id, actor=actor, at=at)
    return live_mandate_of(claim_id=claim_id)
