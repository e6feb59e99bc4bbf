"""Collection records (催记): what was done and what came of it, in codes."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

from qinghe.casework.models import CallBack, Record
from qinghe.casework.refusals import ForeignAttempt, NumberInNote
from qinghe.casework.terms import Action, Result
from qinghe.contact.models import Attempt
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.market.queries import working_mandate
from qinghe.parties.models import VaultItem
from qinghe.parties.roles import Permission, require
from qinghe.parties.services import seal
from qinghe.parties.terms import Secret
from qinghe.rules.screen.terms import Utterance
from qinghe.rules.screen.verdict import screen

# Phones, identity and account numbers, also in groups; a day written as 20261125 is none.
LONG_NUMBER = re.compile(r"(?<!\d)(?!20\d{6}(?!\d))\d{8,}|\d{3}[ -]\d{4}[ -]\d{4}")
SPOKEN = (Action.CALL, Action.INBOUND)
# A call a little before the agreed time keeps the agreement.
EARLY = timedelta(hours=1)


@verb("casework.add-record")
def add_record(
    *,
    claim_id: UUID,
    action: str,
    result: str,
    actor: Actor,
    at: datetime,
    note: str = "",
    attempt_id: UUID | None = None,
) -> Record:
    """
    Write down one piece of work. The note is sealed: it is about a person.

    A note that holds unlawful words is kept as it is, for it is evidence; compliance is told.

    :raises NotPermitted: the role does not work cases
    :raises NoMandate: no live mandate on the claim
    :raises MandateSuspended: it may be read but not worked
    :raises ForeignAttempt: the contact belongs to another claim or collector
    :raises NumberInNote: it would carry a phone, identity or account number past the vault
    """
    require(actor, Permission.WORK_CASES)
    if LONG_NUMBER.search(note):
        raise NumberInNote
    mandate = working_mandate(claim_id=claim_id, actor=actor, at=at)
    if attempt_id is not None and not _ours(attempt_id, claim_id, mandate.collector_id):
        raise ForeignAttempt
    person_id = mandate.claim.debtor_id
    made = Record.objects.create(
        claim_id=claim_id,
        mandate=mandate,
        attempt_id=attempt_id,
        action=Action(action),
        result=Result(result),
        note=_sealed(note, person_id, at),
        by_user=actor.user_id,
        at=at,
    )
    _keep_call_back(made)
    _tell_compliance(made, note, actor)
    record(
        kind="casework.recorded",
        subject=f"claim:{claim_id}",
        actor=actor,
        at=at,
        person_id=person_id,
        record=made.pk,
        action=made.action,
        result=made.result,
    )
    return made


def _tell_compliance(made: Record, note: str, actor: Actor) -> None:
    """Put unlawful words in a note on record: which rules and acts, never the words."""
    said = screen(Utterance(note, role="debtor", channel="voice", identity_verified=True))
    if said.denied:
        record(
            kind="casework.note-marked",
            subject=f"claim:{made.claim_id}",
            actor=actor,
            at=made.at,
            person_id=made.mandate.claim.debtor_id,
            rules=said.rules,
            record=made.pk,
            acts=sorted({found.act for found in said.findings}),
        )


def _ours(attempt_id: UUID, claim_id: UUID, collector_id: UUID) -> bool:
    attempts = Attempt.objects.filter(pk=attempt_id, claim=claim_id, collector=collector_id)
    return attempts.exists()


def _sealed(note: str, person_id: UUID, at: datetime) -> VaultItem | None:
    if not note.strip():
        return None
    return seal(kind=Secret.TEXT, value=note, person_id=person_id, at=at)


def _keep_call_back(made: Record) -> None:
    if made.action not in SPOKEN:
        return
    due = CallBack.objects.filter(claim=made.claim_id, done_at__isnull=True)
    due.filter(planned_at__lte=made.at + EARLY).update(done_at=made.at)
