"""Put personal data into the vault, and take it out for a named purpose."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import new_id
from qinghe.parties import identity
from qinghe.parties import queries as parties
from qinghe.parties.models import VaultItem
from qinghe.parties.roles import ROLES, Permission, require
from qinghe.parties.terms import Purpose, Secret
from qinghe.parties.vault import Ring, forget, ring, ring_holding

# What exact match works on; a name or a sentence is too easy to guess from its hash.
# Names too: whether two creditors mean the same person is told without reading either name.
MATCHED = frozenset(set(Secret) - {Secret.TEXT})

# Purposes that open what was written, never who somebody is or how to reach them.
WORDS_ONLY = frozenset(
    {Purpose.DISPUTE, Purpose.HARDSHIP, Purpose.WORK_CASE, Purpose.MATCH_PAYMENT}
)


class MayNotReveal(DomainError):
    code = "parties.may-not-reveal"
    status = 404
    text = _("This is not open to you for this purpose.")


def seal(*, kind: str, value: str, person_id: UUID | None, at: datetime) -> VaultItem:
    """
    Put one datum into the vault, normalised, inside the caller's transaction.

    :raises Malformed: the datum cannot be of this kind
    """
    item = sealed(kind=kind, value=value, person_id=person_id, at=at, keys=ring())
    item.save(force_insert=True)
    return item


def sealed(*, kind: str, value: str, person_id: UUID | None, at: datetime, keys: Ring) -> VaultItem:
    """
    Return an unsaved vault item, for writing many at once.

    :raises Malformed: the datum cannot be of this kind
    """
    text = identity.normalise(kind, value, demo=settings.DEMO)
    item_id = new_id()
    key_id, ciphertext = keys.seal(text.encode(), context=_context(item_id, kind))
    return VaultItem(
        id=item_id,
        kind=kind,
        person_id=person_id,
        ciphertext=ciphertext,
        key_id=key_id,
        blind=keys.blind(kind, text) if kind in MATCHED else None,
        masked=identity.mask(kind, text),
        created_at=at,
    )


def unseal(item: VaultItem) -> str:
    """
    Return a datum without a record: for comparing inside this room and for the sender of messages.

    :raises VaultDamaged: its key is gone, or the row was altered
    """
    opened = ring_holding(item.key_id).open(
        item.key_id, bytes(item.ciphertext), context=_context(item.pk, item.kind)
    )
    return opened.decode()


@verb("parties.reveal")
def _reveal(*, item_id: UUID, purpose: str, actor: Actor, at: datetime) -> str:
    item = VaultItem.objects.filter(pk=item_id).first()
    if item is None or not _may_reveal(item, purpose, actor):
        raise MayNotReveal
    record(
        kind="parties.revealed",
        subject=f"vault:{item_id}",
        actor=actor,
        at=at,
        person_id=item.person_id,
        purpose=str(purpose),
        datum=item.kind,
    )
    return unseal(item)


def reveal(*, item_id: UUID, purpose: str, actor: Actor, at: datetime) -> str:
    """
    Return one datum for one purpose, and put on record who looked and why.

    The answer is never stored for a repeated request: each look is its own.

    :raises MayNotReveal: unknown item, no purpose of the actor's role, or more than it opens
    """
    return _reveal(item_id=item_id, purpose=purpose, actor=actor.with_key(None), at=at)


def find_by_value(kind: str, value: str) -> list[UUID]:
    """
    Return the ids of vault items that hold this value, whatever its spelling.

    :raises Malformed: the value cannot be of this kind
    """
    return parties.find_by_value(kind, identity.normalise(kind, value, demo=settings.DEMO))


@verb("parties.rotate")
def rotate(*, actor: Actor, at: datetime, batch: int = 1000) -> int:
    """
    Seal one batch of data anew under the active key; return how many there were, 0 at the end.

    :raises NotPermitted: the actor may not rotate keys
    :raises VaultDamaged: a row cannot be opened
    """
    require(actor, Permission.ROTATE_KEYS)
    keys = ring()
    stale = VaultItem.objects.select_for_update(skip_locked=True).exclude(key_id=keys.active)
    items = list(stale.order_by("id")[:batch])
    for item in items:
        _seal_anew(item, keys)
    VaultItem.objects.bulk_update(items, ["ciphertext", "key_id", "blind"])
    if items:
        record(
            kind="parties.rotated",
            subject="vault",
            actor=actor,
            at=at,
            count=len(items),
            key=keys.active,
        )
    return len(items)


def reread_keys() -> None:
    """Use the key ring as it is now, after a new key was put on it."""
    forget()


def _seal_anew(item: VaultItem, keys: Ring) -> None:
    text = unseal(item)
    item.key_id, item.ciphertext = keys.seal(text.encode(), context=_context(item.pk, item.kind))
    if item.blind is not None:
        item.blind = keys.blind(item.kind, text)


def _may_reveal(item: VaultItem, purpose: str, actor: Actor) -> bool:
    if purpose not in Purpose.values or purpose not in ROLES[actor.role].purposes:
        return False
    if purpose in WORDS_ONLY and item.kind != Secret.TEXT:
        return False
    return actor.role is not Role.DEBTOR or item.person_id == actor.person_id


def _context(item_id: UUID, kind: str) -> bytes:
    return f"{item_id}:{kind}".encode()
