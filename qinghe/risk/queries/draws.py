"""Whether samples of automatic releases were drawn and not chosen."""

from __future__ import annotations

from typing import Final

from qinghe.risk.drawing import drawn
from qinghe.risk.models import Draw

SHOWN: Final = 10


def wrong_draws() -> tuple[int, list[str]]:
    """
    Return how many draws there are, and numbers of claims that did not draw what is kept.

    A draw under a key that has left the ring since cannot be repeated and is passed over.
    """
    count = 0
    wrong: list[str] = []
    names = ("claim_id", "claim__number", "day", "key", "number")
    for claim_id, name, day, key, number in (
        Draw.objects.order_by("pk").values_list(*names).iterator(chunk_size=5_000)
    ):
        count += 1
        if drawn(claim_id, day, key) not in (number, None) and len(wrong) < SHOWN:
            wrong.append(str(name))
    return count, wrong
