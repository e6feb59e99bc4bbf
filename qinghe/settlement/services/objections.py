"""An organisation objects to a line of its statement; the operator answers with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.ledger.models import Transfer
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import Objection
from qinghe.settlement.objection_refusals import (
    AnsweredByParty,
    NoSuchLine,
    NoSuchObjection,
    ObjectedBefore,
    ObjectionAnswered,
    ObjectionWords,
)
from qinghe.settlement.objection_terms import LONGEST, Ground, ObjectionState
from qinghe.settlement.queries.apart import apart
from qinghe.settlement.queries.objections import concerns


@verb("settlement.object-to-line")
def object_to_line(
    *, transfer_id: UUID, ground: str, words: str, actor: Actor, at: datetime
) -> Objection:
    """
    Say that a booking on the own statement is wrong.

    :raises NotPermitted: the role sees no statements
    :raises ObjectionWords: no reason
    :raises NoSuchLine: unknown, or on no account of the actor's organisation
    :raises ObjectedBefore: there is an objection to it
    """
    require(actor, Permission.SEE_STATEMENTS)
    if not (said := words.strip()[:LONGEST]):
        raise ObjectionWords
    known = Transfer.objects.filter(pk=transfer_id).select_related("debit", "credit")
    line = known.first()
    if line is None or actor.org_id is None or not concerns(line, actor.org_id):
        raise NoSuchLine
    try:
        with transaction.atomic():
            objection = Objection.objects.create(
                organisation_id=actor.org_id,
                transfer=line,
                ground=Ground(ground),
                words=said,
                asked_by=actor.label,
                asked_at=at,
            )
    except IntegrityError:
        raise ObjectedBefore from None
    _note("made", objection, actor, at, ground=ground, words=said)
    return objection


@verb("settlement.answer-line")
def answer_line(
    *, objection_id: UUID, right: bool, answer: str, actor: Actor, at: datetime
) -> Objection:
    """
    Answer an objection: right, and corrected by a booking of its own; or why the booking stands.

    :raises NotPermitted: the role does not manage payments
    :raises ObjectionWords: no reason
    :raises NoSuchObjection: unknown
    :raises ObjectionAnswered: answered before
    :raises AnsweredByParty: the same person objected, or one of the two made the other
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    if not (said := answer.strip()[:LONGEST]):
        raise ObjectionWords
    objection = Objection.objects.select_for_update().filter(pk=objection_id).first()
    if objection is None:
        raise NoSuchObjection
    if objection.state != ObjectionState.OPEN:
        raise ObjectionAnswered
    if not apart(objection.asked_by, actor):
        raise AnsweredByParty
    objection.state = ObjectionState.UPHELD if right else ObjectionState.DISMISSED
    objection.answer, objection.answered_by, objection.answered_at = said, actor.label, at
    objection.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    _note("answered", objection, actor, at, right=right, answer=said)
    return objection


def _note(what: str, objection: Objection, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=f"objection.{what}",
        subject=f"organisation:{objection.organisation_id}",
        actor=actor,
        at=at,
        objection=objection.pk,
        transfer=objection.transfer_id,
        about=facts,
    )
