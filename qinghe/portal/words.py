"""The person's own words, read back to the person."""

from __future__ import annotations

from uuid import UUID

from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.parties.services import reveal
from qinghe.parties.terms import Purpose


def own_words(item_id: UUID | None, actor: Actor) -> str:
    """Return what the person wrote, empty without any; that it was opened is on record."""
    if item_id is None:
        return ""
    return reveal(item_id=item_id, purpose=Purpose.DATA_COPY, actor=actor, at=clock.now())
