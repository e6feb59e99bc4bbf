"""The lock of a person. Everything the gate counts changes under it."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

# The person's row is locked too: whoever places a hold locks it, so that a permission is either
# given before the hold or sees it.
LOCK = """
    WITH person AS (SELECT id FROM parties_person WHERE id = %s FOR NO KEY UPDATE)
    INSERT INTO contact_gate (person_id, asked) SELECT id, 1 FROM person
    ON CONFLICT (person_id) DO UPDATE SET asked = contact_gate.asked + 1
"""


def lock(person_id: UUID) -> None:
    """
    Lock a person's gate until the transaction ends, making it when this is the first to ask.

    One statement and one round trip: two collectors must not both see the last free call.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [person_id])
