"""
Object to a lowering, answer, and decide: two officers may find that money went past the platform.

Then commission is due as on money that the creditor told of itself: it waits until that creditor
covers it (`covering`). Nothing of it reaches the debtor: what was waived stays waived.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from qinghe.claims.services import check_words
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.money import to_major
from qinghe.kernel.shown import check_shown
from qinghe.parties.days import legal_day
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import seal
from qinghe.parties.terms import Secret
from qinghe.settlement.models import Lowering
from qinghe.settlement.queries.lowerings import lowering_for
from qinghe.settlement.refusals import (
    AboveLowering,
    AnotherDecides,
    LoweringMoved,
    LoweringTooLate,
    LoweringUnheard,
    LoweringWords,
    NoSuchLowering,
)
from qinghe.settlement.services.lowering import note
from qinghe.settlement.services.withheld import book_withheld
from qinghe.settlement.terms import LOWERING_ANSWER_DAYS, LoweringState


@verb("settlement.object-to-lowering")
def object_to_lowering(*, lowering_id: UUID, text: str, actor: Actor, at: datetime) -> Lowering:
    """
    Say as its collector that a lowering hides money received; the creditor is asked then.

    :raises NotPermitted: the actor does not speak for an organisation
    :raises NoSuchLowering: unknown, or another collector's
    :raises LoweringMoved: objected to before, or decided
    :raises LoweringTooLate: the time is over
    :raises LoweringWords: no words
    """
    require(actor, Permission.DECLARE_PARTY)
    found = _lock(lowering_id, collector_id=actor.org_id)
    if found.state != LoweringState.TOLD:
        raise LoweringMoved
    if at >= found.object_until:
        raise LoweringTooLate(until=legal_day(found.object_until).isoformat())
    if not text.strip():
        raise LoweringWords
    found.objection = seal(kind=Secret.TEXT, value=text.strip(), person_id=None, at=at)
    found.objected_at, found.state = at, LoweringState.OBJECTED
    found.answer_until = at + timedelta(days=LOWERING_ANSWER_DAYS)
    found.save()
    note("objected", found, actor, at)
    return found


@verb("settlement.answer-objection")
def answer_objection(*, lowering_id: UUID, text: str, actor: Actor, at: datetime) -> Lowering:
    """
    Say as its creditor why a claim was lowered, once; also after the day, until it is decided.

    :raises NotPermitted: the actor does not speak for an organisation
    :raises NoSuchLowering: unknown, or another creditor's
    :raises LoweringMoved: nobody objected, answered before, or decided
    :raises LoweringWords: no words
    """
    require(actor, Permission.DECLARE_PARTY)
    found = _lock(lowering_id, creditor_id=actor.org_id)
    if found.state not in (LoweringState.OBJECTED, LoweringState.ASKED) or found.answered_at:
        raise LoweringMoved
    if not text.strip():
        raise LoweringWords
    found.answer = seal(kind=Secret.TEXT, value=text.strip(), person_id=None, at=at)
    found.answered_at = at
    found.save()
    note("answered", found, actor, at)
    return found


@verb("settlement.judge-lowering")
def judge_lowering(
    *, lowering_id: UUID, due: int, reason: str, actor: Actor, at: datetime
) -> Lowering:
    """
    Dismiss an objection (`due` 0), which is done at once, or ask a second officer to uphold it.

    `due` in minor units is the part of the lowering that the creditor received after all.

    :raises NotPermitted: the actor does not suspend
    :raises NoSuchLowering: unknown
    :raises LoweringMoved: nobody objected, or a decision waits or was taken
    :raises LoweringUnheard: the creditor has neither answered nor let its time pass
    :raises LoweringWords: no reason
    :raises WordsRefused: the words threaten, insult or mislead
    :raises AboveLowering: less than nothing, or more than the claim was lowered by
    """
    require(actor, Permission.SUSPEND)
    found = _lock(lowering_id)
    if found.state != LoweringState.OBJECTED:
        raise LoweringMoved
    if found.answered_at is None and (found.answer_until is None or at < found.answer_until):
        raise LoweringUnheard
    if not reason.strip():
        raise LoweringWords
    check_words(reason)
    if not 0 <= due <= found.amount:
        most = f"{to_major(found.amount, found.currency):,}"
        raise AboveLowering(most=most, currency=found.currency)
    found.due, found.reason, found.asked_by = due, reason.strip(), actor.label
    found.state = LoweringState.ASKED if due else LoweringState.DISMISSED
    if not due:
        found.decided_by, found.decided_at = actor.label, at
    found.save()
    note("asked" if due else "dismissed", found, actor, at, due=due)
    return found


@verb("settlement.decide-lowering")
def decide_lowering(
    *, lowering_id: UUID, agreed: bool, actor: Actor, at: datetime, seen: str | None = None
) -> Lowering:
    """
    Decide as the second officer. Agreed: commission on `due` is owed by the creditor.

    Not agreed: the case waits for another proposal.

    :param seen: the mark of the proposal that was shown, `LoweringRow.shown`
    :raises NotPermitted: the actor does not suspend
    :raises NoSuchLowering: unknown
    :raises LoweringMoved: no proposal waits
    :raises ChangedMeanwhile: another proposal waits than was shown, or a side has spoken
    :raises AnotherDecides: the one who asked, or not independent of them
    """
    require(actor, Permission.SUSPEND)
    found = _lock(lowering_id)
    if found.state != LoweringState.ASKED:
        raise LoweringMoved
    if seen is not None:
        check_shown(seen, lowering_for(lowering_id=lowering_id, actor=actor).shown)
    if not independent(actor.label, found.asked_by):
        raise AnotherDecides
    if agreed:
        found.payment = book_withheld(found, at)
        found.state, found.decided_by, found.decided_at = LoweringState.UPHELD, actor.label, at
    else:
        found.state, found.asked_by, found.due = LoweringState.OBJECTED, "", 0
    found.save()
    note("upheld" if agreed else "dropped", found, actor, at, due=found.due)
    return found


def _lock(lowering_id: UUID, **whose: UUID | None) -> Lowering:
    rows = Lowering.objects.filter(pk=lowering_id, **whose)
    found = rows.select_for_update(of=("self",)).first()
    if found is None:
        raise NoSuchLowering
    return found
