"""Contact persons of organisations: sealed like everybody's data, opened by an introduction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from qinghe.journal.services import record
from qinghe.kernel.actor import Actor
from qinghe.parties import identity
from qinghe.parties.models import VaultItem
from qinghe.parties.services.people import BadIdentity
from qinghe.parties.services.secrets import MayNotReveal, seal, unseal
from qinghe.parties.terms import Secret

BUSINESS = (Secret.NAME, Secret.PHONE)


def seal_contact(*, name: str, phone: str, at: datetime) -> tuple[VaultItem, VaultItem]:
    """
    Seal name and business telephone of a contact person, inside the caller's transaction.

    :raises BadIdentity: a name or number that cannot be one
    """
    made = []
    for kind, value in ((Secret.NAME, name), (Secret.PHONE, phone)):
        try:
            made.append(seal(kind=kind, value=value, person_id=None, at=at))
        except identity.Malformed:
            raise BadIdentity(kind=kind.label) from None
    return made[0], made[1]


def open_contact(
    *, item_ids: Sequence[UUID], subject: str, actor: Actor, at: datetime
) -> tuple[str, ...]:
    """
    Return what was sealed about a contact person, and put on record who looked.

    The caller has proven that both organisations agreed. Nothing about a debtor can come out here.

    :raises MayNotReveal: an item that is none of a contact person
    """
    items = VaultItem.objects.in_bulk(list(item_ids))
    found = [items.get(each) for each in item_ids]
    opened = []
    for item in found:
        if item is None or item.person_id is not None or item.kind not in BUSINESS:
            raise MayNotReveal
        opened.append(unseal(item))
    record(
        kind="parties.revealed",
        subject=subject,
        actor=actor,
        at=at,
        purpose="introduction",
        items=[str(each) for each in item_ids],
    )
    return tuple(opened)
