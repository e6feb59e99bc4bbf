"""
Read the reference of a bank transfer, as people and banks write it. Pure.

Spaces and small letters do no harm; one wrong character is refused by the check digits, and what
could be read in two ways is not read. How it is made: `qinghe.claims.reference`; what one mistake
may have meant: `qinghe.settlement.misspelt`.
"""

from __future__ import annotations

import re
from typing import Final

from stdnum import iso11649

from qinghe.claims.reference import BODY

OURS: Final = re.compile(r"(QH)(\d{4})(\d{6,})")
# What may stand between the characters when a person or a bank writes them.
GAP: Final = r"[\s.\-/]*"
# The whole run is read or nothing: a part that fits by chance would name another claim.
FOUND: Final = re.compile(
    rf"(?<![A-Z0-9])R{GAP}F{GAP}\d{GAP}\d(?:{GAP}[A-Z]){{1,4}}(?:{GAP}\d){{8,16}}(?![A-Z])(?!{GAP}\d)"
)
WIDE: Final = {ord("０") + n: str(n) for n in range(10)} | {
    ord("Ａ") + n: chr(ord("A") + n) for n in range(26)
}


def claim_number_in(text: str) -> str:
    """
    Return the number of the claim whose reference stands in a text; empty if none or several do.
    """
    found = {
        number
        for match in FOUND.finditer(text.upper().translate(WIDE))
        for number in [_read(match[0])]
        if number
    }
    return found.pop() if len(found) == 1 else ""


def _read(text: str) -> str:
    """Return the number that a run of characters holds, if its check digits are right."""
    bare = re.sub(GAP, "", text)
    whole = BODY.fullmatch(bare[4:]) and iso11649.is_valid(bare)
    return as_written(bare[4:]) if whole else ""


def as_written(body: str) -> str:
    """Return the number of a claim as it is kept, from a reference without its check digits."""
    ours = OURS.fullmatch(body)
    return "-".join(ours.groups()) if ours else body
