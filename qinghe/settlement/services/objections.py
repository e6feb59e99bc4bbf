"""
An organisation objects to a line of its statement; the operator answers with a reason.

Two persons find an objection right. Then it stays due until one of them names the booking that
corrects it, and another agrees.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.shown import check_shown
from qinghe.ledger.models import Transfer
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import Objection
from qinghe.settlement.objection_refusals import (
    AnsweredByParty,
    CorrectedBySamePerson,
    NoCorrection,
    NoSuchLine,
    NoSuchObjection,
    ObjectedBefore,
    ObjectionAnswered,
    ObjectionWords,
    UpheldBySamePerson,
)
from qinghe.settlement.objection_terms import LONGEST, Ground, ObjectionState
from qinghe.settlement.queries.apart import apart
from qinghe.settlement.queries.objections import (
    answer_mark,
    claims_of,
    concerns,
    may_correct,
    standing,
)


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
    Answer an objection: why the booking stands, which ends it; or that the objection is right,
    to which a second person must agree.

    :raises NotPermitted: the role does not manage payments
    :raises ObjectionWords: no reason
    :raises NoSuchObjection: unknown
    :raises ObjectionAnswered: answered before
    :raises AnsweredByParty: the same person objected, or one of the two made the other
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    if not (said := answer.strip()[:LONGEST]):
        raise ObjectionWords
    objection = _locked(objection_id, ObjectionState.OPEN)
    if not apart(objection.asked_by, actor):
        raise AnsweredByParty
    objection.state = ObjectionState.UPHOLDING if right else ObjectionState.DISMISSED
    objection.answer, objection.answered_by, objection.answered_at = said, actor.label, at
    objection.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    _note("answered", objection, actor, at, right=right, answer=said)
    return objection


@verb("settlement.agree-objection")
def agree_objection(
    *, objection_id: UUID, agreed: bool, actor: Actor, at: datetime, seen: str | None = None
) -> Objection:
    """
    Agree that an objection is right: its correction is due from now on. Or send it back, to be
    answered anew.

    :param seen: the mark of the answer that was shown, `ObjectionRow.shown`
    :raises NotPermitted: the role does not manage payments
    :raises NoSuchObjection: unknown
    :raises ObjectionAnswered: nobody found it right, or it was agreed to before
    :raises ChangedMeanwhile: it was answered otherwise than was shown
    :raises AnsweredByParty: the same person objected, or one of the two made the other
    :raises UpheldBySamePerson: found right by this very person, or one of the two made the other
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    objection = _locked(objection_id, ObjectionState.UPHOLDING)
    if not apart(objection.asked_by, actor):
        raise AnsweredByParty
    if not apart(objection.answered_by, actor):
        raise UpheldBySamePerson
    check_shown(seen, answer_mark(objection.answer, objection.answered_at))
    if agreed:
        objection.state = ObjectionState.UPHELD
        objection.agreed_by, objection.agreed_at = actor.label, at
    else:
        objection.state = ObjectionState.OPEN
        objection.answer, objection.answered_by, objection.answered_at = "", "", None
    objection.save()
    _note("agreed" if agreed else "sent-back", objection, actor, at)
    return objection


@verb("settlement.correct-objection")
def correct_objection(
    *, objection_id: UUID, transfer_id: UUID, actor: Actor, at: datetime
) -> Objection:
    """
    Name the booking that corrects what an upheld objection was about: a second person must agree.
    Nothing is booked by it, and the organisation is told nothing yet.

    :raises NotPermitted: the role does not manage payments
    :raises NoSuchObjection: unknown
    :raises ObjectionAnswered: no correction is due, or one was named
    :raises AnsweredByParty: the same person objected, or one of the two made the other
    :raises NoCorrection: older than the objection, of another matter, on no account of the
        organisation, or undone since
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    objection = _locked(objection_id, ObjectionState.UPHELD)
    if not apart(objection.asked_by, actor):
        raise AnsweredByParty
    booked = _correction(objection, transfer_id)
    objection.state, objection.correction = ObjectionState.NAMED, booked
    objection.named_by = actor.label
    objection.save(update_fields=["state", "correction", "named_by"])
    _note("correction-named", objection, actor, at, correction=str(booked.pk))
    return objection


@verb("settlement.agree-correction")
def agree_correction(*, objection_id: UUID, agreed: bool, actor: Actor, at: datetime) -> Objection:
    """
    Agree that the booking somebody named corrects what was objected to, which ends the matter. Or
    send it back, for another to be named.

    :raises NotPermitted: the role does not manage payments
    :raises NoSuchObjection: unknown
    :raises ObjectionAnswered: nobody named a booking, or it was agreed to before
    :raises AnsweredByParty: the same person objected, or one of the two made the other
    :raises CorrectedBySamePerson: named by this very person, or one of the two made the other
    :raises NoCorrection: the booking was undone meanwhile
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    objection = _locked(objection_id, ObjectionState.NAMED)
    if not apart(objection.asked_by, actor):
        raise AnsweredByParty
    if not apart(objection.named_by, actor):
        raise CorrectedBySamePerson
    told = {"correction": str(objection.correction_id)}
    if agreed and objection.correction_id:
        _correction(objection, objection.correction_id)
        objection.state, objection.confirmed_by = ObjectionState.CORRECTED, actor.label
    else:
        objection.state, objection.correction, objection.named_by = ObjectionState.UPHELD, None, ""
    objection.save(update_fields=["state", "correction", "named_by", "confirmed_by"])
    _note("corrected" if agreed else "correction-sent-back", objection, actor, at, **told)
    return objection


def _correction(objection: Objection, transfer_id: UUID) -> Transfer:
    line = objection.transfer
    known = Transfer.objects.filter(pk=transfer_id, at__gte=objection.asked_at)
    booked = standing(known).select_related("debit", "credit").first()
    if booked is None or not concerns(booked, objection.organisation_id):
        raise NoCorrection
    if not may_correct(line, booked, claims_of([line, booked])):
        raise NoCorrection
    return booked


def _locked(objection_id: UUID, state: ObjectionState) -> Objection:
    objection = Objection.objects.select_for_update().filter(pk=objection_id).first()
    if objection is None:
        raise NoSuchObjection
    if objection.state != state:
        raise ObjectionAnswered
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
