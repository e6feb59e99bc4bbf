"""Whose turn it is to be checked: drawn under a key of the vault, so nobody can foresee it."""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from qinghe.parties.vault import ring

KIND: Final = "risk.sample"
SIDES: Final = 100


def draw(claim_id: UUID, day: date) -> tuple[int, str]:
    """Return the number, 0 to 99, that a claim draws on the day of its release, and its key."""
    # 2^64 is so much larger than 100 that no side is likelier than another by 1e-17.
    number = int.from_bytes(ring().blind(KIND, _told(claim_id, day))[:8], "big") % SIDES
    return number, ring().blind(KIND, "")[:8].hex()


def drawn(claim_id: UUID, day: date, key: str) -> int | None:
    """Return the number that a claim drew then; nothing when its key has left the ring since."""
    names = [each[:8].hex() for each in ring().blinds(KIND, "")]
    if key not in names:
        return None
    digest = ring().blinds(KIND, _told(claim_id, day))[names.index(key)]
    return int.from_bytes(digest[:8], "big") % SIDES


def _told(claim_id: UUID, day: date) -> str:
    return f"{claim_id}|{day.isoformat()}"
