"""
Whose act a complaint is about: the hand in force when it was done, not the one of today.

Nobody is taken for guilty because they hold the claim when somebody complains.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from qinghe.contact.models import Attempt
from qinghe.contact.terms import SILENT
from qinghe.market.models import Mandate
from qinghe.quality.models import Complaint
from qinghe.quality.refusals import HandUnknown, NotAHand

# Who complains without a day mostly complains of what just happened.
JUST_NOW: Final = timedelta(days=3)


def hand_then(claim_id: UUID, happened_at: datetime | None, told_at: datetime) -> Mandate | None:
    """
    Return the mandate under which something was done to the debtor of a claim.

    At a known moment the last that had begun by then: whoever goes on after the end answers for it.
    At an unknown one the only one there ever was; of several, the only one that reached the debtor
    in the days before it was told, by the records of the gate. Else an officer decides, who may
    also say otherwise.
    """
    hands = Mandate.objects.filter(claim=claim_id)
    if happened_at is not None:
        return hands.filter(starts_at__lte=happened_at).order_by("-starts_at", "-pk").first()
    return _only(list(hands[:2])) or _only(_reached(claim_id, told_at))


def _reached(claim_id: UUID, told_at: datetime) -> list[Mandate]:
    """Return two at most of the hands that reached out to the debtor of a claim just before."""
    tries = Attempt.objects.filter(
        claim=claim_id, mandate__isnull=False, at__gt=told_at - JUST_NOW, at__lte=told_at
    ).exclude(state__in=SILENT)
    return list(Mandate.objects.filter(claim=claim_id, pk__in=tries.values("mandate"))[:2])


def _only(hands: list[Mandate]) -> Mandate | None:
    return hands[0] if len(hands) == 1 else None


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
