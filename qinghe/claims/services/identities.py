"""
What does not fit together about the persons of delivered claims: noted at intake as codes.

Names are compared by their keyed hashes alone; nothing of the data enters a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import polars as pl
from django.db import connection
from psycopg import sql

from qinghe.claims.contract_terms import IdentityCode
from qinghe.parties.identity import is_demo_id
from qinghe.parties.regions import city_of, province_of
from qinghe.parties.terms import PersonKind
from qinghe.rules.calendar import add_years

# Last digits of the ids that a row's stem makes here.
DIGITS: Final = (
    (IdentityCode.NAME_DIFFERS, "b"),
    (IdentityCode.UNDER_AGE, "c"),
    (IdentityCode.AREA_UNKNOWN, "d"),
)
# A number tells for sure who somebody is; then the name must be one the person has here. The row
# that made its person gave the name.
NOTE: Final = sql.SQL("""
INSERT INTO claims_identitydoubt (id, claim_id, code, found_at)
SELECT (left(c.stem::text, 35) || d.digit)::uuid, c.stem, d.code, %(at)s
FROM (
    SELECT c.* FROM claims_chunk c
    JOIN claims_staged s ON s.batch_id = %(batch)s AND s.row = c.row
    LEFT JOIN parties_found f ON f.stem = c.stem AND f.made
    WHERE c.fate = 'new' AND (f.stem IS NULL OR s.doubts <> '')
) AS c JOIN claims_staged s ON s.batch_id = %(batch)s AND s.row = c.row
CROSS JOIN LATERAL (
    SELECT count(*) AS called, count(*) FILTER (WHERE v.blind = ANY (s.name_blind)) AS alike
    FROM parties_vaultitem v
    WHERE v.person_id = c.debtor_id AND v.kind = 'name' AND v.blind IS NOT NULL
) AS names
CROSS JOIN LATERAL (VALUES {codes}) AS d (digit, code)
WHERE d.code = ANY (string_to_array(s.doubts, ','))
    OR (d.code = {differs} AND s.number_blind IS NOT NULL AND names.called > 0
        AND names.alike = 0)
""").format(
    codes=sql.SQL(", ").join(sql.SQL("({}, {})").format(digit, c.value) for c, digit in DIGITS),
    differs=IdentityCode.NAME_DIFFERS.value,
)
FULL_AGE: Final = 18
RESIDENT: Final = 18
MUNICIPALITIES: Final = ("11", "12", "31", "50", "71", "81", "82", "83")
UNDER_THE_PROVINCE: Final = "90"
# A permanent resident from abroad has a 9 before the area.
FROM_ABROAD: Final = "9"


def doubts(rows: pl.DataFrame) -> pl.Series:
    """Return what is odd about the person of each row by the row alone: codes, commas between."""
    asked = rows.select("kind_value", "number", "contract_on").iter_rows()
    return pl.Series("doubts", [",".join(_codes(*row)) for row in asked], pl.String)


def note(*, params: Mapping[str, Any]) -> int:
    """
    Keep what is odd about the person of each new claim of a chunk; return how much that is.

    Names are compared with all that a person has been called here, those of this chunk included.
    """
    with connection.cursor() as cursor:
        cursor.execute(NOTE, params)
        return int(cursor.rowcount)


def _codes(kind: str, number: str, contract_on: date | None) -> Iterator[str]:
    if kind != PersonKind.NATURAL or len(number) != RESIDENT:
        return
    born = _born(number)
    if born is not None and contract_on and contract_on < add_years(born, FULL_AGE):
        yield IdentityCode.UNDER_AGE
    if not is_demo_id(number) and not _area_known(number):
        yield IdentityCode.AREA_UNKNOWN


def _born(number: str) -> date | None:
    try:
        return date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        return None


def _area_known(number: str) -> bool:
    """Tell whether a prefecture has the first digits: old ones were dissolved, so it only warns."""
    if number.startswith(FROM_ABROAD):
        return True
    direct = number[:2] in MUNICIPALITIES or number[2:4] == UNDER_THE_PROVINCE
    return direct or city_of(number[:6]) != province_of(number[:6])
