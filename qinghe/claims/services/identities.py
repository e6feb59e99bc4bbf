"""
What does not fit together about the persons of delivered claims: noted at intake as codes.

Names are compared by their keyed hashes alone; nothing of the data enters a note.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl
from django.db import connection
from psycopg import sql

from qinghe.claims.contract_terms import IdentityCode
from qinghe.parties import tabular
from qinghe.parties.regions import city_of, province_of
from qinghe.parties.terms import PersonKind

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
# Letters of the area and of the day of birth, in this order.
AREA: Final = 6
BIRTH: Final = 8
MUNICIPALITIES: Final = ("11", "12", "31", "50", "71", "81", "82", "83")
UNDER_THE_PROVINCE: Final = "90"
# A permanent resident from abroad has a 9 before the area.
FROM_ABROAD: Final = "9"


def doubts(rows: pl.DataFrame) -> pl.Series:
    """Return what is odd about the person of each row by the row alone: codes, commas between."""
    number = pl.col("number")
    person = (pl.col("kind_value") == PersonKind.NATURAL) & (number.str.len_chars() == RESIDENT)
    areas = rows["number"].str.slice(0, AREA)
    unknown = [area for area in areas.unique() if not _area_known(area)]
    born = number.str.slice(AREA, BIRTH).str.to_date("%Y%m%d", strict=False)
    young = pl.col("contract_on") < born.dt.offset_by(f"{FULL_AGE}y")
    strange = pl.lit(areas.is_in(unknown) & ~tabular.demo_ids(rows["number"]))
    odd = {IdentityCode.UNDER_AGE: young, IdentityCode.AREA_UNKNOWN: strange}
    found = [pl.when(person & when).then(pl.lit(code.value)) for code, when in odd.items()]
    joined = pl.concat_list(found).list.drop_nulls().list.join(",").alias("doubts")
    return rows.select(joined).to_series()


def note(*, params: Mapping[str, Any]) -> int:
    """
    Keep what is odd about the person of each new claim of a chunk; return how much that is.

    Names are compared with all that a person has been called here, those of this chunk included.
    """
    with connection.cursor() as cursor:
        cursor.execute(NOTE, params)
        return int(cursor.rowcount)


def _area_known(area: str) -> bool:
    """Tell whether a prefecture has these digits: old ones were dissolved, so it only warns."""
    if area.startswith(FROM_ABROAD):
        return True
    direct = area[:2] in MUNICIPALITIES or area[2:4] == UNDER_THE_PROVINCE
    return direct or city_of(area) != province_of(area)
