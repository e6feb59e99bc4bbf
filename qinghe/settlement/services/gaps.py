"""Note that a gap between statements was seen, with words; taken back, it waits again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.redaction import redact
from qinghe.parties.roles import Permission, require
from qinghe.settlement.bank.refusals import GapWhy, NoSuchGap
from qinghe.settlement.models import GapNote
from qinghe.settlement.queries.gaps import gaps
from qinghe.settlement.services.suspended import one_at_a_time

LONGEST = 200


@verb("settlement.note-gap")
def note_gap(*, statement_id: UUID, note: str, actor: Actor, at: datetime) -> GapNote:
    """
    Note what a person found out about the gap before a statement; nothing moves.

    :raises NotPermitted: the actor does not manage payments
    :raises GapWhy: no words
    :raises NoSuchGap: no gap waits before this statement
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    if not (words := redact(note.strip())[:LONGEST]):
        raise GapWhy
    one_at_a_time()
    gap = next((each for each in gaps(actor=actor) if each.statement_id == statement_id), None)
    if gap is None:
        raise NoSuchGap
    told = {"statement_id": statement_id, "after": gap.after, "missing": gap.missing}
    found = GapNote.objects.create(**told, note=words, noted_by=actor.label, noted_at=at)
    _record("noted", found, actor, at)
    return found


@verb("settlement.withdraw-gap-note")
def withdraw_gap_note(*, note_id: UUID, actor: Actor, at: datetime) -> GapNote:
    """
    Take back what was noted of a gap; it is shown as missing again. The words stay on record.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchGap: unknown, or taken back before
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    rows = GapNote.objects.filter(pk=note_id, withdrawn_at=None)
    found = rows.select_for_update().first()
    if found is None:
        raise NoSuchGap
    found.withdrawn_by, found.withdrawn_at = actor.label, at
    found.save(update_fields=["withdrawn_by", "withdrawn_at"])
    _record("unnoted", found, actor, at)
    return found


def _record(what: str, note: GapNote, actor: Actor, at: datetime) -> None:
    record(
        kind=f"statement.gap-{what}",
        subject=f"statement:{note.statement_id}",
        actor=actor,
        at=at,
        after=note.after.isoformat(),
        missing=note.missing,
        note=note.note,
    )
