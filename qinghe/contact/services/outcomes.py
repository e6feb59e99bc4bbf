"""What came of a call, as the person who made it says."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.contact.models import Attempt
from qinghe.contact.queries.attempts import visible_attempt
from qinghe.contact.refusals import NotACall, NotSentYet, OutcomeKnown
from qinghe.contact.services.gate import lock
from qinghe.contact.terms import AttemptState, Outcome
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import mark_contact_point
from qinghe.parties.terms import Channel, PointState

SPOKEN = (Channel.VOICE, Channel.VISIT)


@verb("contact.record-outcome")
def record_outcome(*, attempt_id: UUID, outcome: str, actor: Actor, at: datetime) -> Attempt:
    """
    Record what came of a call or a visit, once. Until then it counts as a talk.

    A number out of service is not used again.

    :raises NotPermitted: the role does not contact debtors
    :raises NoSuchAttempt: unknown, or another collector's
    :raises NotACall: messages report for themselves
    :raises NotSentYet: it has not been made
    :raises OutcomeKnown: it is recorded already
    """
    require(actor, Permission.CONTACT_DEBTORS)
    seen = visible_attempt(attempt_id=attempt_id, actor=actor)
    lock(seen.person_id)
    attempt = Attempt.objects.get(pk=seen.pk)
    _check(attempt)
    attempt.outcome, attempt.outcome_at = Outcome(outcome), at
    attempt.save(update_fields=["outcome", "outcome_at"])
    if outcome == Outcome.NOT_IN_SERVICE and attempt.point_id is not None:
        mark_contact_point(point_id=attempt.point_id, state=PointState.INVALID, actor=actor, at=at)
    record(
        kind="contact.outcome",
        subject=f"claim:{attempt.claim_id}",
        actor=actor,
        at=at,
        person_id=attempt.person_id,
        attempt=attempt.pk,
        channel=attempt.channel,
        outcome=attempt.outcome,
    )
    return attempt


def _check(attempt: Attempt) -> None:
    if attempt.channel not in SPOKEN:
        raise NotACall
    if attempt.outcome is not None:
        raise OutcomeKnown
    if attempt.state != AttemptState.DONE:
        raise NotSentYet
