"""Of whom the grader must look again: in proportion to what changed, never to the whole market."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from qinghe.claims.days import day_of
from qinghe.parties.days import LEGAL_ZONE
from qinghe.quality.queries.facts import COLLECTORS

# One probe of an index per collector and kind of change. Complaints, appeals and recognitions grade
# in their own transaction; what happens elsewhere is found here.
CHANGED: Final = """
SELECT o.id FROM parties_organisation o
LEFT JOIN quality_grading g ON g.collector_id = o.id
WHERE o.kind = ANY(%(kinds)s) AND o.state <> 'pending' AND (
    g.collector_id IS NULL
    OR g.due_on <= %(today)s
    OR EXISTS (
        SELECT 1 FROM contact_attempt a WHERE a.collector_id = o.id AND a.at > g.looked_at
    )
    OR EXISTS (
        SELECT 1 FROM graph_trace t
        WHERE t.organisation_id = o.id AND t.found_at > g.looked_at
    )
    OR EXISTS (
        SELECT 1 FROM market_mandate m WHERE m.collector_id = o.id
        AND m.closed_at > g.looked_at AND m.state = 'returned'
    )
    OR EXISTS (
        SELECT 1 FROM parties_membership p JOIN parties_certificate c ON c.user_id = p.user_id
        WHERE p.organisation_id = o.id AND p.role = 'collector'
        AND c.issued_on >= (g.looked_at AT TIME ZONE %(zone)s)::date
    )
    OR (o.state = 'suspended') <> (g.facts ->> 'suspended')::boolean
)
ORDER BY g.looked_at NULLS FIRST, o.id
"""


def changed(at: datetime) -> list[UUID]:
    """Return the collectors of whom something changed since they were graded, longest ago first."""
    values: dict[str, Any] = {
        "kinds": [kind.value for kind in COLLECTORS],
        "today": day_of(at),
        "zone": LEGAL_ZONE.key,
    }
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, values)
        return [collector_id for (collector_id,) in cursor.fetchall()]
