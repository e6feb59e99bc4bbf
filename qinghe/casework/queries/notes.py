"""The notes of collection records: who wrote them reads them again, and who hears complaints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.casework.models import Record
from qinghe.kernel.actor import Actor, Role
from qinghe.market.queries import case_for

LATEST = 50


@dataclass(frozen=True)
class NoteRow:
    """One record with a note; `note_id` opens it in the vault, for a purpose."""

    at: datetime
    action: str
    result: str
    collector_name: str
    note_id: UUID


def notes(*, claim_id: UUID, actor: Actor, at: datetime) -> list[NoteRow]:
    """
    Return the newest records of a claim that carry a note; a collector gets its own.

    :raises NoMandate: a collector without a live mandate
    :raises NoSuchClaim: unknown, or not for this actor's eyes
    """
    case_for(claim_id=claim_id, actor=actor, at=at)
    rows = Record.objects.filter(claim=claim_id, note__isnull=False)
    if actor.role == Role.COLLECTOR:
        rows = rows.filter(mandate__collector=actor.org_id)
    fields = ("at", "action", "result", "mandate__collector__name", "note_id")
    return [NoteRow(*row) for row in rows.order_by("-at", "-id").values_list(*fields)[:LATEST]]
