"""Where a table begins: clerks write a title or a day above the names of the columns. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

LOOKED_AT: Final = 20
MOST_ABOVE: Final = 10
# Amounts, days, telephone and identity numbers: what stands in a row of data.
DATUM: Final = re.compile(
    r"[\d.,，%％¥￥/\-−年月日 ]*\d[\d.,，%％¥￥/\-−年月日Xx元 ]*|.*\d{7,}.*", re.DOTALL
)


def heading(rows: Sequence[Sequence[str]]) -> int:
    """
    Return which of the first rows names the columns; the first, when none above it is a title.

    A title fills less than half the columns. A row of data is never taken for names.
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in rows[:LOOKED_AT]]
    needed = max(2, (max(filled, default=0) + 1) // 2)
    found = next((at for at, count in enumerate(filled[: MOST_ABOVE + 1]) if count >= needed), 0)
    data = found > 0 and any(DATUM.fullmatch(cell.strip()) for cell in rows[found])
    return 0 if data else found
