"""The lock of a person. Everything the gate counts changes under it."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from qinghe.claims.queries import NoSuchClaim
from qinghe.kernel import prepared

# The person's row is locked too: whoever places a hold locks it, so that a permission is either
# given before the hold or sees it. Never count in this statement: its snapshot is older than the
# lock it waits for.
LOCK: Final = """
    WITH person AS (SELECT id FROM parties_person WHERE id = {whose} FOR NO KEY UPDATE)
    INSERT INTO contact_gate (person_id, asked) SELECT id, 1 FROM person
    ON CONFLICT (person_id) DO UPDATE SET asked = contact_gate.asked + 1
    RETURNING person_id
"""
OF_PERSON: Final = LOCK.format(whose="%s")
OF_CLAIM: Final = LOCK.format(whose="(SELECT debtor_id FROM claims_claim WHERE id = %s)")


def lock(person_id: UUID) -> None:
    """
    Lock a person's gate until the transaction ends, making it when this is the first to ask.

    One statement and one round trip: two collectors must not both see the last free call.
    """
    prepared.execute(OF_PERSON, [person_id])


def lock_debtor(claim_id: UUID) -> UUID:
    """
    Lock the gate of a claim's debtor in the same way; return the debtor.

    :raises NoSuchClaim: unknown claim
    """
    locked = prepared.execute(OF_CLAIM, [claim_id])
    if not locked:
        raise NoSuchClaim
    person_id: UUID = locked[0][0]
    return person_id
