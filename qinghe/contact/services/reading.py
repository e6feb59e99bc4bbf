"""Open the sealed copy of what was sent; every look is on record."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from qinghe.contact.models import Delivery
from qinghe.contact.queries.attempts import visible_attempt
from qinghe.contact.refusals import NothingKept
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor, Role
from qinghe.parties.services import open_file, reveal
from qinghe.parties.terms import Purpose

PURPOSES: Final = {Role.DEBTOR: Purpose.DATA_COPY, Role.COMPLIANCE: Purpose.COMPLAINT}


def read_text(*, attempt_id: UUID, actor: Actor, at: datetime) -> str:
    """
    Return what was sent to a person: to that person, or to compliance for a complaint.

    :raises NoSuchAttempt: unknown, or not for this actor's eyes
    :raises NothingKept: nothing was sent
    :raises MayNotReveal: the role has no reason to read it
    """
    kept = _kept(attempt_id, actor)
    purpose = PURPOSES.get(actor.role, Purpose.DELIVER)
    return reveal(item_id=kept.content_id, purpose=purpose, actor=actor, at=at)


@verb("contact.read-letter")
def _read_letter(*, attempt_id: UUID, actor: Actor, at: datetime) -> bytes:
    kept = _kept(attempt_id, actor)
    if not kept.file_sha256 or actor.role not in PURPOSES:
        raise NothingKept
    return open_file(sha256=kept.file_sha256, purpose=PURPOSES[actor.role], actor=actor, at=at)


def read_letter(*, attempt_id: UUID, actor: Actor, at: datetime) -> bytes:
    """
    Return a letter as it was typeset: to the person it went to, or to compliance for a complaint.

    :raises NoSuchAttempt: unknown, or not for this actor's eyes
    :raises NothingKept: no letter was made, or not for this role
    """
    return _read_letter(attempt_id=attempt_id, actor=actor.with_key(None), at=at)


def _kept(attempt_id: UUID, actor: Actor) -> Delivery:
    attempt = visible_attempt(attempt_id=attempt_id, actor=actor)
    kept = Delivery.objects.filter(attempt=attempt).first()
    if kept is None:
        raise NothingKept
    return kept
