"""
What does not fit together about the persons of delivered claims: noted at intake as codes.

Names are compared by their keyed hashes alone; nothing of the data enters a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final

from qinghe.claims.contract_terms import IdentityCode
from qinghe.claims.models import Claim, IdentityDoubt
from qinghe.claims.services.sifting import Sound
from qinghe.kernel.bulk import copy_rows
from qinghe.parties.identity import is_demo_id
from qinghe.parties.models import VaultItem
from qinghe.parties.regions import city_of, province_of
from qinghe.parties.terms import PersonKind, Secret
from qinghe.parties.vault import Ring, ring
from qinghe.rules.calendar import add_years

FULL_AGE: Final = 18
RESIDENT: Final = 18
MUNICIPALITIES: Final = ("11", "12", "31", "50", "71", "81", "82", "83")
UNDER_THE_PROVINCE: Final = "90"
# A permanent resident from abroad has a 9 before the area.
FROM_ABROAD: Final = "9"


def note(*, rows: Sequence[Sound], claims: Sequence[Claim], at: datetime) -> int:
    """Keep what is odd about the person of each claim; return how much that is. Two statements."""
    keys = ring()
    known = _known_names({claim.debtor_id for claim in claims})
    doubts = [
        IdentityDoubt(claim=claim, code=code, found_at=at)
        for row, claim in zip(rows, claims, strict=True)
        for code in _codes(row, known.get(claim.debtor_id, frozenset()), keys)
    ]
    copy_rows(doubts)
    return len(doubts)


def _known_names(people: set[object]) -> dict[object, frozenset[bytes]]:
    rows = VaultItem.objects.filter(
        kind=Secret.NAME, person__in=list(people), blind__isnull=False
    ).values_list("person_id", "blind")
    found: dict[object, frozenset[bytes]] = {}
    for person_id, blind in rows:
        found[person_id] = found.get(person_id, frozenset()) | {bytes(blind or b"")}
    return found


def _codes(row: Sound, names: frozenset[bytes], keys: Ring) -> Iterator[str]:
    if names and row.id_number and names.isdisjoint(keys.blinds(Secret.NAME, row.debtor_name)):
        yield IdentityCode.NAME_DIFFERS
    if row.debtor_kind != PersonKind.NATURAL or len(row.id_number) != RESIDENT:
        return
    born = _born(row.id_number)
    if born is not None and row.contract_on and row.contract_on < add_years(born, FULL_AGE):
        yield IdentityCode.UNDER_AGE
    if not is_demo_id(row.id_number) and not _area_known(row.id_number):
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
