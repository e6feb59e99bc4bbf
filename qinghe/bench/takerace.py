"""Many race for few orders, for few places; and what the tables hold afterwards is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Final

from django.db import DatabaseError, connection

from qinghe.bench.clients import together
from qinghe.kernel.errors import DomainError

# So few that each is wanted by several clients, with fewer places than orders.
AGENCIES: Final = 8
# hall.sql designates every so many-th order to one agency.
DESIGNATED: Final = 50
PLACES: Final = """
    UPDATE market_capacity SET "limit" = live + %s
    WHERE collector_id IN (SELECT id FROM parties_organisation WHERE slug = ANY(%s))
"""
# Each must find nothing: what the constraints and the locks promise, counted in the tables.
BROKEN: Final = {
    "taken twice": """
        SELECT claim_id FROM market_mandate WHERE state IN ('active', 'suspended')
        GROUP BY claim_id HAVING count(*) > 1
    """,
    "over capacity": """
        SELECT collector_id FROM market_capacity k WHERE live > "limit" OR live <> (
            SELECT count(*) FROM market_mandate m
            WHERE m.collector_id = k.collector_id AND m.state IN ('active', 'suspended')
        )
    """,
    "taken without a mandate": """
        SELECT id FROM market_listing l WHERE state = 'taken'
            AND NOT EXISTS (SELECT FROM market_mandate m WHERE m.listing_id = l.id)
    """,
    "still open, or never placed": """
        SELECT m.id FROM market_mandate m
        JOIN market_listing l ON l.id = m.listing_id JOIN claims_claim c ON c.id = m.claim_id
        WHERE l.state <> 'taken' OR c.state <> 'placed'
    """,
    "not in the journal": """
        SELECT id FROM market_mandate m WHERE NOT EXISTS (
            SELECT FROM journal_entry j
            WHERE j.subject = 'claim:' || m.claim_id AND j.kind = 'market.taken'
        )
    """,
    "still in the hall": """
        SELECT listing_id FROM market_hallrow h JOIN market_listing l ON l.id = h.listing_id
        WHERE l.state <> 'open'
    """,
}


def raced(
    clients: int, numbers: Sequence[int], act: Callable[[int, int], object]
) -> dict[str, float]:
    """
    Let every client go for all of the same orders, in an order of its own; return what came of it.

    :raises RuntimeError: not exactly as many were taken as there are orders or places
    """
    wanted = [number for number in numbers if number % DESIGNATED]
    racing = min(clients, AGENCIES)
    each = max(len(wanted) * 2 // (racing * 3), 1)
    places = each * racing
    with connection.cursor() as cursor:
        cursor.execute(PLACES, [each, [f"bench-{number}" for number in range(AGENCIES)]])
    found = together(range(clients), lambda who, start: _client(who, wanted, act, start))
    told = Counter[str]()
    for part in found:
        told.update(part)
    if told["taken"] != min(len(wanted), places):
        raise RuntimeError(f"{told['taken']} orders were taken of {places} places")
    return {"clients": clients, "orders": len(wanted), "places": places, **told}


def _client(
    who: int, wanted: Sequence[int], act: Callable[[int, int], object], start: Any
) -> Counter[str]:
    told = Counter[str]()
    mine = Random(who).sample(wanted, len(wanted))  # noqa: S311  a load, not a secret
    start.wait()
    for number in mine:
        try:
            act(number, who % AGENCIES)
            told["taken"] += 1
        except DomainError as refusal:
            told[refusal.code] += 1
            if refusal.code == "market.no-capacity":
                break
        except DatabaseError as fault:
            # A constraint held what the locks did not.
            told[type(fault).__name__] += 1
    return told


def proven() -> dict[str, float]:
    """
    Count what must not be in the tables.

    :raises RuntimeError: something is
    """
    found = {}
    with connection.cursor() as cursor:
        for name, statement in BROKEN.items():
            cursor.execute(f"SELECT count(*) FROM ({statement}) broken")  # noqa: S608  our own
            ((found[name],),) = cursor.fetchall()
    if any(found.values()):
        raise RuntimeError(f"the market is broken: {found}")
    return {name: float(count) for name, count in found.items()}
