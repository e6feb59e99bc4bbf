"""
What decides about one order and one collector, in one statement.

Taking is a hot path: everything its checks look at comes in one trip, each by a key or by a short
range of an index. Who takes has locked claim, order and capacity in a statement before this one,
so that nothing here is older than the locks.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings

from qinghe.graph.queries.traces import CROWD, SHARED
from qinghe.graph.terms import TELLING
from qinghe.kernel import prepared
from qinghe.kernel.actor import Actor
from qinghe.market.queries.cooling import COUNTED, WINDOW, cooling_until
from qinghe.market.taking import Case, Facts, Order, Taker
from qinghe.market.terms import LIVE, NOT_EXCUSED, OWN_DOING, MandateState
from qinghe.parties.days import legal_day
from qinghe.parties.levels import Act
from qinghe.parties.terms import LicenceKind, OrgState


def _words(words: Iterable[str]) -> str:
    """Write constants of this house as a list, so that no call sends them."""
    return ", ".join(f"'{word}'" for word in map(str, words))


ORDER: Final = """l.id, l.state, l.mode, l.designated_to_id, l.band, l.commission_rate,
    l.quality_share, l.period_days, l.document_id, l.commission_plan_id, l.signed_by, l.signed_role,
    l.listed_at, l.expires_at, s.display_name"""
CASE: Final = """c.id, c.state, c.creditor_id, c.debtor_id, c.stage, c.hand, c.currency, c.claimed,
    c.principal + c.interest + c.costs,
    EXISTS (
        SELECT FROM claims_hold h
        WHERE h.person_id = c.debtor_id AND (h.claim_id IS NULL OR h.claim_id = c.id)
            AND h.lifted_at IS NULL AND h.placed_at <= %(at)s
            AND (h.ends_at IS NULL OR h.ends_at > %(at)s)
    ),
    o.level >= %(level)s AND (o.level_until IS NULL OR o.level_until > %(day)s)"""
# One firm, or one person who acts for both.
SAME_HAND: Final = """o.id = w.id OR o.credit_code = w.credit_code AND w.credit_code <> ''
    OR EXISTS (
        SELECT FROM parties_membership b
        WHERE b.organisation_id = o.id AND b.user_id = %(user)s::uuid AND b.starts_at <= %(at)s
            AND (b.ends_at IS NULL OR b.ends_at > %(at)s)
    )"""
SIGNS: Final = SHARED % {
    "one": "o.id",
    "other": "w.id",
    "telling": f"'{{{','.join(sorted(TELLING))}}}'",
    "crowd": CROWD,
}
CERTIFIED: Final = """EXISTS (
        SELECT FROM parties_certificate
        WHERE user_id = %(user)s::uuid AND revoked_at IS NULL
            AND issued_on <= %(day)s AND ends_on > %(day)s
    )"""
RIGHTS: Final = f"""{CERTIFIED},
    w.state = '{OrgState.ACTIVE.value}' AND EXISTS (
        SELECT FROM parties_licence
        WHERE organisation_id = w.id
            AND kind = coalesce(l.licence, '{LicenceKind.COLLECTION.value}')
            AND verified_at IS NOT NULL AND starts_on <= %(day)s AND ends_on > %(day)s
            AND region IN ('', c.region, substr(c.region, 1, 2) || '0000')
    ),
    (
        SELECT max(ends_at) FROM market_takingstop
        WHERE collector_id = w.id AND lifted_at IS NULL AND starts_at <= %(at)s AND ends_at > %(at)s
    )"""  # noqa: S608  constants of this house
PLACES: Final = f"""k.live, k."limit", k.max_band,
    CASE WHEN k.tried_on = %(day)s THEN k.tried ELSE 0 END,
    CASE WHEN EXISTS (
        SELECT FROM parties_cover WHERE organisation_id = w.id AND confirmed_at IS NOT NULL
    ) THEN (
        SELECT coalesce(sum(x.claimed), 0)::bigint
        FROM market_mandate m JOIN claims_claim x ON x.id = m.claim_id
        WHERE m.collector_id = w.id AND m.state IN ({_words(LIVE)})
            AND x.currency = c.currency
    ) END"""  # noqa: S608  constants of this house
# What was given back lately and is not excused: by this one cools off, as `cooling.COUNTS` says.
RETURNED: Final = f"""ARRAY(
        SELECT m.closed_at FROM market_mandate m
        WHERE m.collector_id = w.id AND m.state = '{MandateState.RETURNED.value}'
            AND (m.return_code IN ({_words(OWN_DOING)}) OR m.excuse IN ({_words(NOT_EXCUSED)}))
            AND m.closed_at > %(since)s AND m.closed_at <= %(at)s
        ORDER BY m.closed_at DESC LIMIT {COUNTED}
    )"""  # noqa: S608  constants of this house
# The deposits confirmed for it; nothing where none ever was.
COVERED: Final = """(
        SELECT coalesce(sum(amount - called) FILTER (
            WHERE released_at IS NULL AND (ends_on IS NULL OR ends_on > %(day)s)
                AND currency = c.currency
        ), 0)::bigint
        FROM parties_cover WHERE organisation_id = w.id AND confirmed_at IS NOT NULL
        HAVING count(*) > 0
    )"""
FACTS: Final = f"""
SELECT {ORDER}, {CASE}, w.id, w.name, w.level, w.level_until, {SAME_HAND}, ARRAY({SIGNS}), {RIGHTS},
    {PLACES}, u.display_name, {RETURNED}, {COVERED}
FROM claims_claim c
JOIN parties_organisation o ON o.id = c.creditor_id
JOIN parties_organisation w ON w.id = %(collector)s::uuid
LEFT JOIN market_capacity k ON k.collector_id = w.id
LEFT JOIN market_listing l ON l.id = %(listing)s::uuid
LEFT JOIN parties_user s ON s.id = l.signed_by
LEFT JOIN parties_user u ON u.id = %(user)s::uuid
WHERE c.id = %(claim)s::uuid
"""  # noqa: S608  constants of this module
# Where the columns of one part end and those of the next begin.
FIRST, SECOND = len(Order._fields), len(Order._fields) + len(Case._fields)


def facts_of(
    *,
    claim_id: UUID,
    listing_id: UUID | None,
    collector_id: UUID,
    actor: Actor,
    at: datetime,
    placed: bool = False,
) -> Facts:
    """
    Return what decides whether a collector may have a claim, for an actor, at a moment.

    Without a listing there is no order: the claim goes straight to a team. `placed` tells that a
    place was used for it; who only asks whether it would fit uses none.
    """
    asked = {
        "claim": claim_id,
        "listing": listing_id,
        "collector": collector_id,
        "user": actor.user_id,
        "at": at,
        "since": at - WINDOW,
        "day": legal_day(at),
        "level": int(Act.WORK),
    }
    (row,) = prepared.execute(FACTS, asked)
    *told, returned, covered = row[SECOND:]
    cap = None if covered is None else int(covered) * int(settings.COVER_MULTIPLE)
    taker = Taker._make([*told, cooling_until(returned, at), cap])
    order = Order(*row[:FIRST]) if row[0] is not None else None
    return Facts(order, Case(*row[FIRST:SECOND]), taker, placed)
