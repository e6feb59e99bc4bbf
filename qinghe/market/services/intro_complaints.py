"""Complaints after an introduction: a side complains by a kind, an officer decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.information_refusals import BadEntry, ComplaintWaits, NoSuchIntroduction
from qinghe.market.models import IntroductionComplaint
from qinghe.market.quoting import IntroComplaintKind, IntroComplaintState
from qinghe.market.services.introducing import own_introduction
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.secrets import seal
from qinghe.parties.terms import Secret


@verb("market.complain-introduction")
def complain_of_introduction(
    *, introduction_id: UUID, kind: str, actor: Actor, at: datetime, words: str = ""
) -> IntroductionComplaint:
    """
    Complain of the other side of an introduction; the words are sealed, officers open them.

    :raises NoSuchIntroduction: unknown, or of others
    :raises NotIntroduced: both sides have not agreed
    :raises BadEntry: no such kind
    :raises ComplaintWaits: the same was told before and is not decided
    """
    found = own_introduction(introduction_id, actor)
    if kind not in IntroComplaintKind.values:
        raise BadEntry(field="kind")
    assert actor.org_id is not None
    sides = {found.creditor_id, found.collector_id} - {actor.org_id}
    item = seal(kind=Secret.TEXT, value=words, person_id=None, at=at) if words.strip() else None
    try:
        with transaction.atomic():
            made = IntroductionComplaint.objects.create(
                introduction=found,
                by_id=actor.org_id,
                against_id=sides.pop(),
                kind=kind,
                words=item,
                opened_at=at,
            )
    except IntegrityError:
        raise ComplaintWaits from None
    _note("complained", made, actor, at, complaint_kind=kind)
    return made


@verb("market.decide-introduction-complaint")
def decide_introduction_complaint(
    *, complaint_id: UUID, upheld: bool, reason: str, actor: Actor, at: datetime
) -> IntroductionComplaint:
    """
    Decide a complaint, with a reason that both sides read.

    :raises NotPermitted: only who decides complaints
    :raises NoSuchIntroduction: unknown, or decided before
    :raises BadEntry: no reason was given
    """
    require(actor, Permission.DECIDE_COMPLAINTS)
    waiting = IntroductionComplaint.objects.select_for_update().filter(
        state=IntroComplaintState.OPEN
    )
    found = waiting.filter(pk=complaint_id).first()
    if found is None:
        raise NoSuchIntroduction
    if not reason.strip():
        raise BadEntry(field="reason")
    found.state = IntroComplaintState.UPHELD if upheld else IntroComplaintState.DISMISSED
    found.decided_by, found.decided_at, found.reason = actor.user_id, at, reason.strip()
    found.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    _note("complaint-decided", found, actor, at, upheld=upheld)
    return found


def _note(what: str, made: IntroductionComplaint, actor: Actor, at: datetime, **facts: Any) -> None:
    record(
        kind=f"market.introduction-{what}",
        subject=f"introduction:{made.introduction_id}",
        actor=actor,
        at=at,
        complaint=made.pk,
        **facts,
    )
