"""
A settled claim owes again: the mandate that its settling completed is in force again.

As if the payment had never come, so that nobody ends a collector's order by a payment that does not
stay, and what takes its place is earned under the same terms.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.claims.services import set_state
from qinghe.claims.services.disputes import refuted
from qinghe.claims.terms import ClaimState
from qinghe.journal.services import record
from qinghe.kernel.actor import Actor
from qinghe.market.models import Mandate
from qinghe.market.queries.taking import facts_of
from qinghe.market.services.capacity import use_again
from qinghe.market.services.extending import end_of
from qinghe.market.services.listings import lock_claims
from qinghe.market.terms import MandateState
from qinghe.parties.levels import Act
from qinghe.parties.queries.standing import closed

REINSTATED = ("state", "closed_at", "closed_from", "ends_at", "reinstated_at")


@dataclass(frozen=True)
class Undone:
    """A completion that does not count: the mandate as it stood, and since when it was over."""

    mandate: Mandate
    over_since: datetime


def reinstate(*, claim_id: UUID, settled_at: datetime, actor: Actor, at: datetime) -> Undone | None:
    """
    Undo the completion of a mandate by a settling whose money did not stay; the claim owes again.

    It is in force again and its claim placed, if its term runs, its collector may work and nothing
    was decided against the claim; a hold stops its work as it stops that of every mandate. Else the
    claim stays ready, and the answer tells all the same under what money since then was earned.

    Part of the caller's transaction. None: no mandate was completed by it, or the last one was not.
    """
    lock_claims(Claim.objects.all(), [claim_id])
    rows = Mandate.objects.filter(claim=claim_id).select_for_update(of=("self",))
    found = rows.select_related("claim").order_by("-starts_at", "-pk").first()
    if found is None or (found.state, found.closed_at) != (MandateState.COMPLETED, settled_at):
        return None
    if found.claim.state == ClaimState.CLOSED:
        return None
    found.state = found.closed_from or MandateState.ACTIVE
    found.closed_at, found.closed_from, found.ends_at = None, "", end_of(found)
    if found.ends_at > at and _may_work(found, actor, at):
        _put_back(found, actor, at)
    return Undone(found, settled_at)


def _may_work(mandate: Mandate, actor: Actor, at: datetime) -> bool:
    """Tell whether the claim is free for its collector, and the collector registered and proven."""
    claim = mandate.claim
    free = claim.state == ClaimState.READY and claim.creditor_id == mandate.creditor_id
    if not free or refuted(claim):
        return False
    taker = facts_of(
        claim_id=claim.pk,
        listing_id=mandate.listing_id,
        collector_id=mandate.collector_id,
        actor=actor,
        at=at,
    ).taker
    return taker.licensed and closed(taker, Act.WORK, at) is None


def _put_back(mandate: Mandate, actor: Actor, at: datetime) -> None:
    mandate.reinstated_at = at
    mandate.save(update_fields=REINSTATED)
    use_again(mandate.collector_id)
    set_state(claim_id=mandate.claim_id, state=ClaimState.PLACED, actor=actor, at=at)
    record(
        kind="market.mandate-reinstated",
        subject=f"claim:{mandate.claim_id}",
        actor=actor,
        at=at,
        mandate=mandate.pk,
        collector=mandate.collector_id,
        state=mandate.state,
        ends_at=mandate.ends_at.isoformat(),
    )
