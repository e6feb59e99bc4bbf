"""Notes in which screening heard unlawful words: for those who watch over the work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.casework.models import Record
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor
from qinghe.parties.roles import Permission, may

KIND = "casework.note-marked"
LATEST = 50


@dataclass(frozen=True)
class MarkedNote:
    """One note: when, on which claim, by whose collector, and what was heard. Never the words."""

    at: datetime
    claim_id: UUID
    claim_number: str
    collector_name: str
    acts: tuple[str, ...]
    rules: tuple[str, ...]


def marked_notes(*, actor: Actor, limit: int = LATEST) -> list[MarkedNote]:
    """Return the latest marked notes, newest first; none for those who hear no complaints."""
    if not may(actor, Permission.DECIDE_COMPLAINTS):
        return []
    entries = Entry.objects.filter(kind=KIND).order_by("-at", "-id").values_list("facts", "rules")
    heard = {UUID(facts["record"]): (facts["acts"], rules) for facts, rules in entries[:limit]}
    rows = Record.objects.filter(pk__in=heard).values_list(
        "pk", "at", "claim_id", "claim__number", "mandate__collector__name"
    )
    return [
        MarkedNote(at, claim_id, number, name, *map(tuple, heard[pk]))
        for pk, at, claim_id, number, name in rows.order_by("-at", "-pk")
    ]
