"""Object to a decision: a third officer looks again, and what was taken is given back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.claims.services import check_words
from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.market.services import grant_first_rights
from qinghe.market.services.stops import lift_stop
from qinghe.parties.days import legal_day
from qinghe.parties.models import Organisation
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, may, require
from qinghe.parties.services import seal, verify_organisation
from qinghe.parties.terms import OrgState, Secret
from qinghe.quality.integrity_refusals import (
    AnotherOfficer,
    NoSuchRuling,
    NothingToAppeal,
    TooLate,
    WordsMissing,
)
from qinghe.quality.integrity_terms import Outcome, RulingState
from qinghe.quality.models import Invention, Ruling
from qinghe.quality.services.integrity.hearing import note
from qinghe.quality.services.integrity.ruling import MACHINE, cause_of, lock_ruling
from qinghe.quality.terms import InventionState

HARD = (Outcome.SUSPENDED, Outcome.PROVEN)


@verb("quality.object")
def object_to(*, ruling_id: UUID, text: str, actor: Actor, at: datetime) -> Ruling:
    """
    Object to a sanction, once and in time; nothing is called from a deposit meanwhile.

    A suspended organisation cannot sign in: an officer records its letter for it.

    :raises NotPermitted: neither an organisation nor an officer
    :raises NoSuchRuling: unknown, or another organisation's
    :raises NothingToAppeal: none in force, or objected to before
    :raises TooLate: the time is over
    :raises WordsMissing: no words
    """
    if not may(actor, Permission.SUSPEND):
        require(actor, Permission.DECLARE_PARTY)
        if not Ruling.objects.filter(pk=ruling_id, organisation=actor.org_id).exists():
            raise NoSuchRuling
    found = lock_ruling(ruling_id)
    until = found.objection_until
    if found.state != RulingState.STANDING or found.appealed_at or until is None:
        raise NothingToAppeal
    if at >= until:
        raise TooLate(until=legal_day(until).isoformat())
    if not text.strip():
        raise WordsMissing
    found.appeal = seal(kind=Secret.TEXT, value=text.strip(), person_id=None, at=at)
    found.appealed_at = at
    found.save(update_fields=["appeal", "appealed_at"])
    note("objected", found.flag, actor, at, ruling=found.pk)
    return found


@verb("quality.decide_objection")
def decide_objection(
    *, ruling_id: UUID, accepted: bool, answer: str, actor: Actor, at: datetime
) -> Ruling:
    """
    Decide an objection as a third officer. Accepted: the sanction is set aside and undone.

    :raises NotPermitted: the actor does not suspend
    :raises NoSuchRuling: unknown
    :raises NothingToAppeal: no objection waits
    :raises AnotherOfficer: one of the two who decided, or not independent of them
    :raises WordsMissing: no answer
    :raises WordsRefused: the words threaten, insult or mislead
    """
    require(actor, Permission.SUSPEND)
    found = lock_ruling(ruling_id)
    if found.appealed_at is None or found.appeal_decided_at is not None:
        raise NothingToAppeal
    first = (found.asked_by, found.decided_by)
    if not all(independent(actor.label, each) for each in first):
        raise AnotherOfficer
    if not answer.strip():
        raise WordsMissing
    check_words(answer)
    found.appeal_decided_by, found.appeal_decided_at = actor.label, at
    found.appeal_answer = answer.strip()
    if accepted:
        found.state = RulingState.OVERTURNED
        _undo(found, at)
    found.save()
    note("set-aside" if accepted else "upheld", found.flag, actor, at, ruling=found.pk)
    return found


def _undo(found: Ruling, at: datetime) -> None:
    lift_stop(cause=cause_of(found), actor=MACHINE, at=at)
    if not found.suspended or _stopped_otherwise(found):
        return
    org = Organisation.objects.select_for_update(no_key=True).get(pk=found.organisation_id)
    if org.state == OrgState.SUSPENDED:
        verify_organisation(org_id=org.pk, actor=MACHINE, at=at)
    since = found.decided_at or at
    grant_first_rights(collector_id=org.pk, since=since, actor=MACHINE, at=at)


def _stopped_otherwise(found: Ruling) -> bool:
    """Tell whether another decision keeps the organisation suspended."""
    others = Ruling.objects.filter(
        organisation=found.organisation_id, state=RulingState.STANDING, outcome__in=HARD
    )
    invented = Invention.objects.filter(creditor=found.organisation_id, state=InventionState.PROVEN)
    return others.exclude(pk=found.pk).exists() or invented.exists()
