"""Leave something to decide on every desk of a demonstration, whatever its days brought."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from qinghe.claims.models import Claim, Dispute, Hold
from qinghe.claims.services import open_dispute
from qinghe.claims.terms import ClaimState, DisputeState
from qinghe.kernel.actor import Actor, Role
from qinghe.quality.models import Complaint
from qinghe.quality.services import open_complaint
from qinghe.quality.terms import ComplaintState
from qinghe.simulation.words import COMPLAINT, CONTEST, said


def leave_open(*, at: datetime) -> None:
    """Let a debtor contest and another complain where nobody waits for an answer."""
    free = _undisturbed()
    disputed = Dispute.objects.filter(state=DisputeState.OPEN).exists()
    if not disputed and (claim := next(free, None)):
        words, actor = said(CONTEST, claim.number), _debtor(claim)
        open_dispute(claim_id=claim.pk, reason="amount", statement=words, actor=actor, at=at)
    heard = Complaint.objects.filter(state=ComplaintState.OPEN).exists()
    if not heard and (claim := next(free, None)):
        open_complaint(
            kind="too_often",
            statement=said(COMPLAINT, claim.number),
            claim_id=claim.pk,
            person_id=claim.debtor_id,
            actor=_debtor(claim),
            at=at,
        )


def _undisturbed() -> Iterator[Claim]:
    """Yield claims in work whose debtors have no hold, in the order of their numbers."""
    held = Hold.objects.filter(lifted_at__isnull=True).values("person")
    claims = Claim.objects.filter(state=ClaimState.PLACED).exclude(debtor__in=held)
    return iter(claims.order_by("number"))


def _debtor(claim: Claim) -> Actor:
    return Actor(Role.DEBTOR, person_id=claim.debtor_id)
