"""Which claims somebody's own words name by their number."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from qinghe.claims.models import Claim
from qinghe.claims.queries.access import visible
from qinghe.kernel.actor import Actor

NUMBER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{5,39}")
# Of a long text, the first words that could be a number.
MOST: Final = 40


def claims_named(*, words: str, actor: Actor) -> list[tuple[UUID, str]]:
    """Return id and number of the claims that words name and an actor may see."""
    numbers = {each.upper() for each in NUMBER.findall(words)[:MOST]}
    rows = Claim.objects.filter(visible(actor), number__in=numbers).order_by("number")
    return list(rows.values_list("id", "number"))
