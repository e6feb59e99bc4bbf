"""Staged rows become persons, contact points, claims, lines and bookings: one chunk, set by set."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from psycopg import sql

from qinghe.claims.days import day_of
from qinghe.claims.models import Batch
from qinghe.claims.services import duplicates, identities
from qinghe.claims.services.books import claimed_account
from qinghe.claims.services.told import part_told_otherwise, write_terms
from qinghe.claims.terms import Component, LineKind
from qinghe.kernel.actor import Actor
from qinghe.kernel.laps import lap
from qinghe.ledger.services import post_from
from qinghe.ledger.terms import side_of
from qinghe.parties.services import merge_people, merge_points
from qinghe.parties.terms import Source

# Last digits of the ids that a row's stem makes in the tables of this room and of the ledger.
REFERENCE_DIGIT: Final = "a"
LINE_DIGITS: Final = (
    (Component.PRINCIPAL, "7"),
    (Component.INTEREST, "8"),
    (Component.COSTS, "9"),
)
CHUNK_TABLE: Final = """
CREATE TEMP TABLE IF NOT EXISTS claims_chunk
    (row integer PRIMARY KEY, fate text, stem uuid, debtor_key text, known_id uuid, debtor_id uuid)
    ON COMMIT DELETE ROWS
"""
# The lookups stay index scans whatever the planner has heard of the sizes: one row each.
CHUNK: Final = """
INSERT INTO claims_chunk (row, fate, stem, debtor_key, known_id)
SELECT s.row, CASE WHEN c.fingerprint IS NULL THEN 'new'
    WHEN c.fingerprint = s.fingerprint THEN 'unchanged' ELSE 'changed' END,
    s.stem, s.debtor_key, d.person_id
FROM (
    SELECT row, stem, contract_number, fingerprint, debtor_key FROM claims_staged
    WHERE batch_id = %(batch)s AND row > %(after)s ORDER BY row LIMIT %(size)s
) AS s
LEFT JOIN LATERAL (
    SELECT fingerprint FROM claims_claim
    WHERE creditor_id = %(creditor)s AND contract_number = s.contract_number LIMIT 1
) AS c ON true
LEFT JOIN LATERAL (
    SELECT person_id FROM claims_debtorreference
    WHERE creditor_id = %(creditor)s AND reference = s.debtor_key LIMIT 1
) AS d ON true
"""
FATES: Final = """
SELECT c.fate, s.stage, count(*), sum(s.principal + s.interest + s.costs), max(c.row)
FROM claims_chunk c JOIN claims_staged s ON s.batch_id = %(batch)s AND s.row = c.row
GROUP BY 1, 2
"""
PEOPLE: Final = sql.SQL("""
SELECT c.stem, c.row AS at_row, c.debtor_key AS key, c.known_id AS person_id, s.kind, s.region,
    s.zones, s.key_id, s.name_sealed, s.name_blind, s.name_masked, s.number_sealed,
    s.number_blind, s.number_masked
FROM claims_chunk c JOIN claims_staged s ON s.batch_id = %(batch)s AND s.row = c.row
WHERE c.fate = 'new'
""")
REFERENCES: Final = """
INSERT INTO claims_debtorreference (id, creditor_id, reference, person_id)
SELECT (left(f.stem::text, 35) || %(digit)s)::uuid, %(creditor)s, f.key, f.person_id
FROM parties_found f JOIN claims_chunk c ON c.stem = f.stem WHERE c.known_id IS NULL
"""
DEBTORS: Final = """
UPDATE claims_chunk c SET debtor_id = f.person_id FROM parties_found f WHERE f.key = c.debtor_key
"""
POINTS: Final = sql.SQL("""
SELECT c.stem, c.row AS at_row, f.person_id, f.made, s.zone, s.key_id, s.voice_sealed,
    s.voice_blind, s.voice_masked, s.mail_sealed, s.mail_blind, s.mail_masked, s.place_sealed,
    s.place_blind, s.place_masked
FROM claims_chunk c JOIN claims_staged s ON s.batch_id = %(batch)s AND s.row = c.row
JOIN parties_found f ON f.key = c.debtor_key
WHERE c.fate = 'new'
""")
CLAIMS: Final = """
INSERT INTO claims_claim (id, number, creditor_id, debtor_id, batch_id, contract_number,
    fingerprint, product, hand, region, currency, contract_on, due_on, overdue_rate_pct,
    interest_to, principal, interest, costs, claimed, paid, state, stage, stage_changes_on,
    created_at)
SELECT stem, %(prefix)s || lpad(nr::text, greatest(6, length(nr::text)), '0'), %(creditor)s,
    debtor_id, batch_id, contract_number, fingerprint, product, hand, region, currency,
    contract_on, due_on, rate_pct, greatest(%(as_of)s, due_on), principal, interest, costs,
    principal + interest + costs, 0, 'submitted', stage, stage_changes_on, %(at)s
FROM (
    SELECT w.*, nextval('claims_number_seq') AS nr FROM (
        SELECT s.*, c.debtor_id
        FROM claims_chunk c JOIN claims_staged s ON s.batch_id = %(batch)s AND s.row = c.row
        WHERE c.fate = 'new' ORDER BY c.row
    ) AS w
) AS numbered
"""
PARTS: Final = sql.SQL("""
SELECT (left(c.stem::text, 35) || p.digit)::uuid AS id, c.stem AS claim_id, c.row, s.currency,
    p.component, p.amount
FROM claims_chunk c JOIN claims_staged s ON s.batch_id = %(batch)s AND s.row = c.row
CROSS JOIN LATERAL (VALUES {parts}) AS p (digit, component, amount)
WHERE c.fate = 'new' AND p.amount > 0
""").format(
    parts=sql.SQL(", ").join(
        sql.SQL("({}, {}, s.{})").format(digit, part.value, sql.Identifier(part.value))
        for part, digit in LINE_DIGITS
    )
)
LINES: Final = sql.SQL("""
INSERT INTO claims_line (id, claim_id, component, kind, amount, facts, booked_at)
SELECT id, claim_id, component, {kind}, amount, jsonb_build_object('row', row), %(at)s
FROM ({parts}) AS w
""").format(kind=LineKind.CLAIMED.value, parts=PARTS)
BOOKINGS: Final = sql.SQL("""
SELECT id, 'claim:' || claim_id || ':' || component AS path, currency, amount,
    'claim:' || claim_id AS subject FROM ({parts}) AS w
""").format(parts=PARTS)
# A person made in this transaction who gets one claim owes no other that might be the same.
OWING_MORE: Final = """
SELECT stem, debtor_id FROM (
    SELECT c.stem, c.debtor_id, f.stem IS NOT NULL AS made,
        count(*) OVER (PARTITION BY c.debtor_id) AS claims
    FROM claims_chunk c LEFT JOIN parties_found f ON f.stem = c.stem AND f.made
    WHERE c.fate = 'new'
) AS n WHERE claims > 1 OR NOT made
"""
CHANGED: Final = """
INSERT INTO claims_rowerror (batch_id, row, "column", code, facts)
SELECT %(batch)s, row, %(column)s,
    CASE fate WHEN 'terms' THEN 'terms-differ' ELSE 'contract-changed' END, '{}'
FROM claims_chunk WHERE fate IN ('changed', 'terms')
"""


@dataclass(frozen=True)
class Merged:
    """What became of a chunk: rows by fate, up to which row; `to_row` is None for no row."""

    new: int
    unchanged: int
    changed: int
    to_row: int | None
    lost_amount: int
    lost_stages: Counter[str]


def write_claims(batch: Batch, *, size: int, column: str, actor: Actor, at: datetime) -> Merged:
    """
    Make claims of the next staged rows of a batch, inside the caller's transaction.

    The caller holds the batch and its creditor, and moves the batch on. A contract that is on the
    platform already makes nothing: equal it is unchanged, else its row becomes an error.
    """
    params: dict[str, Any] = {
        "batch": batch.pk, "creditor": batch.creditor_id, "after": batch.merged_to, "size": size,
        "as_of": batch.as_of, "at": at, "column": column, "digit": REFERENCE_DIGIT,
        "prefix": f"QH-{day_of(at):%y%m}-",
    }  # fmt: skip
    with connection.cursor() as cursor:
        with lap("chunk"):
            cursor.execute(CHUNK_TABLE)
            cursor.execute("DELETE FROM claims_chunk")
            cursor.execute(CHUNK, params)
            cursor.execute(FATES, params)
            merged = _merged(cursor.fetchall())
            # Only where two files ran a race: what a check knows already is not laid ready.
            if merged.unchanged and part_told_otherwise(params):
                cursor.execute(FATES, params)
                merged = _merged(cursor.fetchall())
        if merged.changed:
            cursor.execute(CHANGED, params)
        if merged.new:
            _write(batch, params, actor, at)
    return merged


def _write(batch: Batch, params: dict[str, Any], actor: Actor, at: datetime) -> None:
    with connection.cursor() as cursor:
        with lap("persons"):
            merge_people(source=PEOPLE, params=params, actor=actor, at=at)
            cursor.execute(REFERENCES, params)
            cursor.execute(DEBTORS)
        with lap("contact points"):
            origin = Source.CONTRACT
            merge_points(source=POINTS, params=params, origin=origin, actor=actor, at=at)
        with lap("claims"):
            cursor.execute(CLAIMS, params)
        with lap("lines"):
            cursor.execute(LINES, params)
    with lap("ledger"):
        _book(batch, params, at)
    with lap("terms"):
        write_terms(batch, params, actor, at)
    with lap("doubts"):
        identities.note(params=params)
        duplicates.freeze(debtors=_owing_more(), actor=actor, at=at)


def _owing_more() -> dict[UUID, UUID]:
    with connection.cursor() as cursor:
        cursor.execute(OWING_MORE)
        return dict(cursor.fetchall())


def _book(batch: Batch, params: dict[str, Any], at: datetime) -> None:
    post_from(
        source=BOOKINGS,
        params=params,
        credit=(claimed_account(batch.creditor_id), batch.currency),
        side=side_of("claim:"),
        kind=f"claim.{LineKind.CLAIMED.value}",
        at=at,
    )


def _merged(rows: list[tuple[str, str, int, int, int]]) -> Merged:
    counts: Counter[str] = Counter()
    for fate, _stage, count, _sum, _last in rows:
        counts[fate] += count
    changed = [row for row in rows if row[0] in ("changed", "terms")]
    return Merged(
        new=counts["new"],
        unchanged=counts["unchanged"],
        changed=counts["changed"] + counts["terms"],
        to_row=max((row[4] for row in rows), default=None),
        lost_amount=sum(int(row[3]) for row in changed),
        lost_stages=Counter({row[1]: row[2] for row in changed}),
    )
