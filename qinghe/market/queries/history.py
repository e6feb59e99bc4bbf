"""How it went with orders like these: when they were taken, when money first came, and how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import connection

from qinghe.claims.terms import LineKind

# So many of the latest orders are looked at: work that does not grow with the market.
LATEST: Final = 10_000
# Fewer cases than this say nothing, and nothing is said.
ENOUGH: Final = 20
RECENT: Final = """
    WITH recent AS MATERIALIZED (
        SELECT id, product, stage, state, listed_at FROM market_listing ORDER BY id DESC LIMIT %s
    )
    SELECT r.product, r.stage,
        count(*) FILTER (WHERE r.state IN ('taken', 'expired')),
        count(m.id),
        percentile_cont('{0.25,0.5,0.75}'::float8[]) WITHIN GROUP (ORDER BY
            extract(epoch FROM m.signed_at - r.listed_at)::float8 / 86400),
        count(paid.at),
        percentile_cont('{0.25,0.5,0.75}'::float8[]) WITHIN GROUP (ORDER BY
            extract(epoch FROM paid.at - m.starts_at)::float8 / 86400),
        coalesce(sum(c.claimed) FILTER (WHERE m.closed_at IS NOT NULL), 0),
        coalesce(sum(c.paid) FILTER (WHERE m.closed_at IS NOT NULL), 0)
    FROM recent r
    LEFT JOIN market_mandate m ON m.listing_id = r.id
    LEFT JOIN claims_claim c ON c.id = m.claim_id
    LEFT JOIN LATERAL (
        SELECT min(l.booked_at) AS at FROM claims_line l
        WHERE l.claim_id = m.claim_id AND l.kind = %s AND l.booked_at >= m.starts_at
            AND l.booked_at <= coalesce(m.closed_at, 'infinity')
    ) paid ON true
    WHERE r.state <> 'open'
        AND (r.product, r.stage) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
    GROUP BY r.product, r.stage
"""


@dataclass(frozen=True)
class Days:
    """Whole days, rounded up: a quarter of the cases took no longer than `low`, half `middle`."""

    low: int
    middle: int
    high: int
    cases: int


@dataclass(frozen=True)
class Past:
    """
    What became of the latest orders of one product and stage.

    `taken` of `ended` found a collector; days are absent when too few cases say something.
    `claimed` and `recovered` are those of ended mandates, in minor units.
    """

    ended: int = 0
    taken: int = 0
    until_taken: Days | None = None
    paid: int = 0
    until_paid: Days | None = None
    claimed: int = 0
    recovered: int = 0


def past_of(kinds: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Past]:
    """Return the past of orders by product and stage. One statement over the latest orders."""
    products, stages = zip(*sorted(set(kinds)), strict=True) if kinds else ((), ())
    with connection.cursor() as cursor:
        cursor.execute(RECENT, [LATEST, LineKind.PAID.value, list(products), list(stages)])
        rows = cursor.fetchall()
    return {
        (product, stage): Past(
            ended=ended,
            taken=taken,
            until_taken=_days(took, taken),
            paid=paid,
            until_paid=_days(came, paid),
            claimed=int(claimed),
            recovered=int(recovered),
        )
        for product, stage, ended, taken, took, paid, came, claimed, recovered in rows
    }


def _days(quartiles: list[float] | None, cases: int) -> Days | None:
    if quartiles is None or cases < ENOUGH:
        return None
    low, middle, high = (max(-int(-each // 1), 0) for each in quartiles)
    return Days(low, middle, high, cases)
