"""Persons and their addresses out of sealed rows, set by set and inside the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import connection
from psycopg import sql

from qinghe.journal.services import record
from qinghe.kernel.actor import Actor
from qinghe.parties.services.people import REFUSED_SOURCES, RESOLVE_LOCK, SourceRefused
from qinghe.parties.services.sealing import PERSON_DIGIT, POINTS
from qinghe.parties.terms import Source

Params = dict[str, Any]

# Which person each key of the last merge in this transaction is, and which row made it.
FOUND: Final = """
CREATE TEMP TABLE IF NOT EXISTS parties_found
    (stem uuid PRIMARY KEY, key text, person_id uuid, made boolean) ON COMMIT DELETE ROWS
"""
# The lookups stay index scans whatever the planner has heard of the sizes: one row each.
FIND: Final = sql.SQL("""
WITH wanted AS (
    SELECT DISTINCT ON (w.key) w.stem, w.key, w.person_id, w.number_blind
    FROM ({source}) AS w ORDER BY w.key, w.at_row
), looked AS (
    SELECT w.stem, w.key, coalesce(w.person_id, known.person_id) AS known,
        coalesce(encode(w.number_blind[1], 'hex'), w.key) AS who
    FROM wanted AS w LEFT JOIN LATERAL (
        SELECT v.person_id FROM parties_vaultitem v
        WHERE v.kind = 'id_number' AND v.blind = ANY (w.number_blind)
            AND v.person_id IS NOT NULL LIMIT 1
    ) AS known ON w.person_id IS NULL
)
INSERT INTO parties_found (stem, key, person_id, made)
SELECT stem, key, coalesce(known, first_value({own}) OVER same),
    known IS NULL AND row_number() OVER same = 1
FROM looked WINDOW same AS (PARTITION BY who, known IS NULL ORDER BY key)
""")
PEOPLE: Final = sql.SQL("""
INSERT INTO parties_person (id, kind, masked_name, region, zones, language, created_at)
SELECT f.person_id, w.kind, coalesce(w.name_masked, ''), w.region, w.zones, 'zh-hans', %(at)s
FROM ({source}) AS w JOIN parties_found f ON f.stem = w.stem WHERE f.made
""")
DATA: Final = sql.SQL("""
INSERT INTO parties_vaultitem
    (id, kind, person_id, ciphertext, key_id, blind, masked, created_at)
SELECT (left(w.stem::text, 35) || d.digit)::uuid, d.kind, f.person_id, d.sealed, w.key_id, d.blind,
    d.masked, %(at)s
FROM ({source}) AS w JOIN parties_found f ON f.stem = w.stem
CROSS JOIN LATERAL (VALUES
    ('2', 'name', w.name_sealed, w.name_blind[1], w.name_masked),
    ('3', 'id_number', w.number_sealed, w.number_blind[1], w.number_masked)
) AS d (digit, kind, sealed, blind, masked)
WHERE f.made AND d.sealed IS NOT NULL
""")
LOCK_HELD: Final = sql.SQL("""
SELECT count(*) FROM (
    SELECT p.id FROM parties_person p
    WHERE p.id IN (SELECT w.person_id FROM ({source}) AS w WHERE NOT w.made)
    ORDER BY p.id FOR UPDATE
) AS held
""")
POINT: Final = sql.SQL("""
WITH asked AS (
    SELECT w.stem, w.at_row, w.person_id, w.made, w.zone, w.key_id, d.*
    FROM ({source}) AS w
    CROSS JOIN LATERAL (VALUES {points}) AS d (digit, kind, sealed, blind, masked)
    WHERE d.sealed IS NOT NULL
), fresh AS MATERIALIZED (
    SELECT * FROM (
        SELECT a.*, row_number() OVER (PARTITION BY person_id, kind, blind ORDER BY at_row) AS copy
        FROM asked AS a
    ) AS a
    WHERE copy = 1 AND (made OR NOT EXISTS (
        SELECT 1 FROM parties_vaultitem v JOIN parties_contactpoint p ON p.address_id = v.id
        WHERE v.person_id = a.person_id AND v.kind = a.kind AND v.blind = a.blind
            AND p.person_id = a.person_id
    ))
), items AS (
    INSERT INTO parties_vaultitem
        (id, kind, person_id, ciphertext, key_id, blind, masked, created_at)
    SELECT (left(stem::text, 35) || digit)::uuid, kind, person_id, sealed, key_id, blind, masked,
        %(at)s FROM fresh
)
INSERT INTO parties_contactpoint
    (id, person_id, kind, address_id, zone, source, state, is_work, created_at)
SELECT (left(stem::text, 35) || digit)::uuid, person_id, kind,
    (left(stem::text, 35) || digit)::uuid, zone, %(source)s, 'unverified', false, %(at)s FROM fresh
""")


def merge_people(*, source: sql.Composable, params: Params, actor: Actor, at: datetime) -> int:
    """
    Find or make the person of every key, inside the caller's transaction; return how many it made.

    `source` is a query with `stem`, `at_row` (the first row of a key speaks for it), `key`,
    `person_id` (who the key is known to be, or null), `kind`, `region`, `zones` and what
    `sealed_columns` gave. The answer lies in the temporary table `parties_found`.
    """
    own = sql.SQL("(left(stem::text, 35) || {digit})::uuid").format(digit=PERSON_DIGIT)
    with connection.cursor() as cursor:
        cursor.execute(FOUND)
        cursor.execute("DELETE FROM parties_found")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RESOLVE_LOCK])
        cursor.execute(FIND.format(source=source, own=own), params)
        asked = cursor.rowcount
        cursor.execute(PEOPLE.format(source=source), {**params, "at": at})
        made = int(cursor.rowcount)
        cursor.execute(DATA.format(source=source), {**params, "at": at})
    if made:
        record(
            kind="parties.people-resolved",
            subject="people",
            actor=actor,
            at=at,
            made=made,
            asked=asked,
        )
    return made


def merge_points(
    *, source: sql.Composable, params: Params, origin: str, actor: Actor, at: datetime
) -> int:
    """
    Keep the addresses of persons, each once, inside the caller's transaction; return how many.

    `source` is a query with `stem`, `at_row`, `person_id`, `made` (by this transaction), `zone` and
    what `sealed_columns` gave.

    :raises SourceRefused: address book, purchased, scraped or unknown; nothing is stored
    """
    if origin not in Source.values or origin in REFUSED_SOURCES:
        raise SourceRefused(source=origin)
    points = sql.SQL(", ").join(
        sql.SQL("({digit}, {kind}, w.{sealed}, w.{blind}, w.{masked})").format(
            digit=digit,
            kind=kind.value,
            sealed=sql.Identifier(f"{name}_sealed"),
            blind=sql.Identifier(f"{name}_blind"),
            masked=sql.Identifier(f"{name}_masked"),
        )
        for name, kind, digit in POINTS
    )
    with connection.cursor() as cursor:
        cursor.execute(LOCK_HELD.format(source=source), params)
        made_of = {**params, "at": at, "source": origin}
        cursor.execute(POINT.format(source=source, points=points), made_of)
        count = int(cursor.rowcount)
    if count:
        record(
            kind="parties.contact-points-added", subject="people", actor=actor, at=at, count=count
        )
    return count
