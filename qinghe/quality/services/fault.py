"""
Whose act a complaint is about: the hand in force when it was done, not the one of today.

Nobody is taken for guilty because they hold the claim when somebody complains.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.market.models import Mandate
from qinghe.quality.models import Complaint
from qinghe.quality.refusals import HandUnknown, NotAHand


def hand_then(claim_id: UUID, happened_at: datetime | None) -> Mandate | None:
    """
    Return the mandate under which something was done to the debtor of a claim.

    At a known moment the last that had begun by then: whoever goes on after the end answers for it.
    At an unknown one the only one there ever was; of several, an officer decides.
    """
    hands = Mandate.objects.filter(claim=claim_id)
    if happened_at is not None:
        return hands.filter(starts_at__lte=happened_at).order_by("-starts_at", "-pk").first()
    found = list(hands[:2])
    return found[0] if len(found) == 1 else None


def suspects(complaint: Complaint) -> list[Mandate]:
    """Return the hands a complaint may be about: the one found, else all that worked the claim."""
    if complaint.mandate:
        return [complaint.mandate]
    if complaint.claim_id is None or complaint.happened_at is not None:
        return []
    return list(Mandate.objects.filter(claim=complaint.claim_id))


def attribute(complaint: Complaint, mandate_id: UUID | None, *, nobodys: bool) -> None:
    """
    Set whose act it was, as the officer decides; without a word of theirs, what the time says.

    :raises NotAHand: a mandate of another claim
    :raises HandUnknown: several worked it, and nobody said whose act it was
    """
    if nobodys:
        complaint.mandate, complaint.collector = None, None
    elif mandate_id is not None:
        found = Mandate.objects.filter(pk=mandate_id, claim=complaint.claim_id).first()
        if found is None:
            raise NotAHand
        complaint.mandate, complaint.collector_id = found, found.collector_id
    elif complaint.mandate is None and suspects(complaint):
        raise HandUnknown
