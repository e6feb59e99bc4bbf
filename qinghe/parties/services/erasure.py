"""A person asks for deletion: put on record with its day; each table's retention answers it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.queries import ERASURE_ASKED, NoSuchPerson
from qinghe.parties.roles import Permission, require


@verb("parties.ask_erasure")
def ask_erasure(*, person_id: UUID, actor: Actor, at: datetime) -> None:
    """
    Put on record that a person wants their data deleted.

    :raises NotPermitted: the role asks nothing for a person
    :raises NoSuchPerson: somebody else's data
    """
    require(actor, Permission.SET_WISHES)
    if actor.person_id != person_id:
        raise NoSuchPerson
    record(
        kind=ERASURE_ASKED, subject=f"person:{person_id}", actor=actor, at=at, person_id=person_id
    )
