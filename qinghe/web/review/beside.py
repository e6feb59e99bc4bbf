"""One claim beside others: its twins side by side, and what else is claimed from the person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qinghe.claims.queries import ClaimView
from qinghe.claims.queries.burden import others_of, side_by_side
from qinghe.claims.queries.titles import DuplicateRow
from qinghe.kernel.actor import Actor
from qinghe.risk.queries import FlagRow
from qinghe.risk.queries.twins import twins_of


def beside(
    view: ClaimView, pairs: Sequence[DuplicateRow], warnings: Sequence[FlagRow], actor: Actor
) -> dict[str, Any]:
    """
    Return the pairs and warnings of a claim with the claims they compare, and the other claims.

    One query for the other claims, and two more only where something is to be compared.
    """
    twins = twins_of(view, {each.code for each in warnings})
    wanted = {pk for pair in pairs for pk in (pair.first_id, pair.second_id)}
    wanted |= {pk for found in twins.values() for pk in found}
    rows = side_by_side(wanted | {view.id}, actor=actor) if wanted else {}
    return {
        "pairs": [(p, [rows[pk] for pk in (p.first_id, p.second_id) if pk in rows]) for p in pairs],
        "flags": [
            (flag, [rows[pk] for pk in (*twin, view.id) if pk in rows] if twin else [])
            for flag in warnings
            for twin in [twins.get(flag.code, [])]
        ],
        "others": others_of(claim_id=view.id, debtor_id=view.debtor_id, actor=actor),
    }
