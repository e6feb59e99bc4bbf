"""Find persons who share a phone, an e-mail, an address or an account, by blind index only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from qinghe.graph.models import Link
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.ids import new_id
from qinghe.parties.terms import Secret

KINDS: Final = (Secret.PHONE, Secret.EMAIL, Secret.ADDRESS, Secret.ACCOUNT)
# A datum of more persons than this is a switchboard or a dormitory: it tells nothing of a pair.
CROWD: Final = 50
AT_ONCE: Final = 5000

# The smaller id stands left. Sources come from the contact points, where there are any.
PAIRS: Final = """
WITH touched AS (
    SELECT DISTINCT kind, blind FROM parties_vaultitem
    WHERE blind IS NOT NULL AND person_id IS NOT NULL AND kind = ANY(%(kinds)s)
        AND (%(people)s::uuid[] IS NULL OR person_id = ANY(%(people)s::uuid[]))
), shared AS (
    SELECT item.kind, item.blind, item.person_id,
        min(coalesce(point.source, 'contract')) AS source,
        count(*) OVER (PARTITION BY item.kind, item.blind) AS persons
    FROM touched
    JOIN parties_vaultitem item
        ON item.kind = touched.kind AND item.blind = touched.blind AND item.person_id IS NOT NULL
    LEFT JOIN parties_contactpoint point ON point.address_id = item.id
    GROUP BY item.kind, item.blind, item.person_id
)
SELECT one.person_id, other.person_id, one.kind, min(one.source || '+' || other.source)
FROM shared one
JOIN shared other ON other.kind = one.kind AND other.blind = one.blind
    AND one.person_id < other.person_id
WHERE one.persons <= %(crowd)s
    AND NOT EXISTS (
        SELECT 1 FROM graph_link known
        WHERE known.left_id = one.person_id AND known.right_id = other.person_id
            AND known.kind = one.kind
    )
GROUP BY one.person_id, other.person_id, one.kind
"""


@verb("graph.find_links")
def find_links(*, person_ids: Collection[UUID] | None, actor: Actor, at: datetime) -> int:
    """Link persons (all, or some with everybody) who share a datum; return how many are new."""
    people = None if person_ids is None else list(person_ids)
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, {"kinds": list(KINDS), "people": people, "crowd": CROWD})
        pairs = cursor.fetchall()
    links = [
        Link(id=new_id(), left_id=left, right_id=right, kind=kind, source=source, found_at=at)
        for left, right, kind, source in pairs
    ]
    # Another search may have found the same pair meanwhile.
    Link.objects.bulk_create(links, batch_size=AT_ONCE, ignore_conflicts=True)
    if links:
        record(kind="graph.links-found", subject="graph", actor=actor, at=at, count=len(links))
    return len(links)
