"""A contested claim is proven by its creditor in time, or it ends."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from qinghe.claims.models import Dispute
from qinghe.claims.queries import NoSuchDispute
from qinghe.claims.services.disputes import DisputeDecided, decide_dispute
from qinghe.claims.services.locks import locked
from qinghe.claims.terms import PROOF_DAYS, DisputeState
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.errors import DomainError
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import seal
from qinghe.parties.terms import Secret

CHUNK = 500


class ProofMissing(DomainError):
    code = "claims.proof-missing"
    text = _("Say what proves the claim, and add the document to it.")


class ProvenAlready(DomainError):
    code = "claims.proven-already"
    text = _("You have answered already. A person decides now.")


NOT_PROVEN = _(
    "The creditor did not prove this claim within {days} days. It is stopped: nobody may collect "
    "it any more, and you need do nothing."
)


@verb("claims.prove_claim")
def prove_claim(*, dispute_id: UUID, words: str, actor: Actor, at: datetime) -> Dispute:
    """
    Answer a debtor who contests: what proves the claim. Documents are added to the claim itself.

    :raises NotPermitted: the actor may not manage claims
    :raises NoSuchDispute: unknown, or about another creditor's claim
    :raises DisputeDecided: decided before
    :raises ProofMissing: no words
    :raises ProvenAlready: answered before
    """
    require(actor, Permission.MANAGE_CLAIMS)
    seen = Dispute.objects.filter(pk=dispute_id).values_list("claim_id", flat=True).first()
    if seen is None:
        raise NoSuchDispute
    claim = locked(seen, actor)
    dispute = Dispute.objects.select_for_update().get(pk=dispute_id)
    if dispute.state != DisputeState.OPEN:
        raise DisputeDecided
    if not words.strip():
        raise ProofMissing
    if dispute.proved_at is not None:
        raise ProvenAlready
    dispute.proof = seal(kind=Secret.TEXT, value=words.strip(), person_id=claim.debtor_id, at=at)
    dispute.proved_at = at
    dispute.save(update_fields=["proof", "proved_at"])
    record(
        kind="claims.dispute-answered",
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        dispute=dispute.pk,
    )
    return dispute


def uphold_unproven(*, at: datetime) -> int:
    """
    Stop contested claims whose creditor let its time pass; return how many.

    Each in a transaction of its own, with a text in the debtor's language.
    """
    late = Dispute.objects.filter(
        state=DisputeState.OPEN, proved_at__isnull=True, proof_due_at__lte=at
    )
    rows = late.order_by("proof_due_at", "pk").values_list("pk", "person__language")
    found = list(rows[:CHUNK])
    for dispute_id, language in found:
        with override(language):
            text = str(NOT_PROVEN).format(days=PROOF_DAYS)
        decide_dispute(
            dispute_id=dispute_id,
            outcome=DisputeState.UPHELD,
            text=text,
            correction=None,
            actor=system("claims.unproven"),
            at=at,
        )
    return len(found)
