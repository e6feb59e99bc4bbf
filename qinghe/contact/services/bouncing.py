"""E-mail that came back after it was handed over: it told nobody."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.claims.services import notice_came_back
from qinghe.contact.gateways.returned import read
from qinghe.contact.models import Attempt
from qinghe.contact.refusals import NoSuchAttempt, NotOurReturn
from qinghe.contact.services.gate import lock
from qinghe.contact.terms import FIRST_NOTICE, AttemptState
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import mark_contact_point
from qinghe.parties.terms import Channel, PointState


def read_return(*, content: bytes, actor: Actor, at: datetime) -> Attempt:
    """
    Take a report of a mail server (RFC 3464) that one of our messages came back for good.

    :raises NotOurReturn: no such report, not of a message of ours, or it may still arrive
    :raises NotPermitted: the actor does not send the platform's letters
    """
    found = read(content)
    if found is None or not Attempt.objects.filter(pk=found.attempt_id).exists():
        raise NotOurReturn
    return came_back(attempt_id=found.attempt_id, status=found.status, actor=actor, at=at)


@verb("contact.came-back")
def came_back(*, attempt_id: UUID, status: str, actor: Actor, at: datetime) -> Attempt:
    """
    Note that an e-mail came back for good; told twice it counts once. Its place stays spent.

    The address is used no more, so the next notice goes by letter. A window that counts from this
    message is void.

    :raises NotPermitted: the actor does not send the platform's letters
    :raises NoSuchAttempt: unknown, no e-mail, or never sent
    """
    require(actor, Permission.PRINT_LETTERS)
    sent = Attempt.objects.filter(pk=attempt_id, channel=Channel.EMAIL, state=AttemptState.DONE)
    seen = sent.first()
    if seen is None:
        raise NoSuchAttempt
    lock(seen.person_id)
    attempt = Attempt.objects.get(pk=seen.pk)
    if attempt.bounced_at is not None:
        return attempt
    attempt.bounced_at, attempt.bounced_with = at, status
    attempt.save(update_fields=["bounced_at", "bounced_with"])
    if attempt.point_id is not None:
        mark_contact_point(point_id=attempt.point_id, state=PointState.INVALID, actor=actor, at=at)
    record(
        kind="contact.came-back",
        subject=f"claim:{attempt.claim_id}",
        actor=actor,
        at=at,
        person_id=attempt.person_id,
        attempt=attempt.pk,
        status=status,
    )
    if attempt.template.startswith(f"{FIRST_NOTICE}@") and attempt.outcome_at is not None:
        notice_came_back(
            claim_id=attempt.claim_id,
            left_at=attempt.outcome_at,
            cause=f"bounced:{attempt.pk}",
            actor=actor,
            at=at,
        )
    return attempt
